"""拿地即开工: three construction permits one after the other, with nodes, meetings and contacts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from approvals.demonstration.projects import Cast, Site, Story
from approvals.demonstration_stories.telling import tell
from portal.worktime.clock import local


def tell_all(cast: Cast) -> None:
    tell(cast, in_three_phases, "新能源电机定子产业化项目（示范）", "early-work-3")


def in_three_phases(s: Site) -> Story:
    """A key project: phase 1 granted, phase 2 under review, phase 3 waits for it."""
    head = s.cast.person("task_force_new.head")
    yield s.stage.day(34, "09:10")
    s.open_at_desk(head, is_key="on", task_force=s.cast.teams["task_force_new"].pk)
    yield s.stage.day(33, "10:40")
    appoint(s, leader="leader.deputy", butler="enterprise_service.handler")
    yield s.stage.day(24, "09:30")
    today = local(s.stage.now).date()
    s.sign(
        committed_investment_amount="320000000",
        committed_output_per_mu="9000000",
        committed_tax_per_mu="420000",
        committed_start_on=today + timedelta(days=30),
        committed_completion_on=today + timedelta(days=400),
        committed_capacity_on=today + timedelta(days=540),
    )
    yield s.stage.day(22, "09:30")
    s.visited()
    yield from s.granted(22, 22, "filing")
    yield from s.granted(21, 20, "land_use")
    yield from s.accepted(19, "title", "scheme", "water", "environment", "supply")
    yield from s.decided(18, "title")
    yield from s.decided(17, "scheme", "water")
    yield from s.granted(15, 14, "pit")
    yield from s.accepted(14, "works_permit")
    yield from s.decided(13, "environment", "works_permit")
    yield from s.decided(12, "supply")
    yield s.stage.day(10, "10:00")
    plan_nodes(s)
    yield s.stage.day(9, "15:00")
    s.do(
        "note_contact",
        head,
        kind="visit",
        on=local(s.stage.now).date(),
        note="现场了解基坑进度，协调夜间运土路线。（示范）",
    )
    yield s.stage.day(8, "16:00")
    reach_node(s, "基坑支护完成")
    yield s.stage.day(6, "14:30")
    hold_meeting(s)
    yield from answer_items(s)
    yield s.stage.minutes(100)
    s.file("cellar")
    yield s.stage.minutes(40)
    s.accept("cellar")


def appoint(s: Site, *, leader: str = "", butler: str = "", task_force: str = "task_force_new") -> None:
    """一名领导、一个专班、一名管家; an empty name leaves a vacancy."""
    named = {"leader": leader, "butler": butler}
    people = {role: s.cast.person(name).user.pk for role, name in named.items() if name}
    s.do("appoint", s.desk, is_key="on", task_force=s.cast.teams[task_force].pk, **people)


def plan_nodes(s: Site) -> None:
    nodes: list[tuple[date, str]] = [
        (s.stage.working_day(8), "基坑支护完成"),
        (s.stage.working_day(2), "地下室底板浇筑"),  # late: it does not stand yet
        (s.cast.ahead(45), "地下室封顶"),
        (s.cast.ahead(150), "主体结构封顶"),
        (s.cast.ahead(320), "竣工"),
    ]
    lines = "\n".join(f"{on:%Y-%m-%d} {what}" for on, what in nodes)
    s.do("plan_nodes", s.owner, nodes=lines)


def reach_node(s: Site, what: str) -> None:
    node = s.there().project.nodes.get(what=what)
    s.do(
        "reach_node",
        s.owner,
        node=node.pk,
        reached_on=local(s.stage.now).date(),
        note="已通过监测，可以转入下道工序。",
        photo=s.cast.paper(s, f"{what}现场照片"),
    )


def hold_meeting(s: Site) -> None:
    """What was agreed on: one is done, one is late, one is open."""
    agreed = (
        ("协调临时用电增容至 630 千伏安", "construction", s.stage.working_day(3)),
        ("明确渣土运输路线和时段", "emergency", s.stage.working_day(2)),
        ("会商地下室施工图意见", "housing", s.cast.ahead(6)),
    )
    items: dict[str, Any] = {}
    for n, (what, team, due_on) in enumerate(agreed, start=1):
        items |= {f"what_{n}": what, f"team_{n}": s.cast.teams[team].pk, f"due_{n}": due_on}
    s.do(
        "hold_meeting",
        s.cast.person("task_force_new.head"),
        held_on=local(s.stage.now).date(),
        minutes="基坑按期完成；地下室施工受临时用电容量制约，会上逐项明确责任部门和完成时间。（示范）",
        **items,
    )


def answer_items(s: Site) -> Story:
    item = s.there().children.get(kind="approvals.action_item", title__startswith="协调临时用电")
    yield s.stage.day(4, "15:00")
    s.do("report", s.cast.person("construction.handler"), item, result="已完成增容接入，企业现场确认。")
    yield s.stage.day(3, "09:40")
    s.do("confirm", s.owner, item)
