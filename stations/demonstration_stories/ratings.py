"""Closed and rated, and what follows a low rating."""

from __future__ import annotations

from typing import Any

from portal.cases import engine
from portal.cases.models import Case
from portal.demonstration.staging import Story
from portal.park.acting import Actor
from stations.demonstration import Cast, Request
from stations.demonstration_stories.late_steps import answered
from stations.demonstration_stories.telling import tell


def tell_all(cast: Cast) -> None:
    for level in (5, 5, 4, 5, 3, None, None):
        tell(cast, closed, level)
    tell(cast, explained)
    for until in ("to_contact", "mending", "in_review", "not_counted", "confirming", "before_leaders"):
        tell(cast, badly_rated, until, category="utilities", station="jinrong")


def closed(r: Request, level: int | None, result: str = "resolved", **more: Any) -> Story:
    yield from answered(r, 3, result, **more)
    yield r.stage.day(2, "10:20")
    r.do("confirm", r.owner)
    yield r.stage.day(2, "14:45")
    r.do("verify", r.colleague)
    if level is not None:
        yield r.stage.day(1, "09:35")
        rating = {"level": level, "comment": "响应及时，回访到位。" if level > 3 else ""}
        engine.rate(r.there(), by=r.owner, data=rating, now=r.stage.now)


def explained(r: Request) -> Story:
    yield from closed(r, 4, "explained", result_basis="《企业奖补办法》第五条（示范）")


def badly_rated(r: Request, until: str) -> Story:
    yield from closed(r, None)
    yield r.stage.day(1, "09:15")
    rating = {"level": 2, "comment": "处理后又反复，来回沟通多次。"}
    engine.rate(r.there(), by=r.owner, data=rating, now=r.stage.now)
    if until == "to_contact":
        return
    follow_up = Case.objects.get(parent=r.case, kind="cases.follow_up")
    yield r.stage.day(1, "14:20")
    actor = r.cast.person(f"{follow_up.team.code}.head")
    note = {"contact_note": "企业反映夜间仍有波动，要求安装监测。"}
    engine.perform(follow_up, "call_back", by=actor, data=note, now=r.stage.now)
    if until in ("in_review", "not_counted"):
        yield from reviewed(r, follow_up, actor, decided=until == "not_counted")
    elif until in ("confirming", "before_leaders"):
        yield r.stage.minutes(45)
        remedy = {"remedy": "已加装监测装置并约定一周后复测。"}
        engine.perform(follow_up, "put_right", by=actor, data=remedy, now=r.stage.now)
    if until == "before_leaders":
        engine.perform(follow_up, "agree", by=r.owner, now=r.stage.now)
        again = {"level": 2, "comment": "监测装上了，夜间波动仍未消除。"}
        engine.rate(follow_up, by=r.owner, data=again, now=r.stage.now)


def reviewed(r: Request, follow_up: Case, by: Actor, *, decided: bool) -> Story:
    yield r.stage.minutes(40)
    appeal = {"ground": "mistaken", "reason": "企业来电说明误选了等级，通话记录已留存。"}
    engine.perform(follow_up, "appeal", by=by, data=appeal, now=r.stage.now)
    if decided:
        yield r.stage.minutes(20)
        reason = {"reason": "已向企业核实，确系误选等级。"}
        reviewer = r.cast.person("supervision.clerk")
        engine.perform(follow_up, "set_aside", by=reviewer, data=reason, now=r.stage.now)
