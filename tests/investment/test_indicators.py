"""Indicators of investment: counted once, split without remainder, seen by whom they concern."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine

from investment.models import Activity, Commitment, Contract, Envoy, Lead
from portal.cases.models import Case
from portal.park.acting import Actor
from portal.reports.declaration import INDICATORS, Period
from portal.reports.figures import Figure, compute, split
from portal.reports.rows import all_cells
from tests.investment.leading import act, bring_to, make_task_forces, register_lead
from tests.people import MONDAY, actor

pytestmark = pytest.mark.django_db
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def forces(park: SimpleNamespace) -> SimpleNamespace:
    return make_task_forces(park)


def figure(key: str, who: Actor | None = None) -> Figure:
    return compute(INDICATORS[f"investment.{key}"], NOVEMBER, who)


def lines(key: str, way: str) -> dict[str, Any]:
    indicator = INDICATORS[f"investment.{key}"]
    return {
        line.label: line.figure.value for line in split(indicator, indicator.breakdowns[way], NOVEMBER, None)
    }


def leads(forces: SimpleNamespace, count: int, **more: Any) -> list[Case]:
    return [
        register_lead(forces.member, forces.first, investor_name=f"投资方{n}", title=f"项目{n}", **more)
        for n in range(count)
    ]


def test_a_signed_lead_is_introduced_once_and_a_lost_or_smaller_one_never(forces: SimpleNamespace) -> None:
    [case] = leads(forces, 1)
    assert (figure("introduced_projects").value, figure("leads_registered").value) == (0, 1)
    with time_machine.travel(MONDAY, tick=False):
        case = bring_to(forces, case, "settlement")
    assert (figure("introduced_projects").value, figure("introduced_amount").value) == (1, 320_000_000)
    assert lines("introduced_projects", "quarter") == {"2026-Q4": 1}
    assert lines("introduced_amount", "task_force") == {"先进材料专班": 320_000_000}
    act(forces.member, case, "go_back", reason="合同重谈")
    assert figure("introduced_projects").value == 0
    Lead.objects.filter(pk=case.pk).update(signed_on=MONDAY.date(), investment_amount=99_999_999)
    assert (figure("introduced_projects").value, figure("smaller_projects").value) == (0, 1)


def test_key_projects_are_in_talks_from_the_first_talk_to_the_signing(forces: SimpleNamespace) -> None:
    plain, key = register_lead(forces.member, forces.first), leads(forces, 1, is_key="on")[0]
    assert figure("key_projects_in_talks").value == 0
    for case in (plain, key):
        act(forces.member, case, "accept")
    assert figure("key_projects_in_talks").value == 1
    earlier = Period(date(2026, 10, 1), date(2026, 10, 31))
    assert compute(INDICATORS["investment.key_projects_in_talks"], earlier, None).value == 0
    Lead.objects.filter(pk=key.pk).update(double_of=plain.lead)
    assert figure("key_projects_in_talks").value == 0


def test_the_funnel_stands_in_the_order_of_the_steps(forces: SimpleNamespace) -> None:
    first, second, _third = leads(forces, 3)
    act(forces.member, first, "accept")
    act(forces.member, second, "park", reason="资金未到位", look_again_on="2026-12-30")
    by_step = lines("open_leads", "step")
    assert list(by_step.values()) == [1, 1, 1]
    assert [str(label) for label in by_step][-1] in ("Reserve", "转储备", "储备")
    assert sum(lines("open_leads", "source").values()) == figure("open_leads").value == 3


def test_days_in_a_step_are_counted_of_what_people_did(forces: SimpleNamespace) -> None:
    for case in leads(forces, 5):
        act(forces.member, case, "accept", now=MONDAY + timedelta(days=2))
    assert figure("step_days").value == 1  # the Tuesday between
    case.stays.filter(step="registration").update(left_via="imported")
    assert figure("step_days").hidden  # too few


def test_what_idles_is_told_by_its_light(forces: SimpleNamespace) -> None:
    leads(forces, 2)
    with time_machine.travel(MONDAY + timedelta(days=7), tick=False):
        assert figure("idle_leads").value == 0
    with time_machine.travel(MONDAY + timedelta(days=28), tick=False):
        assert (figure("idle_leads").value, list(lines("idle_leads", "light").values())) == (2, [2])


def test_won_and_lost_by_cause(forces: SimpleNamespace) -> None:
    cases = leads(forces, 6)
    with time_machine.travel(MONDAY, tick=False):
        for case, cause in zip(cases[:4], ("price", "price", "elsewhere", "silent"), strict=True):
            act(forces.member, case, "lose", cause=cause, reason="成本高")
        act(forces.member, cases[4], "lose", cause="double", reason="重复", double_of=cases[5].number)
    assert figure("leads_lost").value == 4
    assert sorted(lines("leads_lost", "cause").values()) == [1, 1, 2]
    Lead.objects.filter(pk=cases[5].pk).update(signed_on=MONDAY.date())
    assert (figure("win_share").value, figure("conversion_share").value) == (
        Decimal("0.2"),
        Decimal("0.2"),
    )


def test_contracts_are_kept_by_their_day_and_in_full(forces: SimpleNamespace) -> None:
    [case] = leads(forces, 1)
    Lead.objects.filter(pk=case.pk).update(signed_on=date(2026, 11, 2))
    contract = Contract.objects.create(
        lead_id=case.pk, number="T1", signed_on=date(2026, 11, 2), investment_amount=10**8
    )
    told: list[dict[str, Any]] = [
        {"kind": "investment", "amount": 100, "done_on": date(2026, 11, 5), "done_amount": 100},
        {"kind": "investment", "amount": 100, "done_on": date(2026, 11, 5), "done_amount": 90},
        {"kind": "start", "done_on": date(2026, 11, 11)},
        {"kind": "jobs"},
        {"kind": "land", "side": "park", "done_on": date(2026, 11, 10)},
        {"kind": "tax", "due_on": date(2026, 11, 30)},  # not yet
    ]
    for one in told:
        Commitment.objects.create(
            **{"contract": contract, "side": "investor", "due_on": date(2026, 11, 10), "proof": "凭证", **one}
        )
    with time_machine.travel(MONDAY, tick=False):
        assert figure("performance_share").value == Decimal("0.4")
        assert figure("arrived_amount").value == 190
        assert all(
            c.kept == (c.kind == "land" or c.done_amount == 100)
            for c in Commitment.objects.exclude(kind="tax")
        )


def test_staff_work_for_investment_as_members_by_a_lead_or_by_an_activity(forces: SimpleNamespace) -> None:
    before = figure("staff_share")
    lead = register_lead(forces.park.steward, forces.first, investor_name="驿站引荐")
    trip = Case.objects.create(
        kind="investment.activity", number="HD1", title="走出去", team=forces.first, step="reported",
        outcome="reported", opened_at=MONDAY, entered_at=MONDAY, closed_at=MONDAY,
        standard_id=lead.standard_id,
    )  # fmt: skip
    day = MONDAY.date()
    made = Activity.objects.create(case=trip, kind="trip", begins_on=day, ends_on=day)
    made.members.add(forces.park.handler)
    after = figure("staff_share")
    assert after.n == before.n
    assert after.value is not None
    assert before.value is not None
    assert round((after.value - before.value) * after.n) == 2


def test_a_confidential_lead_counts_and_shows_itself_to_its_circle_only(forces: SimpleNamespace) -> None:
    leads(forces, 1, confidential="on")
    indicator = INDICATORS["investment.leads_registered"]
    leader, head = actor(forces.leader), actor(forces.head)
    assert (figure("leads_registered", leader).value, figure("leads_registered", head).value) == (1, 1)
    assert "投资方0" not in str(list(all_cells(indicator, NOVEMBER, leader)))
    assert "投资方0" in str(list(all_cells(indicator, NOVEMBER, head)))
    assert figure("leads_registered", actor(forces.rival)).value == 0


def test_what_an_envoy_brought_is_attributed(forces: SimpleNamespace) -> None:
    envoy = Envoy.objects.create(
        number="T1", name="示范·陈明", kind="envoy", field="金属", appointed_on=date(2024, 1, 1)
    )
    with time_machine.travel(MONDAY, tick=False):
        leads(forces, 1)
        register_lead(forces.member, forces.first, investor_name="特使引荐", source="envoy", envoy=envoy.pk)
    assert figure("leads_referred").value == 1
    assert "示范·陈明" in str(list(all_cells(INDICATORS["investment.leads_referred"], NOVEMBER, None)))
