"""Handling: green, yellow, and every rung of the ladder."""

from __future__ import annotations

from datetime import timedelta

from portal.cases import engine
from portal.cases.models import Case
from portal.demonstration.staging import Story
from stations.demonstration import Cast, Request
from stations.demonstration_stories.telling import tell


def tell_all(cast: Cast) -> None:
    for days in (1, 1, 2, 2, 3, 3, 4, 4):
        tell(cast, handled, days)
    for days in (5, 5, 5):  # five working days: due this very afternoon
        tell(cast, handled, days)
    for days in (6, 7, 7, 8, 9, 10, 11, 13, 16, 17):
        tell(cast, handled, days)
    tell(cast, handled, 6, "complex", category="utilities", station="jinrong")
    for days in (8, 9, 9):  # ten working days: yellow from the eighth on
        tell(cast, handled, days, "complex")
    tell(cast, handled, 12, "major", category="land", station="zhongnan")
    tell(cast, handled_at_the_station, 2, category="property", station="jinrong")
    tell(cast, handled_at_the_station, 6, category="property", station="xinsong")
    tell(cast, answered_order, category="utilities", station="jinrong")
    tell(cast, with_co_handlers, False, category="land", station="jinrong")
    tell(cast, with_co_handlers, True, category="utilities", station="zhongnan")


def handled(r: Request, days: int, grade: str = "normal") -> Story:
    yield from r.until_handling(r.stage.day(days, "09:10"), grade)
    if days > 2:
        yield r.stage.day(days - 2, "10:30")
        r.do("note_progress", r.handler, note="已到现场查看，正在与责任单位商定方案。")
        yield r.stage.day(days - 2, "14:10")
        r.say(r.owner, "谢谢，请问大概什么时候能有结果？")
    if days > 3:
        yield r.stage.day(days - 3, "09:40")
        r.say(r.handler, "责任单位反馈较慢，需要继续跟进。", internal=True)


def handled_at_the_station(r: Request, days: int) -> Story:
    filed = r.stage.day(days, "10:05")
    yield filed
    r.file()
    yield filed + timedelta(minutes=20)
    r.accept()
    yield filed + timedelta(minutes=30)
    r.do("handle_here", r.steward)
    yield filed + timedelta(minutes=90)
    r.do("plan", r.steward, plan="联系物业单位现场处理，次日回访。")


def answered_order(r: Request) -> Story:
    """Late, a supervision order was issued, the department has answered it, and it was accepted."""
    yield from handled(r, 9)
    yield r.stage.day(2, "16:30")
    order = Case.objects.filter(parent=r.case, kind="cases.supervision").open().first()
    if order is None:
        return
    reply = "已增派人员，材料齐备后一个工作日内答复企业。"
    engine.perform(order, "answer", by=r.head, data={"reply": reply}, now=r.stage.now)
    yield r.stage.day(1, "09:30")
    engine.perform(order, "settle", by=r.cast.person("supervisor"), now=r.stage.now)


def with_co_handlers(r: Request, replied: bool) -> Story:
    filed = r.stage.day(1, "13:40")
    yield filed
    r.file()
    yield filed + timedelta(minutes=20)
    r.accept("complex")
    yield filed + timedelta(minutes=40)
    teams = [r.cast.teams[code].pk for code in ("natural_resources", "housing")]
    r.dispatch(co_teams=teams, ask="请就各自职责范围提出书面意见。")
    yield filed + timedelta(minutes=70)
    r.do("sign", r.handler)
    yield filed + timedelta(minutes=110)
    r.plan()
    if replied:
        yield r.stage.minutes(60)
        part = Case.objects.get(parent=r.case, kind="cases.co_handling", team__code="housing")
        clerk = r.cast.person("housing.clerk")
        engine.perform(part, "reply", by=clerk, data={"reply": "经核查，无异议。"}, now=r.stage.now)
