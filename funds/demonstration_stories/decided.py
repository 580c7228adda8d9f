"""Claims that were decided: public, objected to, refused, appealed, waiting to be issued."""

from __future__ import annotations

from funds.demonstration.cast import LEADER, Asking, Cast
from portal.demonstration.staging import Story

REFUSAL = {
    "refusal": "conditions",
    "reasons": "部分支出不属于研发费用，扣除后未达申报门槛。（示范）",
    "remedies": "您可在十个工作日内在本页申诉，由园区领导重新决定。",
}


def tell_all(cast: Cast) -> None:
    stage = cast.stage
    stage.tell(lambda: Asking(cast, "SF-RD", "1800000").approved(13))
    stage.tell(lambda: Asking(cast, "SF-RD", "2100000").approved(14))
    stage.tell(lambda: objected(Asking(cast, "SF-RD", "2600000")))
    stage.tell(lambda: Asking(cast, "SF-IN", "240000").approved(7))
    stage.tell(lambda: refused(Asking(cast, "SF-RD", "400000")))
    stage.tell(lambda: appealed(Asking(cast, "SF-RD", "650000")))


def objected(a: Asking) -> Story:
    """异议: this line is held until it is answered."""
    yield from a.approved(14)
    yield a.stage.day(2, "15:10")
    text = "该企业研发人员数量与申报不符，请核实。（示范）"
    a.do("object", None, name="示范·某先生", contact="0731-5555 0990", text=text)


def refused(a: Asking) -> Story:
    yield from a.reviewed(12)
    yield a.stage.day(5, "16:00")
    a.do("refuse", a.head, **REFUSAL)


def appealed(a: Asking) -> Story:
    yield from a.at_meeting(16)
    yield a.stage.day(6, "11:30")
    a.do("refuse", a.cast.person(LEADER), **REFUSAL)
    yield a.stage.day(3, "09:15")
    a.do("appeal", a.owner, reason="补充了研发辅助账和人员名册，请重新核定。（示范）")
