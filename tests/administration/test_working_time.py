"""Service hours and the notice of a year: previewed, confirmed once, never over somebody else's change."""

from __future__ import annotations

from datetime import date, time
from types import SimpleNamespace

import pytest
import time_machine
from django.urls import reverse

from portal.worktime import calendar, notices
from portal.worktime.clock import Hours
from portal.worktime.models import CalendarYear, ServiceHours, WorkDay
from tests.pages.test_pages import browser
from tests.people import MONDAY, at, handled

pytestmark = pytest.mark.django_db
NEW = {
    "opens_at": "09:00",
    "closes_at": "17:00",
    "intake_until": "16:30",
    "alerts_from": "09:00",
    "alerts_until": "18:00",
    "reason": "冬令时",
}


@time_machine.travel(MONDAY, tick=False)
def test_service_hours_are_previewed_then_changed_with_who_and_why(park: SimpleNamespace) -> None:
    case = handled(park)
    client = browser(park.administrator)
    address = reverse("administration:hours")
    page = client.post(address, NEW)
    assert page.context["moved"] == 1
    assert ServiceHours.objects.get().closes_at == time(17, 30)
    confirmed = {**NEW, "confirm": "1", "replaces": page.context["replaces"]}
    assert client.post(address, confirmed).status_code == 302
    case.refresh_from_db()
    assert case.promise_due_at == at("2026-11-23 17:00")
    line = client.get(address).context["history"][0]
    assert (line["hours"], line["by"], line["reason"]) == ("09:00–17:00", park.administrator, "冬令时")


@pytest.mark.parametrize(
    ("field", "value"),
    [("closes_at", "08:00"), ("intake_until", "17:01"), ("alerts_until", "08:00"), ("opens_at", "25:00")],
)
def test_hours_out_of_order_are_refused_beside_the_field(
    park: SimpleNamespace, field: str, value: str
) -> None:
    answer = browser(park.administrator).post(reverse("administration:hours"), {**NEW, field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_hours_that_somebody_else_changed_meanwhile_are_not_overwritten(park: SimpleNamespace) -> None:
    client = browser(park.administrator)
    address = reverse("administration:hours")
    mark = client.post(address, NEW).context["replaces"]
    other = Hours(time(8), time(18), time(17), time(8), time(18))
    calendar.set_hours(other, today=date(2026, 11, 16))
    answer = client.post(address, {**NEW, "confirm": "1", "replaces": mark})
    assert answer.status_code == 200
    assert ServiceHours.objects.get().closes_at == time(18)


def test_a_pasted_notice_is_read_previewed_and_entered(park: SimpleNamespace) -> None:
    client = browser(park.administrator)
    address = reverse("administration:notice", args=[2027])
    text = "元旦：1月1日（周五）至3日（周日）放假，共3天。\n春节：2月5日（周五）至11日（周四）放假调休，共7天。2月13日（周六）上班。"
    read = client.post(address, {"step": "read", "text": text, "source": ""})
    ticked = [d["date"] for m in read.context["months"] for w in m["weeks"] for d in w if d and d["ticked"]]
    assert ticked[0] == date(2027, 1, 1)
    assert date(2027, 2, 13) in ticked
    data = {"text": text, "source": "国办发明电〔2026〕9号", "flip": [d.isoformat() for d in ticked]}
    assert client.post(address, {**data, "source": "", "step": "preview"}).status_code == 422
    page = client.post(address, {**data, "step": "preview"})
    assert page.context["moved"] == 0
    assert not CalendarYear.objects.get(year=2027).announced
    done = client.post(address, {**data, "step": "confirm", "replaces": page.context["replaces"]})
    assert done.status_code == 302
    assert CalendarYear.objects.get(year=2027).source == "国办发明电〔2026〕9号"
    assert notices.ticked(2027) == set(ticked)
    assert WorkDay.objects.get(date=date(2027, 2, 8)).name == "春节"
    again = client.post(address, {**data, "step": "confirm", "replaces": page.context["replaces"]})
    assert again.status_code == 200  # the calendar has changed since it was shown


def test_doubts_about_a_notice_stand_beside_its_text(park: SimpleNamespace) -> None:
    address = reverse("administration:notice", args=[2027])
    client = browser(park.administrator)
    wrong = client.post(address, {"step": "read", "text": "元旦：1月1日（周一）放假。"})
    assert wrong.status_code == 422
    assert "周一" in str(wrong.context["form"].errors["text"])
    assert client.post(address, {"step": "read", "text": "没有日期"}).status_code == 422
    assert client.get(reverse("administration:notice", args=[1999])).status_code == 404
    odd = {"step": "preview", "source": "x", "flip": ["nonsense", "2027-13-01"]}
    assert client.post(address, odd).status_code == 200


def test_only_administrators_change_working_time(park: SimpleNamespace) -> None:
    for outsider in (park.owner, park.handler, park.leader, park.auditor):
        assert browser(outsider).get(reverse("administration:hours")).status_code == 403
        assert browser(outsider).get(reverse("administration:notice", args=[2027])).status_code == 403
