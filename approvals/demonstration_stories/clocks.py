"""The clock of a permit: stopped, overdue, begun again after a refusal."""

from __future__ import annotations

from approvals.demonstration.projects import Cast, Site, Story
from approvals.demonstration_stories.phases import appoint
from approvals.demonstration_stories.telling import tell
from portal.cases import engine
from portal.worktime.clock import local


def tell_all(cast: Cast) -> None:
    tell(cast, to_supply, "工业机器人关节厂房项目（示范）", "new-factory")
    tell(cast, special_procedure, "高性能合金板材扩能项目（示范）", "early-work-2")
    tell(cast, overdue, "储能电源装配基地项目（示范）", "new-factory")
    tell(cast, refused_once, "表面处理中心改扩建项目（示范）", "expansion")


def to_supply(s: Site) -> Story:
    """补正: the window has said at once and in full what is missing."""
    yield from s.signed(12, 8)
    yield from s.granted(6, 6, "filing")
    yield s.stage.day(4, "10:00")
    s.file("land_use")
    yield s.stage.day(3, "09:30")
    told = {
        "reason": "supplement",
        "basis": "《行政许可法》第三十二条（示范）",
        "planned_days": 6,
        "notice": "补齐下列两项即可受理，可在线补交，不必再跑窗口；补齐前时限不计。",
        "missing": "出让合同：缺少附图页，请上传完整扫描件\n申请表：法定代表人签章不清晰，请重新盖章",
    }
    permit = s.permit("land_use")
    engine.pause(permit.case_id, by=s.cast.person("window_project.clerk"), data=told, now=s.stage.now)


def special_procedure(s: Site) -> Story:
    """特别程序: experts look at the scheme; the enterprise was told in writing how long. A role is vacant."""
    yield from s.opened(60)
    yield s.stage.day(58, "15:00")
    appoint(s, leader="leader.main", task_force="task_force_metal")  # no butler
    yield s.stage.day(57, "10:00")
    s.do(
        "note_contact",
        s.desk,
        kind="call",
        on=local(s.stage.now).date(),
        note="电话了解设备订货周期，提示尽早办理节能审查。（示范）",
    )
    yield from s.contract(14)
    yield from s.granted(13, 13, "filing")
    yield from s.granted(12, 11, "land_use")
    yield from s.accepted(5, "scheme")
    yield s.stage.day(4, "10:20")
    told = {
        "reason": "special_procedure",
        "basis": "《行政许可法》第四十五条：专家评审所需时间不计入期限（示范）",
        "planned_days": 10,
        "notice": "组织专家评审设计方案，预计 10 个工作日；评审时间不计入承诺时限。",
    }
    by = s.cast.person("natural_resources.head")
    engine.pause(s.permit("scheme").case_id, by=by, data=told, now=s.stage.now)


def overdue(s: Site) -> Story:
    """Promised within a day, and nobody has decided: it has climbed the ladder to a supervision order."""
    yield from s.signed(16, 10)
    yield from s.granted(9, 9, "filing")
    yield from s.accepted(5, "land_use")


def refused_once(s: Site) -> Story:
    """Refused with reasons and remedies, and filed again under the next number."""
    ecology = s.cast.teams["ecology"]
    yield from s.signed(26, 20)
    yield from s.granted(18, 18, "filing")
    yield from s.accepted(17, "environment", "scheme")
    yield from s.decided(15, "scheme")
    yield s.stage.day(12, "10:00")
    permit = s.permit("environment")
    s.do("review", s.cast.handler(ecology), permit.case_id, opinion="废水处理能力与产能不符，不予批准。")
    yield s.stage.day(11, "15:30")
    s.do(
        "refuse",
        s.cast.head(ecology),
        permit.case_id,
        grounds="报告表中废水处理能力低于新增产能所需，不符合准予条件。（示范）",
        remedies="六十日内可以申请行政复议，六个月内可以提起行政诉讼。",
    )
    yield s.stage.day(4, "09:15")
    s.do("open_another", s.owner, place=permit.place_id, label="")
    yield from s.accepted(3, "environment")
