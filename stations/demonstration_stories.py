"""The stories of the live requests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from portal.cases import engine, papers
from portal.cases.models import Case
from portal.demonstration import staging
from portal.demonstration.staging import Story
from portal.park.acting import Actor
from stations.demonstration import Cast, Request


def tell_all(cast: Cast) -> None:
    """Put every story on the stage: about eighty requests over all stations and teams."""
    _archive(cast)
    _early_steps(cast)
    _handling(cast)
    _clock_stories(cast)
    _late_steps(cast)
    _ratings(cast)
    _sealed(cast)
    _in_stages(cast)
    _told_twice(cast)


def _tell(cast: Cast, story: Callable[..., Story], *args: Any, **filing: Any) -> None:
    request = Request(cast, **filing)
    cast.stage.tell(lambda: story(request, *args))


def _archive(cast: Cast) -> None:
    """The papers of the first enterprise: kept once, with the days until which they hold."""
    enterprise, present = cast.enterprises[0], cast.stage.present
    owner = staging.owner_of(enterprise)
    for number, (title, days) in enumerate(
        (("营业执照（示范）", 400), ("厂区平面图（示范）", None), ("消防验收意见书（示范）", -40))
    ):
        papers.store(
            SimpleUploadedFile(f"{title}.pdf", staging.paper(f"Demonstration archive {number}")),
            by=owner.user,
            now=present - timedelta(days=90 + number),
            enterprise=enterprise,
            title=title,
            valid_until_on=timezone.localdate(present) + timedelta(days=days) if days else None,
        )


# The first steps -------------------------------------------------------------------------------------


def _early_steps(cast: Cast) -> None:
    for minutes in (8, 35, 75, 95, 110, 20, 50):  # after two hours the first contact is overdue
        _tell(cast, received, minutes)
    _tell(cast, urgent_received)
    for minutes in (30, 60, 90, 100):
        _tell(cast, in_triage, minutes)
    for days in (1, 2):
        _tell(cast, never_accepted, days)
    for minutes in (20, 70, 95):
        _tell(cast, waiting_for_signature, minutes)
    _tell(cast, objected, category="property")
    _tell(cast, in_planning, 1)
    _tell(cast, in_planning, 0, category="utilities", station="jinrong")
    _tell(cast, in_planning, 3)


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


# Handling: green, yellow, and every rung of the ladder -------------------------------------------------


def _handling(cast: Cast) -> None:
    for days in (1, 1, 2, 2, 3, 3, 4, 4):
        _tell(cast, handled, days)
    for days in (5, 5, 5):  # five working days: due this very afternoon
        _tell(cast, handled, days)
    for days in (6, 7, 7, 8, 9, 10, 11, 13, 16, 17):
        _tell(cast, handled, days)
    _tell(cast, handled, 6, "complex", category="utilities", station="jinrong")
    for days in (8, 9, 9):  # ten working days: yellow from the eighth on
        _tell(cast, handled, days, "complex")
    _tell(cast, handled, 12, "major", category="land", station="zhongnan")
    _tell(cast, handled_at_the_station, 2, category="property", station="jinrong")
    _tell(cast, handled_at_the_station, 6, category="property", station="xinsong")
    _tell(cast, answered_order, category="utilities", station="jinrong")
    _tell(cast, with_co_handlers, False, category="land", station="jinrong")
    _tell(cast, with_co_handlers, True, category="utilities", station="zhongnan")


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


# The clock: pauses, extensions, hand-overs -------------------------------------------------------------


def _clock_stories(cast: Cast) -> None:
    _tell(cast, paused, 2, False, category="utilities", station="jinrong", of_owner=True)
    _tell(cast, paused, 5, False, category="land", station="xinsong")
    _tell(cast, paused, 6, True, category="procedures", station="jiajiamei")
    _tell(cast, extension, None, category="utilities", station="jinrong")
    _tell(cast, extension, True, category="land", station="zhongnan")
    _tell(cast, extension, False, category="utilities", station="station_6")
    _tell(cast, transfer_offered, "ecology", category="land", station="jinrong")
    _tell(cast, transfer_offered, "emergency", category="environment_safety", station="station_5")


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


# The enterprise's turn, verification, tracking ---------------------------------------------------------


def _late_steps(cast: Cast) -> None:
    for place, days in enumerate((1, 2, 3)):
        _tell(cast, answered, days, category=("utilities", "tax", "policy")[place], of_owner=place == 0)
    _tell(cast, silent)
    _tell(cast, disputed, category="utilities", station="jinrong")
    for days in (0, 1, 2):
        _tell(cast, to_be_verified, days)
    for _turn in range(3):
        _tell(cast, tracked)
    _tell(cast, withdrawn)


def answered(r: Request, days: int, result: str = "resolved", **more: Any) -> Story:
    yield from r.until_handling(r.stage.day(days + 1, "09:25"))
    yield r.stage.day(days, "15:20")
    r.report(result, **more)


def silent(r: Request) -> Story:
    """The enterprise has said nothing for five working days: it went on by itself."""
    yield from answered(r, 7)


def disputed(r: Request) -> Story:
    yield from answered(r, 2)
    yield r.stage.day(1, "09:50")
    r.do("dispute", r.owner, reason="昨晚又跳闸一次，问题没有解决。")


def to_be_verified(r: Request, days: int) -> Story:
    yield from answered(r, max(days, 1))
    yield r.stage.day(days, "16:10") if days else r.stage.minutes(40)
    r.do("confirm", r.owner)


def tracked(r: Request) -> Story:
    planned_on = timezone.localdate(r.stage.present) + timedelta(days=75)
    yield from answered(r, 4, "planned", planned_on=planned_on)
    yield r.stage.day(3, "10:00")
    r.do("confirm", r.owner)
    yield r.stage.day(3, "16:00")
    r.do("verify", r.colleague)


def withdrawn(r: Request) -> Story:
    yield from r.until_handling(r.stage.day(3, "11:00"))
    yield r.stage.day(2, "09:00")
    r.do("withdraw", r.owner, reason="问题已自行解决，感谢。")


# Closed and rated --------------------------------------------------------------------------------------


def _ratings(cast: Cast) -> None:
    for level in (5, 5, 4, 5, 3, None, None):
        _tell(cast, closed, level)
    _tell(cast, explained)
    for until in ("to_contact", "mending", "in_review", "not_counted", "confirming", "before_leaders"):
        _tell(cast, badly_rated, until, category="utilities", station="jinrong")


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


# Sealed complaints -------------------------------------------------------------------------------------


def _sealed(cast: Cast) -> None:
    for step in ("received", "triage", "handling"):
        _tell(cast, complained, step, category="conduct")


def complained(r: Request, until: str) -> Story:
    start = r.stage.day(1, "10:00") if until != "received" else r.stage.minutes(50)
    yield start
    r.file(accused_team=r.cast.teams["market"].pk)
    if until == "received":
        return
    officer = r.cast.person("discipline.clerk")
    yield start + timedelta(minutes=30)
    r.do("accept", officer, category="conduct", grade="complex", contact_note="已保密联系反映人。")
    if until == "handling":
        yield start + timedelta(minutes=60)
        r.do("handle_here", officer)
        yield start + timedelta(minutes=150)
        r.do("plan", officer, plan="调阅检查记录，分别核实情况。")


# A plan in stages --------------------------------------------------------------------------------------


def _in_stages(cast: Cast) -> None:
    _tell(cast, in_stages, category="utilities", station="jinrong", of_owner=True)


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


# The same matter twice ---------------------------------------------------------------------------------


def _told_twice(cast: Cast) -> None:
    for merged in (True, False):
        _tell(cast, told_twice, merged, category="utilities", station="jinrong")


def told_twice(r: Request, merged: bool) -> Story:
    """Filed online, and told once more by phone: merged, or still to be noticed."""
    yield from r.until_handling(r.stage.day(2, "09:35"))
    again = Request(r.cast, r.category, station=r.station)
    again.enterprise, again.owner = r.enterprise, r.owner
    yield r.stage.minutes(100 if merged else 25)
    again.take_call(f"{r.there().title}，来电再次反映（示范）")
    if merged:
        yield r.stage.minutes(85)
        again.do("merge", r.steward, into=r.there().pk)
