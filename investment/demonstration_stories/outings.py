"""Trips, visits and other activities of the task forces: ahead, to be reported, reported, called off."""

from __future__ import annotations

from typing import Any

from investment.access import ACTIVITY
from investment.demonstration.cast import Cast, Leading
from portal.cases import engine
from portal.cases.models import Case
from portal.demonstration.staging import Story


def tell_all(cast: Cast) -> None:
    tell = cast.stage.tell
    tell(lambda: with_a_lead(cast))
    tell(lambda: held(cast, "task_force_new", "trip", (4, 2), place="宁波、台州", purpose="拜访储能企业"))
    tell(lambda: held(cast, "task_force_digital", "visit", (9, 9), investor_name="云麓智造（示范）有限公司"))
    tell(lambda: called_off(cast))
    tell(lambda: ahead(cast, "task_force_robot", "trip", (3, 5), place="深圳、东莞", purpose="拜访电机企业"))
    tell(lambda: ahead(cast, "task_force_medical", "reception", (2, 2), investor_name="楚航医疗（示范）"))
    tell(lambda: ahead(cast, "task_force_metal", "road_show", (8, 8), place="上海", purpose="产业推介会"))


def planned(cast: Cast, team: str, kind: str, days: tuple[int, int], **more: Any) -> Case:
    """An activity; its first and last day so many working days before the last one."""
    who = cast.person(f"{team}.head")
    data = {
        "kind": kind,
        "task_force": cast.teams[team].pk,
        "begins_on": cast.stage.working_day(days[0]),
        "ends_on": cast.stage.working_day(days[1]),
        "leader": who.user.pk,
        **more,
        "purpose": f"{more.get('purpose', '对接投资意向')}（示范）",
    }
    return engine.open_case(ACTIVITY, by=who, data=data, now=cast.stage.now)


def ahead(cast: Cast, team: str, kind: str, days: tuple[int, int], **more: Any) -> Story:
    """It takes place so many working days from now."""
    yield cast.stage.minutes(100)
    planned(cast, team, kind, (-days[0], -days[1]), **more)


def held(cast: Cast, team: str, kind: str, days: tuple[int, int], **more: Any) -> Story:
    """It took place, and nobody has reported on it yet."""
    yield cast.stage.day(days[0] + 3, "09:40")
    planned(cast, team, kind, days, **more)


def with_a_lead(cast: Cast) -> Story:
    """A trip of three days, reported the day after with the lead that came of it."""
    yield cast.stage.day(12, "10:20")
    trip = planned(cast, "task_force_metal", "trip", (8, 6), place="佛山、肇庆", purpose="拜访铝加工企业")
    yield cast.stage.day(5, "10:00")
    lead = Leading(cast, "task_force_metal", 160, source="trip", born_of=trip.pk)
    lead.file()
    yield cast.stage.day(5, "11:10")
    data = {
        "summary": "走访两家企业，一家有意来园扩建，已登记线索。（示范）",
        "calls": f"{lead.investor}：有意扩建，约定来园考察\n岭南型材（示范）：暂无计划，保持联系",
        "leads": [lead.there().pk],
        "place": "佛山、肇庆",
        "leader_count": 1,
        "cost": "8600",
    }
    engine.perform(trip.pk, "report", by=lead.head, data=data, now=cast.stage.now)


def called_off(cast: Cast) -> Story:
    yield cast.stage.day(6, "15:00")
    trip = planned(cast, "task_force_7", "trip", (2, 1), place="长沙", purpose="对接冷链企业")
    yield cast.stage.day(4, "16:20")
    why = {"reason": "对方改期，另行安排。（示范）"}
    engine.perform(trip.pk, "call_off", by=cast.person("task_force_7.head"), data=why, now=cast.stage.now)
