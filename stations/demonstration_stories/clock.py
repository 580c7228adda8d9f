"""The clock: pauses, extensions, hand-overs."""

from __future__ import annotations

from portal.cases import engine
from portal.demonstration.staging import Story
from stations.demonstration import Cast, Request
from stations.demonstration_stories.telling import tell


def tell_all(cast: Cast) -> None:
    tell(cast, paused, 2, False, category="utilities", station="jinrong", of_owner=True)
    tell(cast, paused, 5, False, category="land", station="xinsong")
    tell(cast, paused, 6, True, category="procedures", station="jiajiamei")
    tell(cast, extension, None, category="utilities", station="jinrong")
    tell(cast, extension, True, category="land", station="zhongnan")
    tell(cast, extension, False, category="utilities", station="station_6")
    tell(cast, transfer_offered, "ecology", category="land", station="jinrong")
    tell(cast, transfer_offered, "emergency", category="environment_safety", station="station_5")


def paused(r: Request, days: int, resumed: bool) -> Story:
    yield from r.until_handling(r.stage.day(days, "09:05"))
    yield r.stage.day(days - 1, "09:30")
    told = {
        "reason": "supplement",
        "basis": "《行政许可法》第四十五条（示范）",
        "planned_days": 1 if days == 5 else 8,
        "notice": "两份材料齐了就能确定接入方案，不必再跑窗口；补齐前时限暂停，补齐后继续计算。",
        "missing": "用电负荷清单：列明主要设备功率，PDF 或照片均可\n厂区平面图：能看清尺寸标注",
    }
    engine.pause(r.there(), by=r.head, data=told, now=r.stage.now)
    if resumed:
        yield r.stage.day(days - 3, "11:00")
        engine.resume(r.there(), by=r.head, now=r.stage.now)


def extension(r: Request, granted: bool | None) -> Story:
    yield from r.until_handling(r.stage.day(4, "08:50"))
    yield r.stage.day(1, "10:15")
    asked = {"days": 5, "reason": "涉及供电企业停电计划，需等待下一检修窗口。"}
    engine.ask_extension(r.there(), by=r.handler, data=asked, now=r.stage.now)
    if granted is not None:
        yield r.stage.day(1, "15:15")
        engine.decide_extension(r.there(), by=r.head, granted=granted, now=r.stage.now)


def transfer_offered(r: Request, code: str) -> Story:
    yield from r.until_handling(r.stage.day(2, "09:15"))
    yield r.stage.minutes(55)
    offer = {"to_team": r.cast.teams[code].pk, "reason": "经核实，主要问题在你部门职责范围内，建议移交。"}
    engine.transfer(r.there(), by=r.handler, data=offer, now=r.stage.now)
