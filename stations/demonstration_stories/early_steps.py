"""The first steps: received, in triage, waiting for a signature, objected to, in planning."""

from __future__ import annotations

from datetime import timedelta

from portal.demonstration.staging import Story
from stations.demonstration import Cast, Request
from stations.demonstration_stories.telling import tell


def tell_all(cast: Cast) -> None:
    for minutes in (8, 35, 75, 95, 110, 20, 50):  # after two hours the first contact is overdue
        tell(cast, received, minutes)
    tell(cast, urgent_received)
    for minutes in (30, 60, 90, 100):
        tell(cast, in_triage, minutes)
    for days in (1, 2):
        tell(cast, never_accepted, days)
    for minutes in (20, 70, 95):
        tell(cast, waiting_for_signature, minutes)
    tell(cast, objected, category="property")
    tell(cast, in_planning, 1)
    tell(cast, in_planning, 0, category="utilities", station="jinrong")
    tell(cast, in_planning, 3)


def received(r: Request, minutes: int) -> Story:
    yield r.stage.minutes(minutes)
    r.file()


def urgent_received(r: Request) -> Story:
    yield r.stage.minutes(5)
    r.file(grade="urgent", category="utilities", title="厂区突然停电，生产线全部停产，请紧急协调（示范）")


def never_accepted(r: Request, days: int) -> Story:
    yield r.stage.day(days, "15:40")
    r.file()


def in_triage(r: Request, minutes: int) -> Story:
    yield r.stage.minutes(minutes)
    r.file()
    yield r.stage.minutes(minutes - 15)
    r.accept()


def waiting_for_signature(r: Request, minutes: int) -> Story:
    yield from in_triage(r, minutes)
    yield r.stage.minutes(minutes - 18)
    r.dispatch()


def objected(r: Request) -> Story:
    r.team = "market"
    yield from in_triage(r, 100)
    yield r.stage.minutes(80)
    r.dispatch()
    yield r.stage.minutes(40)
    r.do("object", r.handler, reason="该事项属于公共设施维护，不在本部门职责范围，建议由企业服务中心裁定。")


def in_planning(r: Request, days: int) -> Story:
    start = r.stage.day(days, "09:20") if days else r.stage.minutes(110)
    yield start
    r.file()
    yield start + timedelta(minutes=15)
    r.accept("complex" if days == 3 else "normal")
    yield start + timedelta(minutes=30)
    r.dispatch()
    yield start + timedelta(minutes=50)
    r.do("sign", r.handler)
