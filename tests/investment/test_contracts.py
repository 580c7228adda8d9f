"""签约 and 注册落户: commitments of both sides with their lights, and the project that the butler goes on with."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from investment.models import Commitment
from portal.cases.errors import Conflict, Invalid, NotAllowed, Refused
from portal.cases.models import Case, Light
from portal.park.models import Enterprise
from tests.investment.leading import (
    FOUNDED,
    act,
    bring_to,
    contract,
    make_task_forces,
    register_lead,
    settlement,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def forces(park: SimpleNamespace) -> SimpleNamespace:
    return make_task_forces(park)


def lead_in(forces: SimpleNamespace, step: str, **more: str) -> Case:
    return bring_to(forces, register_lead(forces.member, forces.first, **more), step)


@pytest.mark.parametrize(
    "wrong",
    [
        {"start_on": ""},
        {"completion_on": "2027-01-01"},
        {"production_on": "2027-09-30"},
        {"reward_amount": "1000000"},
        {"contract_number": ""},
    ],
)
def test_no_contract_without_its_commitments(forces: SimpleNamespace, wrong: dict[str, str]) -> None:
    case = lead_in(forces, "signing")
    with pytest.raises(Invalid):
        act(forces.member, case, "sign", **contract(**wrong))


def test_both_sides_duties_are_tracked_with_lights(forces: SimpleNamespace) -> None:
    case = lead_in(forces, "settlement")
    found = {c.kind: c for c in Commitment.objects.filter(contract=case.pk)}
    assert {kind: (c.side, c.amount, c.due_on.isoformat()) for kind, c in found.items()} == {
        "investment": ("investor", 320_000_000, "2027-10-31"),
        "start": ("investor", None, "2027-01-31"),
        "completion": ("investor", None, "2027-10-31"),
        "production": ("investor", None, "2027-12-31"),
        "tax": ("investor", 12_000_000, "2027-12-31"),
        "land": ("park", None, "2026-12-31"),
    }
    days = ("2026-11-16", "2026-12-01", "2027-01-01")
    assert [found["land"].light(date.fromisoformat(day)) for day in days] == [
        Light.OK,
        Light.WARN,
        Light.LATE,
    ]
    told = {"commitment": found["tax"].pk, "done_on": "2026-11-16", "proof": "完税证明"}
    with pytest.raises(Invalid):
        act(forces.member, case, "note_commitment", **told)
    act(forces.member, case, "note_commitment", **told, done_amount="11000000")
    found["tax"].refresh_from_db()
    assert (found["tax"].light(date(2026, 11, 16)), found["tax"].kept) == (Light.DONE, False)
    act(
        forces.member, case, "add_commitment", side="park", kind="other", text="道路通车", due_on="2027-03-01"
    )
    assert Commitment.objects.filter(contract=case.pk, kind="other").count() == 1


def test_nobody_notes_the_commitments_of_another_lead(forces: SimpleNamespace) -> None:
    case = lead_in(forces, "settlement")
    other = lead_in(forces, "signing", investor_name="另一家（示范）")
    with pytest.raises(Refused, match="TZ-2026-001"):
        act(forces.member, other, "sign", **contract())
    other = act(forces.member, other, "sign", **contract(contract_number="TZ-2026-002"))
    theirs = Commitment.objects.filter(contract=case.pk)[0]
    told = {"commitment": theirs.pk, "done_on": "2026-11-16", "proof": "x", "done_amount": "1"}
    with pytest.raises(Invalid):
        act(forces.member, other, "note_commitment", **told)


def test_settling_opens_the_project_with_its_roles(forces: SimpleNamespace) -> None:
    case = lead_in(forces, "start", is_key="on")
    enterprise = Enterprise.objects.get(uscc=FOUNDED)
    lead = case.lead
    lead.refresh_from_db()
    project = lead.project
    assert project is not None
    assert (project.kind, project.enterprise, project.team) == ("approvals.project", enterprise, forces.first)
    facts = project.project
    assert (facts.lead_number, facts.is_key, facts.leader, facts.butler, facts.task_force) == (
        case.number, True, forces.leader, forces.park.service, forces.first,
    )  # fmt: skip
    assert facts.investment_amount == 320_000_000


@pytest.mark.parametrize("wrong", [{"uscc": "123"}, {"butler": ""}, {"procedure": "999999"}, {"leader": ""}])
def test_no_settling_without_licence_and_roles(forces: SimpleNamespace, wrong: dict[str, str]) -> None:
    case = lead_in(forces, "settlement")
    with pytest.raises(Invalid):
        act(forces.member, case, "settle", **settlement(forces, **wrong))
    assert not Case.objects.filter(kind="approvals.project").exists()


def test_settling_twice_opens_one_project(forces: SimpleNamespace) -> None:
    case = lead_in(forces, "settlement")
    act(forces.member, case, "settle", **settlement(forces))
    with pytest.raises(Conflict):
        act(forces.member, case, "settle", **settlement(forces))
    assert Case.objects.filter(kind="approvals.project").count() == 1


def test_after_the_loop_is_closed_commitments_are_still_noted(forces: SimpleNamespace) -> None:
    case = lead_in(forces, "handed_over")
    start = Commitment.objects.get(contract=case.pk, kind="start")
    told = {"commitment": start.pk, "done_on": "2026-11-16", "proof": "开工照片"}
    with pytest.raises(NotAllowed):
        act(forces.rival, case, "note_commitment", **told)
    case = act(forces.member, case, "note_commitment", **told)
    start.refresh_from_db()
    assert (case.step, start.kept) == ("handed_over", True)


def test_going_back_from_settlement_signs_anew(forces: SimpleNamespace) -> None:
    case = lead_in(forces, "settlement")
    case = act(forces.member, case, "go_back", reason="合同要改")
    act(forces.member, case, "sign", **contract(tax="", investment_amount="400000000"))
    amounts = Commitment.objects.filter(contract=case.pk, kind__in=("investment", "tax"))
    assert list(amounts.values_list("amount", flat=True)) == [400_000_000]
