"""The first steps: in talks, just signed, with an agent who files."""

from __future__ import annotations

from approvals.demonstration.projects import Cast, Site, Story
from approvals.demonstration_stories.telling import tell


def tell_all(cast: Cast) -> None:
    tell(cast, in_talks, "智能水表装配线项目（示范）", "new-factory")
    tell(cast, just_signed, "精密轴承生产基地项目（示范）", "early-work-1")
    tell(cast, with_agent, "医用敷料洁净厂房项目（示范）", "new-factory")


def in_talks(s: Site) -> Story:
    yield s.stage.day(3, "10:05")
    s.open()


def just_signed(s: Site) -> Story:
    """Land is bought: the service centre has to come, and has not yet."""
    yield from s.signed(9, 2, alone=False)


def with_agent(s: Site) -> Story:
    """帮代办: the named agent has filed one item and waits for the next."""
    agent = s.cast.person("enterprise_service.handler")
    yield from s.signed(20, 14, alone=False)
    yield s.stage.day(12, "10:00")
    s.visited()
    yield s.stage.day(11, "09:20")
    s.do("authorise", s.owner, s.assistance().case_id, consent="on")
    yield s.stage.day(11, "10:10")
    for what, days in (("备齐投资计划和资金来源说明", -6), ("约定交地现场确认时间", 4)):
        s.do("add_task", agent, s.assistance().case_id, what=what, due_on=s.cast.ahead(days))
    yield s.stage.day(10, "09:00")
    first = s.assistance().tasks.get(what__startswith="备齐")
    s.do("finish_task", agent, s.assistance().case_id, task=first.pk, note="已从企业取齐并扫描入档。")
    s.filer = agent
    yield from s.granted(10, 10, "filing")
    yield s.stage.day(1, "16:20")
    s.file("land_use")
