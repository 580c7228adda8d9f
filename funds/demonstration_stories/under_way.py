"""Claims that are being handled: to be signed, to be accepted, stopped for papers, waiting, under review."""

from __future__ import annotations

from funds.demonstration.cast import SCARCE, Asking, Cast
from portal.cases import engine
from portal.demonstration.staging import Story, person

MISSING = {
    "reason": "supplement",
    "basis": "惠企政策实施细则（示范）",
    "planned_days": 5,
    "notice": "请补充付款凭证。（示范）",
    "missing": "银行付款回单：缺 2 份",
}


def tell_all(cast: Cast) -> None:
    stage = cast.stage
    stage.tell(lambda: to_be_signed(Asking(cast, "SF-EX", "36000", first=True)))
    stage.tell(lambda: Asking(cast, "SF-IN", "180000").received(1))
    stage.tell(lambda: Asking(cast, "SF-RD", "1450000").received(4))
    stage.tell(lambda: stopped(Asking(cast, "SF-RD", "2300000")))
    stage.tell(lambda: Asking(cast, "SF-RD", "980000", first=True).accepted(3))
    stage.tell(lambda: Asking(cast, SCARCE, "1000000").accepted(9))
    stage.tell(lambda: Asking(cast, SCARCE, "700000").accepted(7))
    stage.tell(lambda: Asking(cast, SCARCE, "500000").accepted(6))
    stage.tell(lambda: asked_around(Asking(cast, "SF-RD", "3200000")))
    stage.tell(lambda: Asking(cast, "SF-RD", "2750000").at_meeting(14))
    stage.tell(lambda: withdrawn(Asking(cast, "SF-EX", "52000")))


def to_be_signed(a: Asking) -> Story:
    """The agent has prepared it; the owner has not signed yet."""
    yield a.stage.day(1, "16:40")
    a.file(person("agent"))


def stopped(a: Asking) -> Story:
    """补正: the clock stands still until the enterprise has brought what is missing."""
    yield from a.received(5)
    yield a.stage.day(4, "11:00")
    window = a.cast.person("window_policy.head")
    engine.pause(a.there(), by=window, data=MISSING, now=a.stage.now)


def asked_around(a: Asking) -> Story:
    """联审: another department has been asked and has not answered yet."""
    yield from a.reviewed(9)
    yield a.stage.day(4, "09:30")
    tax = a.cast.teams["tax"].pk
    a.do("ask_co_handler", a.reviewer, team=tax, ask="请核实是否欠税。（示范）")


def withdrawn(a: Asking) -> Story:
    yield from a.received(12)
    yield a.stage.day(11, "10:00")
    a.do("withdraw", a.owner)
