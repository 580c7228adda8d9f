"""招商线索: ten steps, forward with a proof, back with a reason, parked, lost, handed over."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from portal.cases.access import visible_to
from portal.cases.errors import Conflict, Invalid, NotAllowed, Refused
from portal.cases.models import StepLog
from portal.park.models import Membership
from tests.investment.leading import (
    FORWARD,
    Before,
    act,
    bring_to,
    convene,
    forward_data,
    give_points,
    make_task_forces,
    register_lead,
)
from tests.people import MONDAY, actor, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def forces(park: SimpleNamespace) -> SimpleNamespace:
    return make_task_forces(park)


def test_any_member_of_staff_registers_a_lead_and_no_enterprise_sees_it(
    park: SimpleNamespace, forces: SimpleNamespace
) -> None:
    case = register_lead(park.steward, forces.first)
    assert (case.number[:2], case.step, case.team) == ("ZS", "registration", forces.first)
    assert case.due_at == at("2026-11-17 17:30")
    assert visible_to(actor(forces.member)).filter(pk=case.pk).exists()
    assert visible_to(actor(park.steward)).filter(pk=case.pk).exists()  # who brought it may follow it
    assert not visible_to(actor(forces.rival)).filter(pk=case.pk).exists()
    assert not visible_to(actor(park.owner)).filter(pk=case.pk).exists()
    with pytest.raises(NotAllowed):
        register_lead(park.owner, forces.first, investor_name="另一家")


def test_a_lead_takes_ten_steps_and_is_handed_over(forces: SimpleNamespace) -> None:
    case = bring_to(forces, register_lead(forces.member, forces.first), "handed_over")
    assert (case.step, case.outcome) == ("handed_over", "handed_over")
    limits = StepLog.objects.filter(case=case).order_by("seq").values_list("step", "limit_amount")
    assert dict(limits) == {
        "registration": 1, "contact": 3, "pre_review": 5, "visits": 15, "negotiation": 20,
        "admission_review": 10, "decision": 10, "signing": 10, "settlement": 30, "start": None,
    }  # fmt: skip
    lead = case.lead
    lead.refresh_from_db()
    assert (lead.signed_on, lead.investment_amount) == (date(2026, 11, 16), 320_000_000)
    assert (lead.next_action, lead.next_action_on) == ("", None)


@pytest.mark.parametrize(("step", "before", "who", "name", "data"), FORWARD)
def test_no_step_without_its_proof_and_the_next_action(
    forces: SimpleNamespace, step: str, before: Before, who: str, name: str, data: dict[str, str]
) -> None:
    case, by = bring_to(forces, register_lead(forces.member, forces.first), step), getattr(forces, who)
    before(forces, case)
    data = forward_data(forces, data)
    if name != "hand_over":
        with pytest.raises(Invalid):
            act(by, case, name, **data | {"next_action": ""})
        with pytest.raises(Invalid):
            act(by, case, name, **data | {"next_action_on": "2026-11-13"})
    if data:
        with pytest.raises(Invalid):
            act(by, case, name)
    act(by, case, name, **data)


def test_the_head_admits_and_somebody_else_decides(park: SimpleNamespace, forces: SimpleNamespace) -> None:
    case = bring_to(forces, register_lead(forces.member, forces.first), "admission_review")
    convene(forces, case)
    give_points(forces, case)
    admission = {"opinion": "同意", "no_interest": "on"}
    with pytest.raises(NotAllowed):
        act(forces.member, case, "admit", **admission)
    Membership.objects.create(user=park.leader, team=forces.first, role="head")
    case = act(park.leader, case, "admit", **admission)
    with pytest.raises(NotAllowed):
        act(forces.head, case, "decide", held_on="2026-11-16", minutes="同意")
    with pytest.raises(NotAllowed):
        act(park.leader, case, "decide", held_on="2026-11-16", minutes="同意")
    assert act(park.leader, case, "turn_down", reason="再议").step == "admission_review"


def test_a_lead_goes_back_with_a_reason_and_is_not_signed_then(forces: SimpleNamespace) -> None:
    case = bring_to(forces, register_lead(forces.member, forces.first), "settlement")
    with pytest.raises(Invalid):
        act(forces.member, case, "go_back")
    case = act(forces.member, case, "go_back", reason="合同要改")
    case.lead.refresh_from_db()
    assert (case.step, case.lead.signed_on) == ("signing", None)


@pytest.mark.parametrize(("where", "step"), [("back", "visits"), ("contact", "contact")])
def test_in_the_reserve_the_clock_stands_still(forces: SimpleNamespace, where: str, step: str) -> None:
    case = bring_to(forces, register_lead(forces.member, forces.first), "visits")
    case = act(forces.member, case, "park", reason="等市场", look_again_on="2027-03-01")
    assert (case.step, case.due_at, case.next_alert_at) == ("parked", None, None)
    assert case.lead.next_action_on == date(2027, 3, 1)
    later = at("2027-03-01 09:00")
    case = act(forces.member, case, "take_up", later, where=where, next_action_on="2027-03-05")
    assert (case.step, case.paused_at) == (step, None)
    assert case.due_at is not None
    assert case.due_at > later


def test_from_the_reserve_to_the_first_contact_it_is_not_signed_any_more(forces: SimpleNamespace) -> None:
    case = bring_to(forces, register_lead(forces.member, forces.first), "settlement")
    case = act(forces.member, case, "park", reason="等市场", look_again_on="2027-03-01")
    case = act(forces.member, case, "take_up", where="contact")
    case.lead.refresh_from_db()
    assert case.lead.signed_on is None


def test_a_lead_is_lost_with_its_cause(forces: SimpleNamespace) -> None:
    case = bring_to(forces, register_lead(forces.member, forces.first), "settlement")
    with pytest.raises(Invalid):
        act(forces.member, case, "lose", cause="elsewhere")
    case = act(forces.member, case, "lose", cause="elsewhere", reason="去了外地")
    case.lead.refresh_from_db()
    assert (case.outcome, case.lead.lost_on, case.lead.signed_on) == ("lost", MONDAY.date(), None)
    with pytest.raises((Conflict, Refused)):
        act(forces.member, case, "plan")


def test_the_next_action_is_set_at_any_time_by_the_task_force(forces: SimpleNamespace) -> None:
    case = register_lead(forces.member, forces.first)
    case = act(forces.head, case, "plan", next_action="登门", next_action_on="2026-12-01")
    assert (case.lead.next_action, case.lead.next_action_on) == ("登门", date(2026, 12, 1))
    with pytest.raises(NotAllowed):
        act(forces.rival, case, "plan")
