"""Leads for tests: two task forces with their people, and a lead on its way."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from investment.access import LEAD
from portal.accounts.models import User
from portal.cases import engine
from portal.cases.models import Case
from portal.park.models import Team
from tests.people import MONDAY, actor, person, works_in

NEXT = {"next_action": "电话回访", "next_action_on": "2026-11-30"}
# What each forward move is given, in their order.
FORWARD: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("member", "accept", {}),
    ("member", "note_contact", {"held_on": "2026-11-16", "note": "有意扩产"}),
    (
        "member",
        "pre_review",
        {f"{about}_opinion": "可行" for about in ("industry", "environment", "safety", "energy", "land")},
    ),
    ("member", "report_visit", {"held_on": "2026-11-16", "report": "已看生产线"}),
    ("member", "agree_terms", {"terms": "土地五十亩", "promises_checked": "on"}),
    ("head", "admit", {"score": "86", "opinion": "同意", "no_veto": "on", "no_interest": "on"}),
    ("leader", "decide", {"held_on": "2026-11-16", "minutes": "会议同意"}),
    ("member", "sign", {"signed_on": "2026-11-16", "investment_amount": "320000000"}),
    ("member", "settle", {"licence": "星野材料（示范）", "site": "三号地块"}),
    ("member", "hand_over", {"started_on": "2026-11-16", "proof": "开工照片", "handed_to": "企业服务中心"}),
)


def make_task_forces(park: SimpleNamespace) -> SimpleNamespace:
    first, second = Team.objects.bulk_create(
        [
            Team(code="tf_metal", name="先进材料专班", kind="task_force"),
            Team(code="tf_robot", name="机器人专班", kind="task_force"),
        ]
    )
    return SimpleNamespace(
        first=first,
        second=second,
        member=works_in(person("metalmember"), first),
        head=works_in(person("metalhead"), first, "head"),
        rival=works_in(person("robotmember"), second),
        leader=park.leader,
    )


def given(team: Team, **more: Any) -> dict[str, Any]:
    """What the form of a lead is given."""
    return {
        "title": "特种材料项目", "task_force": team.code, "investor_name": "星野材料（集团）股份有限公司",
        "source": "trip", "investment_amount": "300000000", "heat": "A", **NEXT, **more,
    }  # fmt: skip


def register_lead(by: User, team: Team, **more: Any) -> Case:
    return engine.open_case(LEAD, by=actor(by), data=given(team, **more), now=MONDAY)


def act(by: User, case: Case, name: str, now: Any = MONDAY, **data: Any) -> Case:
    return engine.perform(case.pk, name, by=actor(by), data=NEXT | data, now=now)


def bring_to(forces: SimpleNamespace, case: Case, step: str) -> Case:
    """Take a lead forward, each move by who may do it, until it is in a step."""
    for who, name, data in FORWARD:
        if case.step == step:
            return case
        case = act(getattr(forces, who), case, name, **data)
    return case
