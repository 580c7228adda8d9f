"""The queue as a cockpit: what changes in place, what is said to who comes too late, who stands in for whom."""

from __future__ import annotations

import re
from datetime import date
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client

from portal.cases import absences, engine
from portal.cases.models import Case
from tests.pages.test_pages import browser
from tests.people import MONDAY, actor, at, file_request, handled, works_in

pytestmark = pytest.mark.django_db
LIST = {"HX-Request": "true", "HX-Current-URL": "http://testserver/work/?view=unclaimed"}


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def tab(text: str, name: str) -> str:
    """The number on a tab."""
    found = re.search(rf"{name}<b>(\d+)</b>", text)
    return found[1] if found else ""


@time_machine.travel(MONDAY, tick=False)
def test_a_claim_in_the_list_brings_the_row_and_the_numbers_back(park: SimpleNamespace) -> None:
    first, _second = file_request(park), file_request(park)
    text = browser(park.steward).post(f"/work/{first.pk}/claim/", headers=LIST).content.decode()
    assert text.lstrip().startswith(f'<tr id="case-{first.pk}"')
    assert "Steward" in text
    assert (tab(text, "我的"), tab(text, "待领取")) == ("1", "1")
    assert 'href="?view=unclaimed" aria-current="page"' in re.sub(r"\s+", " ", text)
    assert "role=" not in text


def test_who_claims_too_late_sees_in_the_list_who_was_faster(park: SimpleNamespace) -> None:
    case = file_request(park)
    engine.claim(case.pk, by=actor(park.colleague), now=MONDAY)
    answer = browser(park.steward).post(f"/work/{case.pk}/claim/", headers=LIST)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in text
    assert text.count("Colleague") == 2  # in the row, and in the sentence above the list
    assert "message error" in text
    assert browser(park.steward).post(f"/work/{case.pk}/claim/").status_code == 409


def test_a_refusal_within_a_page_is_no_page_of_its_own(park: SimpleNamespace) -> None:
    case = handled(park)
    client = browser(park.steward)
    address = f"/cases/{case.pk}/do/report/"
    assert "<html" in client.get(address).content.decode()
    part = client.get(address, headers={"HX-Request": "true"})
    assert part.status_code == 403
    assert "<html" not in part.content.decode()


@time_machine.travel(at("2026-11-18 08:00"), tick=False)
def test_the_head_says_what_is_due_today(park: SimpleNamespace) -> None:
    case = handled(park)
    assert "今天到期" not in page(browser(park.handler), "/work/?view=mine")
    Case.objects.filter(pk=case.pk).update(due_at=at("2026-11-18 17:30"))
    assert "有 1 件今天到期" in page(browser(park.handler), "/work/?view=mine")
    Case.objects.filter(pk=case.pk).update(due_at=at("2026-11-19 00:00"))
    assert "今天到期" not in page(browser(park.handler), "/work/?view=mine")


@time_machine.travel(MONDAY, tick=False)
def test_the_deputy_sees_for_whom_and_the_absence_says_what_stays_behind(park: SimpleNamespace) -> None:
    handled(park)
    elsewhere = file_request(park)
    works_in(park.handler, park.team["jinrong"])
    engine.claim(elsewhere.pk, by=actor(park.handler), now=MONDAY)
    assert "代班，至" not in page(browser(park.section_head), "/work/")
    data = {
        "user": park.handler.pk,
        "deputy": park.section_head.pk,
        "from_on": "2026-11-16",
        "until_on": "2026-11-18",
    }
    shown = browser(park.handler).post("/work/absences/", data, follow=True).content.decode()
    assert "有 1 件仍由Handler承办" in shown
    assert "1 件已转代班人" in shown
    assert "您正为Handler代班，至 11-18" in page(browser(park.section_head), "/work/")
    absences.tend(at("2026-11-19 08:00"))
    assert "代班，至" not in page(browser(park.section_head), "/work/")


def test_an_absence_to_come_is_not_announced_yet(park: SimpleNamespace) -> None:
    absences.enter(
        park.handler, deputy=park.section_head, from_on=date(2026, 11, 18), until_on=date(2026, 11, 19),
        by=actor(park.handler), now=MONDAY,
    )  # fmt: skip
    with time_machine.travel(MONDAY, tick=False):
        assert "代班，至" not in page(browser(park.section_head), "/work/")


def test_which_view_opens_first_can_be_changed(park: SimpleNamespace) -> None:
    client = browser(park.steward)
    for name in ("甲", "乙"):
        client.post("/work/views/", {"name": name, "query": f"view=team&q={name}"})
    first, second = park.steward.saved_views.order_by("pk")
    assert client.get("/work/").status_code == 200
    for view in (first, second):
        client.post(f"/work/views/{view.pk}/first/")
        assert client.get("/work/").headers["Location"] == f"/work/?{view.query}"
    assert browser(park.colleague).post(f"/work/views/{second.pk}/first/").status_code == 404
    client.post(f"/work/views/{second.pk}/first/")
    assert client.get("/work/").status_code == 200
    text = re.sub(r"\s+", " ", page(client, f"/work/?{first.query}"))
    assert text.count('aria-current="page"') == 2  # the page in the menu, and the view: no tab beside it
