"""代班: the open work goes to the deputy and comes back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import time_machine

from portal.cases import absences, engine
from portal.cases.errors import Refused
from portal.cases.models import Absence, Case
from portal.notices.models import Notice
from tests.pages.test_pages import browser
from tests.people import MONDAY, actor, at, handled

pytestmark = pytest.mark.django_db


def entered(
    park: SimpleNamespace, first: str = "2026-11-16", last: str = "2026-11-18", **more: Any
) -> Absence:
    from datetime import date

    given = {
        "user": park.handler,
        "deputy": park.section_head,
        "by": actor(park.handler),
        "now": MONDAY,
        **more,
    }
    return absences.enter(
        given.pop("user"), from_on=date.fromisoformat(first), until_on=date.fromisoformat(last), **given
    )


def holder(case: Case) -> Any:
    return Case.objects.get(pk=case.pk).assignee


def test_open_work_goes_to_the_deputy_and_comes_back(park: SimpleNamespace) -> None:
    case, done = handled(park), handled(park)
    absence = entered(park)
    assert holder(case) == park.section_head
    assert Notice.objects.filter(recipient=park.section_head, key="case.assigned").exists()
    engine.perform(
        done,
        "report",
        by=actor(park.section_head),
        data={"result": "resolved", "result_text": "好"},
        now=MONDAY,
    )
    absences.tend(at("2026-11-18 17:00"))
    assert holder(case) == park.section_head
    absences.tend(at("2026-11-19 08:00"))
    assert holder(case) == park.handler
    absence.refresh_from_db()
    assert absence.ended_at == at("2026-11-19 08:00")
    assert [e.verb for e in case.events.all()][-2:] == ["deputised", "returned"]


def test_an_absence_to_come_moves_nothing_until_its_day(park: SimpleNamespace) -> None:
    case = handled(park)
    entered(park, "2026-11-18", "2026-11-19")
    absences.tend(at("2026-11-17 09:00"))
    assert holder(case) == park.handler
    absences.tend(at("2026-11-18 00:05"))
    assert holder(case) == park.section_head


def test_what_comes_in_meanwhile_goes_to_the_deputy_too_and_what_was_reassigned_stays(
    park: SimpleNamespace,
) -> None:
    first = handled(park)
    entered(park)
    second = handled(park)
    absences.tend(at("2026-11-16 10:00"))
    assert holder(second) == park.section_head
    engine.assign(first, by=actor(park.head), data={"assignee": park.head.pk}, now=MONDAY)
    absences.tend(at("2026-11-19 08:00"))
    assert holder(first) == park.head
    assert holder(second) == park.handler


def test_work_in_a_team_that_the_deputy_does_not_share_stays(park: SimpleNamespace) -> None:
    from tests.people import works_in

    case = handled(park)
    works_in(park.section_head, park.team["jinrong"])
    works_in(park.handler, park.team["zhongnan"])
    Case.objects.filter(pk=case.pk).update(team=park.team["zhongnan"])
    entered(park)
    assert holder(case) == park.handler


def test_two_people_are_never_each_others_deputies(park: SimpleNamespace) -> None:
    entered(park)
    with pytest.raises(Refused):
        entered(park, user=park.section_head, deputy=park.handler, by=actor(park.section_head))
    with pytest.raises(Refused):
        entered(park, user=park.head, deputy=park.handler, by=actor(park.head))
    with pytest.raises(Refused):
        entered(park)
    with pytest.raises(Refused):
        entered(park, "2026-11-25", "2026-11-24")
    with pytest.raises(Refused):
        entered(park, "2026-11-01", "2026-11-02")
    with pytest.raises(Refused):
        entered(park, "2026-12-01", "2026-12-02", deputy=park.steward)


@time_machine.travel(MONDAY, tick=False)
def test_by_page_for_oneself_and_by_the_head_for_the_team(park: SimpleNamespace) -> None:
    case = handled(park)
    data = {
        "user": park.handler.pk,
        "deputy": park.section_head.pk,
        "from_on": "2026-11-16",
        "until_on": "2026-11-17",
    }
    assert browser(park.colleague).post("/work/absences/", data).status_code == 422
    assert browser(park.owner).get("/work/absences/").status_code == 403
    assert browser(park.head).post("/work/absences/", {**data, "deputy": park.handler.pk}).status_code == 422
    assert browser(park.head).post("/work/absences/", data).status_code == 302
    assert holder(case) == park.section_head
    absence = Absence.objects.get()
    assert browser(park.colleague).post(f"/work/absences/{absence.pk}/end/").status_code == 404
    assert browser(park.section_head).get("/work/absences/").status_code == 200
    assert browser(park.handler).post(f"/work/absences/{absence.pk}/end/").status_code == 302
    assert holder(case) == park.handler
    assert browser(park.handler).post(f"/work/absences/{absence.pk}/end/").status_code == 409
