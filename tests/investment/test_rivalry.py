"""首报保护 and 撞单: two task forces want one investor; the first answers, a panel of others decides."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from investment.access import RIVALRY
from investment.actions import rivalry
from investment.models import Rivalry
from portal.cases import engine
from portal.cases.access import visible_to
from portal.cases.errors import Conflict, NotAllowed, Refused
from portal.cases.models import Case
from tests.investment.leading import act, make_task_forces, register_lead
from tests.kernel.test_races import together
from tests.people import MONDAY, actor, at, make_park, works_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def forces(park: SimpleNamespace) -> SimpleNamespace:
    return make_task_forces(park)


def claim(forces: SimpleNamespace, lead: Case) -> Case:
    given = {"claimant": forces.second.pk, "grounds": "三月已在深圳会见"}
    return rivalry.claim(lead, by=actor(forces.rival), data=given, now=MONDAY)


def test_the_second_is_told_until_when_the_first_is_protected(forces: SimpleNamespace) -> None:
    first = register_lead(forces.member, forces.first)
    assert first.lead.protected_until == date(2027, 1, 15)
    with pytest.raises(Refused, match="2027-01-15"):
        register_lead(forces.rival, forces.second)
    with pytest.raises(Refused, match="保护期已满"):
        register_lead(forces.rival, forces.second, now=at("2027-01-18 09:00"), next_action_on="2027-02-01")


def test_the_second_claims_it_on_a_page_and_sees_nothing_else_of_it(forces: SimpleNamespace) -> None:
    lead = register_lead(forces.member, forces.first)
    client, page = Client(), reverse("investment:lead_claim", args=[lead.number])
    client.force_login(forces.rival)
    shown = client.get(page).content.decode()
    assert ("先进材料专班" in shown, "星野" in shown) == (True, False)
    given = {"claimant": forces.second.pk, "grounds": "三月已在深圳会见"}
    for _twice in range(2):
        client.post(page, given, follow=True)
    assert Rivalry.objects.count() == 1
    assert client.get(f"/cases/{lead.pk}/").status_code == 404
    client.force_login(forces.park.steward)
    assert client.get(page).status_code == 403


@pytest.mark.parametrize(
    ("name", "outcome", "team"),
    [("keep", "kept", "first"), ("award", "moved", "second"), ("share", "shared", "first")],
)
def test_a_panel_that_belongs_to_neither_side_decides(
    forces: SimpleNamespace, name: str, outcome: str, team: str
) -> None:
    lead = register_lead(forces.member, forces.first)
    part = claim(forces, lead)
    assert (part.team, part.due_at) == (forces.first, at("2026-11-19 17:30"))
    part = act(forces.member, part, "contest", answer="去年起跟踪")
    office = forces.offices["science"]
    works_in(forces.park.leader, forces.second)
    with pytest.raises(NotAllowed):
        act(forces.park.leader, part, name, decision="归我")
    with pytest.raises(NotAllowed):
        act(forces.member, part, name, decision="归我")
    assert visible_to(actor(office)).filter(pk=part.pk).exists()
    part = act(office, part, name, decision="以登记为准")
    lead.refresh_from_db()
    assert (part.outcome, lead.team) == (outcome, getattr(forces, team))
    assert lead.participants.filter(team=forces.second).exists() == (name != "keep")


def test_the_first_lets_it_go_and_the_second_is_protected_anew(forces: SimpleNamespace) -> None:
    lead = register_lead(forces.member, forces.first)
    part = claim(forces, lead)
    given = {"answer": "同意移交"}
    engine.perform(part.pk, "give_up", by=actor(forces.member), data=given, now=at("2026-11-18 09:00"))
    lead.refresh_from_db()
    lead.lead.refresh_from_db()
    assert (lead.team, lead.lead.protected_until) == (forces.second, date(2027, 1, 17))


def test_no_answer_goes_to_the_panel_by_itself(forces: SimpleNamespace) -> None:
    from portal.cases.watch import lapse

    part = claim(forces, register_lead(forces.member, forces.first))
    lapse(at("2026-11-20 09:00"))
    part.refresh_from_db()
    assert part.step == "panel"


def test_one_claim_at_a_time_and_none_to_ones_own_or_an_ended_lead(forces: SimpleNamespace) -> None:
    lead = register_lead(forces.member, forces.first)
    part = claim(forces, lead)
    with pytest.raises(Refused, match="待裁定"):
        claim(forces, lead)
    act(forces.rival, part, "withdraw")
    own = {"claimant": forces.first.pk, "grounds": "我的"}
    with pytest.raises(Refused):
        rivalry.claim(lead, by=actor(forces.member), data=own, now=MONDAY)
    act(forces.member, lead, "lose", cause="silent", reason="没有回音")
    with pytest.raises(Refused):
        claim(forces, lead)


@pytest.mark.django_db(transaction=True)
def test_two_claims_at_one_moment_are_one(filled_calendar: None) -> None:
    forces = make_task_forces(make_park())
    lead = register_lead(forces.member, forces.first)
    results = together(lambda: claim(forces, lead), lambda: claim(forces, lead))
    assert sorted(type(result).__name__ for result in results) == ["Case", "Refused"]
    assert Case.objects.filter(kind=RIVALRY).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_transfer_answered_twice_at_one_moment_is_answered_once(filled_calendar: None) -> None:
    forces = make_task_forces(make_park())
    lead = register_lead(forces.member, forces.first)
    offer = {"to_team": forces.second.pk, "reason": "产业更合适"}
    engine.transfer(lead, by=actor(forces.member), data=offer, now=MONDAY)
    results = together(
        lambda: engine.accept_transfer(lead, by=actor(forces.rival), now=MONDAY),
        lambda: engine.decline_transfer(lead, by=actor(forces.rival), now=MONDAY),
    )
    assert [type(result) for result in results].count(Conflict) == 1
    lead.refresh_from_db()
    accepted = lead.handovers.get().state == "accepted"
    assert lead.team == (forces.second if accepted else forces.first)
