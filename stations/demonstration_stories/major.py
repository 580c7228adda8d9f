"""Major requests: planned in stages, and some of which the enterprise hears nothing."""

from __future__ import annotations

from portal.demonstration.staging import Story
from stations.demonstration import Cast, Request
from stations.demonstration_stories.telling import tell


def tell_all(cast: Cast) -> None:
    tell(cast, in_stages, category="utilities", station="jinrong", of_owner=True)
    for days, noted, category, station in (
        (5, None, "land", "zhongnan"),
        (6, None, "technology", "station_5"),
        (8, 6, "utilities", "jinrong"),
        (9, 5, "environment_safety", "xinsong"),
        (10, 7, "procedures", "jiajiamei"),
    ):
        tell(cast, without_note, days, noted, category=category, station=station)


def in_stages(r: Request) -> Story:
    """A major request: three milestones, the first is reached."""
    r.filing["title"] = "厂区门前 10 千伏杆线影响二期施工，请协调迁改（示范）"
    yield from r.until_handling(r.stage.day(11, "09:30"), "major", stages=(5, -8, -30))
    yield r.stage.day(8, "10:20")
    r.do("note_progress", r.handler, note="已会同供电企业现场勘察，正在编制迁改方案。")
    yield r.stage.day(6, "15:30")
    r.do("reach_milestone", r.handler, milestone=1, note="迁改方案已经供电企业审定，企业书面确认。")
    yield r.stage.day(2, "16:00")
    r.do("note_progress", r.handler, note="物资已到货，停电计划报批中。")


def without_note(r: Request, days: int, noted: int | None) -> Story:
    """A major request of which the enterprise has heard nothing for longer than three working days."""
    yield from r.until_handling(r.stage.day(days, "09:20"), "major")
    if noted is not None:
        yield r.stage.day(noted, "11:10")
        r.do("note_progress", r.handler, note="涉及多个部门，已分别发函，等待书面意见。")
