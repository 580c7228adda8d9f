"""Leads for tests: two task forces and five departments with their people, and a lead on its way."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.apps import apps

from approvals.models import Procedure
from investment.access import LEAD
from investment.models import Criterion
from portal.accounts.models import User
from portal.cases import engine
from portal.cases.models import Case
from portal.park.models import Team
from tests.approvals.building import make_office
from tests.people import MONDAY, actor, person, uscc, works_in

NEXT = {"next_action": "电话回访", "next_action_on": "2026-11-30"}
OFFICES = {
    "science": "产业",
    "ecology": "生态",
    "emergency": "应急",
    "development_reform": "发改",
    "natural_resources": "规划",
}
PANEL = ("science", "ecology", "emergency")
FOUNDED = uscc("91430300MA4L16JP2")


def make_task_forces(park: SimpleNamespace) -> SimpleNamespace:
    if not Criterion.objects.exists():  # a test with transactions of its own begins with empty tables
        import_module("investment.migrations.0003_scoring_sheet").seed(apps, None)
    first, second, bank, *departments = Team.objects.bulk_create(
        [
            Team(code="tf_metal", name="先进材料专班", kind="task_force"),
            Team(code="tf_robot", name="机器人专班", kind="task_force"),
            Team(code="bank_demo", name="示范银行", kind="bank"),
            *(Team(code=code, name=f"{name}部门", kind="department") for code, name in OFFICES.items()),
        ]
    )
    return SimpleNamespace(
        park=park,
        first=first,
        second=second,
        bank=bank,
        member=works_in(person("metalmember"), first),
        head=works_in(person("metalhead"), first, "head"),
        rival=works_in(person("robotmember"), second),
        leader=park.leader,
        offices={team.code: works_in(person(f"of_{team.code}"), team) for team in departments},
    )


def given(team: Team, **more: Any) -> dict[str, Any]:
    """What the form of a lead is given."""
    return {
        "title": "特种材料项目", "task_force": team.code, "investor_name": "星野材料（集团）股份有限公司",
        "source": "trip", "investment_amount": "300000000", "heat": "A", **NEXT, **more,
    }  # fmt: skip


def register_lead(by: User, team: Team, now: Any = MONDAY, **more: Any) -> Case:
    return engine.open_case(LEAD, by=actor(by), data=given(team, **more), now=now)


def act(by: User, case: Case, name: str, now: Any = MONDAY, **data: Any) -> Case:
    return engine.perform(case.pk, name, by=actor(by), data=NEXT | data, now=now)


def give_opinions(forces: SimpleNamespace, case: Case, **verdicts: str) -> None:
    """Every department that is asked answers, and agrees if nothing else is said."""
    for part in case.children.open().filter(kind="investment.opinion").select_related("opinion", "team"):
        verdict = verdicts.get(part.opinion.about, "agreed")
        act(forces.offices[part.team.code], part, "give", verdict=verdict, reason="意见")


def points(share: float = 0.9) -> dict[str, str]:
    """A filled sheet: a share of the points on every line."""
    lines = Criterion.objects.filter(active=True, is_veto=False)
    return {f"line_{line.pk}": str(int(line.points * share)) for line in lines} | {"no_interest": "on"}


def convene(forces: SimpleNamespace, case: Case, by: tuple[str, ...] = PANEL) -> Case:
    people = [forces.offices[code].pk for code in by]
    return act(forces.head, case, "convene", reviewers=people, due_diligence="资信良好")


def give_points(forces: SimpleNamespace, case: Case, share: float = 0.9) -> None:
    for part in case.children.open().filter(kind="investment.assessment").select_related("assignee"):
        act(part.assignee, part, "score", **points(share))


def contract(**more: Any) -> dict[str, Any]:
    return {
        "contract_number": "TZ-2026-001", "signed_on": "2026-11-16", "investment_amount": "320000000",
        "start_on": "2027-01-31", "completion_on": "2027-10-31", "production_on": "2027-12-31",
        "tax": "12000000", "land_on": "2026-12-31", **more,
    }  # fmt: skip


def settlement(forces: SimpleNamespace, **more: Any) -> dict[str, Any]:
    """What the project is opened with; the procedures of the park come when they are needed first."""
    procedure = Procedure.objects.filter(active=True).first() or make_office(forces.park).procedure
    return {
        "uscc": FOUNDED, "licence": "星野材料（示范）", "settled_on": "2026-11-16", "site": "三号地块",
        "procedure": procedure.pk, "leader": forces.leader.pk, "butler": forces.park.service.pk,
        "baseline_days": "40", **more,
    }  # fmt: skip


def _nothing(_forces: SimpleNamespace, _case: Case) -> None:
    pass


def _terms(forces: SimpleNamespace, case: Case) -> None:
    act(forces.member, case, "write_terms", text="土地五十亩", change="第一稿")


def _assessed(forces: SimpleNamespace, case: Case) -> None:
    convene(forces, case)
    give_points(forces, case)


Before = Callable[[SimpleNamespace, Case], None]
# Each step with what comes before its forward move, who makes it, and what that is given.
FORWARD: tuple[tuple[str, Before, str, str, dict[str, Any]], ...] = (
    ("registration", _nothing, "member", "accept", {}),
    ("contact", _nothing, "member", "note_contact", {"held_on": "2026-11-16", "note": "有意扩产"}),
    ("pre_review", give_opinions, "member", "pre_review", {}),
    ("visits", _nothing, "member", "report_visit", {"held_on": "2026-11-16", "report": "已看生产线"}),
    ("negotiation", _terms, "member", "agree_terms", {"promises_checked": "on", "fair_competition": "on"}),
    ("admission_review", _assessed, "head", "admit", {"opinion": "同意", "no_interest": "on"}),
    ("decision", _nothing, "leader", "decide", {"held_on": "2026-11-16", "minutes": "会议同意"}),
    ("signing", _nothing, "member", "sign", contract()),
    ("settlement", _nothing, "member", "settle", {"asks": "settlement"}),
    (
        "start",
        _nothing,
        "member",
        "hand_over",
        {"started_on": "2026-11-16", "proof": "开工照片", "in_statistics": "on"},
    ),
)


def forward_data(forces: SimpleNamespace, data: dict[str, Any]) -> dict[str, Any]:
    return settlement(forces) if "asks" in data else data


def bring_to(forces: SimpleNamespace, case: Case, step: str) -> Case:
    """Take a lead forward, each move by who may do it, until it is in a step."""
    for place, before, who, name, data in FORWARD:
        if case.step == step:
            return case
        assert case.step == place
        before(forces, case)
        case = act(getattr(forces, who), case, name, **forward_data(forces, data))
    return case
