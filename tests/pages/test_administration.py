"""The administrator's pages."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.cases import standards
from portal.cases.models import ServiceStandard, SetAside
from portal.jobs.models import JobRun
from portal.jobs.recording import recorded
from portal.notices.models import Delivery, Notice
from portal.worktime.models import CalendarYear, DayOverride
from tests.pages.test_pages import browser
from tests.people import MONDAY, at, file_request, handled

pytestmark = pytest.mark.django_db


def test_only_administrators_get_in(park: SimpleNamespace) -> None:
    for outsider in (park.owner, park.handler, park.leader, park.supervisor):
        for name in ("home", "jobs", "calendar", "standard_list"):
            assert browser(outsider).get(reverse(f"administration:{name}")).status_code == 403
        assert browser(outsider).get(reverse("admin:index")).status_code == 302
    assert browser(park.administrator).get("/", follow=True).status_code == 200


def test_a_closing_day_is_previewed_then_done_then_taken_back(park: SimpleNamespace) -> None:
    case = handled(park)
    client = browser(park.administrator, "en")
    address = reverse("administration:calendar")
    data = {"day": "2026-11-20", "is_working": "0", "kind": "park_closing", "reason": "停电检修"}
    page = client.post(address, data).content.decode()
    assert "re-date at most 1 open case" in page
    assert not DayOverride.objects.exists()
    assert client.post(address, {**data, "confirm": "1"}).status_code == 302
    case.refresh_from_db()
    assert case.promise_due_at == at("2026-11-24 17:30")
    page = client.get(f"{address}?year=2026").content.decode()
    assert 'class="park"' in page
    row = DayOverride.objects.get()
    assert row.created_by == park.administrator
    assert client.post(reverse("administration:calendar_remove", args=[row.pk])).status_code == 302
    case.refresh_from_db()
    assert case.promise_due_at == at("2026-11-23 17:30")
    assert client.post(address, {}).status_code == 422


def test_a_year_is_announced(park: SimpleNamespace) -> None:
    client = browser(park.administrator)
    address = reverse("administration:calendar_announce", args=[2027])
    assert client.get(f"{reverse('administration:calendar')}?year=2027").status_code == 200
    assert client.post(address, {"source": "国办通知"}).status_code == 302
    assert CalendarYear.objects.get(year=2027).source == "国办通知"
    assert client.post(address).status_code == 404


def test_new_limits_hold_for_new_cases_only(park: SimpleNamespace) -> None:
    old = handled(park)
    client = browser(park.administrator, "en")
    assert client.get(reverse("administration:standard_list")).status_code == 200
    address = reverse("administration:standard_edit", args=["stations.request"])
    form = client.get(address).context["form"]
    data: dict[str, Any] = {"note": "提速", "version": "1"}
    for name, bound in form.fields.items():
        if name != "note":
            data[name] = bound.initial
    n = next(i for i, m in enumerate(form.limits) if (m.step, m.grade) == ("", ""))
    data[f"amount_{n}"] = "3"
    assert client.post(address, {**data, f"amount_{n}": "2.5"}).status_code == 422
    assert client.post(address, data).status_code == 302
    assert ServiceStandard.objects.filter(kind="stations.request").count() == 2
    standards.standard.cache_clear()
    fresh = handled(park)
    old.refresh_from_db()
    assert old.promise_due_at == at("2026-11-23 17:30")
    assert fresh.promise_due_at == at("2026-11-19 17:30")
    stale = client.post(address, {**data, "note": "又一次"})
    assert stale.status_code == 409
    assert "made version 2 meanwhile" in stale.content.decode()
    assert "又一次" in stale.content.decode(), "what was typed is kept"
    assert client.post(address, {**data, "note": "又一次", f"amount_{n}": "2.5"}).status_code == 409
    assert ServiceStandard.objects.filter(kind="stations.request").count() == 2
    assert client.post(address, {**data, "version": str(stale.context["newest"])}).status_code == 302
    assert ServiceStandard.objects.filter(kind="stations.request").count() == 3
    assert client.get(reverse("administration:standard_edit", args=["nonsense"])).status_code == 404


def test_a_job_that_did_not_run_is_shown_late(park: SimpleNamespace) -> None:
    client = browser(park.administrator, "en")
    long_ago = timezone.now() - timedelta(hours=1)
    JobRun.objects.create(name="cases.sweep", every_s=60, began_at=long_ago, succeeded_at=long_ago)
    assert "has not succeeded in time" in client.get(reverse("administration:home")).content.decode()
    from portal.schedule import BEAT_SCHEDULE

    for name in BEAT_SCHEDULE:
        JobRun.objects.update_or_create(
            name=name, defaults={"every_s": 60, "succeeded_at": timezone.now(), "rows": 1}
        )
    assert "All jobs run on time" in client.get(reverse("administration:home")).content.decode()
    run = JobRun.objects.first()
    assert run is not None
    assert run.is_late(timezone.now() + timedelta(seconds=200))
    assert client.get(reverse("administration:jobs")).status_code == 200


def test_a_failing_job_leaves_its_error(db: None) -> None:
    def fail() -> int:
        raise RuntimeError("no disk")

    with pytest.raises(RuntimeError):
        recorded("test.job", timedelta(minutes=1), fail)
    assert JobRun.objects.get(name="test.job").error == "RuntimeError: no disk"


def test_what_was_put_aside_can_be_tried_again(park: SimpleNamespace) -> None:
    case = file_request(park)
    row = SetAside.objects.create(case=case, job="sweep", error="x", at=MONDAY)
    case.next_alert_at = None
    case.save()
    client = browser(park.administrator)
    assert client.get(reverse("administration:jobs")).status_code == 200
    assert client.post(reverse("administration:try_again", args=[row.pk])).status_code == 302
    case.refresh_from_db()
    assert case.next_alert_at == at("2026-11-16 10:24")
    assert client.post(reverse("administration:try_again", args=[row.pk])).status_code == 404


def test_a_dead_delivery_can_be_sent_again(park: SimpleNamespace) -> None:
    notice = Notice.objects.create(recipient=park.owner, key="x", created_at=MONDAY)
    dead = Delivery.objects.create(notice=notice, channel="email", state="dead", tries=9)
    client = browser(park.administrator)
    assert client.post(reverse("administration:send_again", args=[dead.pk])).status_code == 302
    dead.refresh_from_db()
    assert dead.state == "pending"
    assert client.post(reverse("administration:send_again", args=[dead.pk])).status_code == 404


def test_the_registers_open_for_administrators(park: SimpleNamespace) -> None:
    client = browser(park.administrator)
    for model in (
        "accounts_user",
        "park_team",
        "park_enterprise",
        "stations_station",
        "stations_categoryroute",
    ):
        assert client.get(reverse(f"admin:{model}_changelist")).status_code == 200
    assert client.get(reverse("admin:accounts_user_change", args=[park.owner.pk])).status_code == 200
    assert client.get(reverse("admin:accounts_user_add")).status_code == 200


def test_the_calendar_marks_december_without_a_notice(park: SimpleNamespace) -> None:
    from portal.worktime import calendar

    assert calendar.missing_year(date(2026, 12, 2)) == 2027
