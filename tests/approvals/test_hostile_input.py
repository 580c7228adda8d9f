"""What nobody can mean is refused with a sentence beside its field, by page and by program; nothing breaks."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from approvals.models import Assistance, LandTask, Utility
from portal.cases.errors import Invalid
from portal.cases.models import Case
from tests.api.conftest import monday, program
from tests.approvals.building import do, make_office, open_project, signed
from tests.approvals.land import begin_land_approval, begin_recovery, idle_parcel, line, make_parcel, track
from tests.pages.test_pages import browser
from tests.people import MONDAY, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
__all__ = ["monday"]
FRIDAY_EVENING = at("2026-11-20 17:20")


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


def refused_fields(answer: Any) -> set[str]:
    assert answer.status_code == 422, answer.content
    return {error["field"] for error in answer.json()["errors"]}


# Days -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("on", ["9999-12-31", "0001-01-01", "20260-01-01", "2026-11-31", "2026-11-20T00:00"])
def test_a_day_that_cannot_be_meant_is_refused(
    park: SimpleNamespace, office: SimpleNamespace, on: str
) -> None:
    case, clerk = open_project(park, office), program(office.clerk)
    meeting = {"held_on": "2026-11-16", "minutes": "x", "what_1": "协调", "team_1": office.fire.pk}
    for name, field, data in (
        ("sign", "signed_on", {}),
        ("sign", "committed_capacity_on", {"signed_on": "2026-11-16"}),
        ("hold_meeting", "due_1", meeting),
        ("hold_meeting", "held_on", {"minutes": "x"}),
        ("note_contact", "on", {"kind": "call", "note": "x"}),
        ("ask_for_utility", "wanted_on", {"kind": "power", "need": "10kV"}),
    ):
        assert refused_fields(clerk.act(case, name, {**data, field: on})) == {field}, name
    assert refused_fields(clerk.act(case, "plan_nodes", {"nodes": f"{on} 主体封顶"})) == {"nodes"}


@pytest.mark.parametrize("on", ["9999-12-31", "2026-11-16"])
def test_what_is_planned_lies_ahead_and_within_a_lifetime(
    park: SimpleNamespace, office: SimpleNamespace, on: str
) -> None:
    case, desk = signed(park, office), program(park.handler)
    do(park.owner, case, "ask_for_utility", MONDAY, kind="power", need="10kV")
    power, help_ = Utility.objects.get().case, Assistance.objects.get().case
    do(office.clerk, power, "survey", MONDAY, surveyed_on="2026-11-16", survey_note="x")
    do(park.service, help_, "record_visit", MONDAY, visited_on="2026-11-16", visit_note="x",
       agent=park.service.pk)  # fmt: skip
    do(park.owner, help_, "authorise", MONDAY, consent="on")
    approval = begin_land_approval(park, make_parcel("F-01"))
    do(park.handler, approval, "add_lines", MONDAY, **line("勘测", park.team["development"], "2026-12-01"))
    met = {"held_on": "2026-11-16", "present": "x", "decided": "y", "tasks": [LandTask.objects.get().pk]}
    assert refused_fields(
        program(office.clerk).act(power, "propose", {"options": "x", "planned_on": on})
    ) == {"planned_on"}
    assert refused_fields(program(park.owner).act(help_, "add_task", {"what": "x", "due_on": on})) == {
        "due_on"
    }
    assert refused_fields(desk.act(approval, "add_lines", line("x", park.team["development"], on))) == {
        "due_1"
    }
    assert refused_fields(desk.act(approval, "hold_dispatch", {**met, "new_due_on": on})) == {"new_due_on"}


def test_a_step_lasts_until_the_agreed_day_also_when_it_begins_after_hours(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    do(
        office.clerk, case, "hold_meeting", FRIDAY_EVENING, held_on="2026-11-20", minutes="x",
        what_1="协调", team_1=office.fire.pk, due_1="2026-11-27",
    )  # fmt: skip
    assert Case.objects.get(kind="approvals.action_item").due_at == at("2026-11-27 17:30")
    approval = begin_land_approval(park, make_parcel("F-01"))
    lines = line("勘测", park.team["development"], "2026-11-27")
    do(park.handler, approval, "add_lines", FRIDAY_EVENING, **lines)
    task = LandTask.objects.get()
    assert task.case.due_at == at("2026-11-27 17:30")
    met = {"held_on": "2026-11-20", "present": "x", "decided": "y", "tasks": [task.pk]}
    do(park.handler, approval, "hold_dispatch", FRIDAY_EVENING, **met, new_due_on="2026-12-04")
    assert LandTask.objects.get().case.due_at == at("2026-12-04 17:30")


def test_money_is_settled_after_the_signature_and_the_court_asked_after_the_decision(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = begin_recovery(park, idle_parcel(park))
    for begin in ("begin_agreement", "begin_compulsory"):
        do(park.handler, case, begin, MONDAY)
    talks, law = track(case, "agreement"), track(case, "compulsory")
    do(park.handler, talks, "value", MONDAY, valued_amount="9000000", valued_by="示范评估")
    do(park.handler, talks, "propose_price", MONDAY, amount="9000000")
    do(park.head, talks, "approve_price", MONDAY)
    do(park.handler, talks, "sign_agreement", MONDAY, signed_on="2026-11-10")
    with pytest.raises(Invalid) as early:
        do(park.handler, talks, "settle_price", MONDAY, settled_on="2026-11-09")
    assert set(early.value.form.errors) == {"settled_on"}
    do(park.handler, talks, "settle_price", MONDAY, settled_on="2026-11-10")
    do(park.handler, law, "find_idle", MONDAY, idle_since="2024-01-01", findings="x", hearing_by="2026-11-20")
    later = at("2026-11-23 09:00")
    do(park.handler, law, "note_hearing", later, hearing="无人申请")
    do(park.head, law, "decide", later, decision_number="高新收〔2026〕1号")
    with pytest.raises(Invalid) as early:
        do(park.handler, law, "apply", later, court="示范法院", applied_on="2026-11-20")
    assert set(early.value.form.errors) == {"applied_on"}


# Numbers and texts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given", ["1e308", "-1", "NaN", "Infinity", "1e-300", "9" * 30, [1], {"a": 1}, 1e308]
)
def test_areas_and_money_are_finite_and_not_below_nothing(
    park: SimpleNamespace, office: SimpleNamespace, given: Any
) -> None:
    case, mine, clerk = open_project(park, office), program(park.owner), program(office.clerk)
    for field in ("land_mu", "floor_area_m2", "energy_tce"):
        assert refused_fields(mine.act(case, "change_facts", {field: given})) == {field}
    promised = {"signed_on": "2026-11-16", "committed_output_per_mu": given}
    assert refused_fields(clerk.act(case, "sign", promised)) == {"committed_output_per_mu"}


def test_a_text_that_no_column_holds_is_refused(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case, mine = open_project(park, office), program(park.owner)
    assert mine.act(case, "change_facts", {"site_address": "示范\x00路"}).status_code == 400
    assert mine.act(case, "change_facts", {"site_address": "x" * 10_000_000}).status_code == 413
    page = browser(park.owner)
    for text in ("示范\x00路", "x" * 2_000_000):
        answer = page.post(f"/cases/{case.pk}/do/change_facts/", {"site_address": text})
        assert answer.status_code == 422
    case.project.refresh_from_db()
    assert case.project.site_address == "示范大道 8 号"


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("given", ["%00", "%FF", "x" * 3000, "%E2%80%AE"])
def test_a_hostile_place_in_the_list_of_parcels_is_an_empty_page_at_worst(
    park: SimpleNamespace, place: str, given: str
) -> None:
    make_parcel("F-01")
    assert browser(park.handler).get(f"/approvals/parcels/?{place}={given}").status_code == 200
