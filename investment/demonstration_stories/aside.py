"""Leads off the way: idle, in the pool, claimed by others, confidential, in the reserve, lost."""

from __future__ import annotations

from investment.actions import rivalry
from investment.demonstration.cast import Cast, Leading
from portal.cases import engine
from portal.demonstration.staging import Story


def tell_all(cast: Cast) -> None:
    stage = cast.stage
    stage.tell(lambda: Leading(cast, "task_force_7", 85).visits(14))
    stage.tell(lambda: Leading(cast, "task_force_6", 55).negotiation(19))
    stage.tell(lambda: Leading(cast, "task_force_medical", 75).contact(63))
    stage.tell(lambda: claimed(Leading(cast, "task_force_robot", 140)))
    stage.tell(lambda: claimed(Leading(cast, "task_force_digital", 95), contested=True))
    stage.tell(lambda: Leading(cast, "task_force_metal", 900, confidential="on", heat="A").visits(3))
    stage.tell(lambda: parked(Leading(cast, "task_force_new", 120)))
    stage.tell(lambda: lost(Leading(cast, "task_force_metal", 230, is_key="on")))


def claimed(a: Leading, *, contested: bool = False) -> Story:
    """撞单: another task force says that the investor is theirs."""
    yield from a.visits(5)
    yield a.stage.day(2, "11:00")
    by = a.cast.person("task_force_new.head")
    data = {
        "claimant": a.cast.teams["task_force_new"].pk,
        "grounds": "上月已与投资方洽谈，有会议记录。（示范）",
    }
    claim = rivalry.claim(a.there(), by=by, data=data, now=a.stage.now)
    if contested:
        yield a.stage.day(1, "09:30")
        answer = {"answer": "我方登记在先，且已完成预审。（示范）"}
        engine.perform(claim.pk, "contest", by=a.head, data=answer, now=a.stage.now)


def parked(a: Leading) -> Story:
    yield from a.visits(9)
    yield a.stage.day(4, "16:30")
    again = a.stage.working_day(-60)
    a.do("park", reason="投资方资金年后到位，届时再谈。（示范）", look_again_on=again)


def lost(a: Leading) -> Story:
    yield from a.negotiation(10)
    yield a.stage.day(3, "10:15")
    a.do("lose", cause="elsewhere", reason="投资方选址外省园区。（示范）")
