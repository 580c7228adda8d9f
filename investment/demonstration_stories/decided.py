"""Leads on which is decided, or was: from the admission review to the hand-over."""

from __future__ import annotations

from investment.demonstration.cast import PANEL, Cast, Leading
from portal.cases import engine
from portal.demonstration.staging import Story


def tell_all(cast: Cast) -> None:
    stage = cast.stage
    stage.tell(lambda: interested(Leading(cast, "task_force_medical", 160, is_key="on")))
    stage.tell(lambda: Leading(cast, "task_force_digital", 240, is_key="on").decision(3))
    stage.tell(lambda: Leading(cast, "task_force_new", 130).signing(4))
    stage.tell(lambda: Leading(cast, "task_force_robot", 190).settlement(12))
    stage.tell(lambda: Leading(cast, "task_force_metal", 350, heat="A").start(10))
    stage.tell(lambda: handed_over(Leading(cast, "task_force_digital", 110)))


def interested(a: Leading) -> Story:
    """利益冲突: one of the panel has declared an interest; somebody else is to be named."""
    yield from a.convened(6, (*PANEL, "natural_resources"))
    yield a.stage.day(3, "09:50")
    a.score(0.9, "science", "ecology")
    [sheet] = a.sheets("emergency")
    told = {"interest": "亲属在投资方任职。（示范）"}
    by = a.cast.person("emergency.clerk")
    engine.perform(sheet.pk, "declare_interest", by=by, data=told, now=a.stage.now)


def handed_over(a: Leading) -> Story:
    """闭环: the works have begun; the butler goes on."""
    yield from a.start(16)
    yield a.stage.day(7, "10:00")
    a.there().refresh_from_db()
    if a.there().step != "start":
        return
    a.keep("start", day=a.stage.working_day(8))
    yield a.stage.day(5, "15:00")
    a.do("hand_over", started_on=a.today(), proof="施工许可证和开工照片（示范）", in_statistics="on")
