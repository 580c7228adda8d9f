"""Claims that were issued: to be paid, sent back by the bank, stopped, paid, reported on, given back."""

from __future__ import annotations

from funds.access import RECOVERY
from funds.demonstration.cast import Asking, Cast
from funds.demonstration.payments import payments
from funds.models import ClaimAccount
from portal.cases import engine
from portal.demonstration.staging import Story


def tell_all(cast: Cast) -> None:
    stage = cast.stage
    stage.tell(lambda: payments(cast))
    stage.tell(lambda: Asking(cast, "SF-HT").issued(9))
    stage.tell(lambda: Asking(cast, "SF-HT", first=True).issued(45))
    stage.tell(lambda: Asking(cast, "SF-IN", "150000").issued(46))
    stage.tell(lambda: Asking(cast, "SF-RD", "1250000").issued(58))
    stage.tell(lambda: reported(Asking(cast, "SF-RD", "1600000")))
    stage.tell(lambda: given_back(Asking(cast, "SF-EX", "64000")))
    stage.tell(lambda: stopped(Asking(cast, "SF-EX", "48000")))


def reported(a: Asking) -> Story:
    """The money is there, and the enterprise has said what it was used for."""
    yield from a.issued(60)
    for before in range(40, 1, -1):
        yield a.stage.day(before, "16:20")
        a.there().refresh_from_db()
        if a.there().step == "performance":
            text = "用于购置检测仪器和支付研发人员薪酬，已形成两项实用新型专利。（示范）"
            a.do("report_use", a.owner, use_of_funds=text)
            return


def given_back(a: Asking) -> Story:
    """追回: paid, found out to be supported elsewhere, and coming back in parts."""
    yield from a.issued(58)
    finance = a.cast.person("finance.clerk")
    for before in range(30, 1, -1):
        yield a.stage.day(before, "15:40")
        account = ClaimAccount.objects.get(pk=a.there().pk)
        if account.paid_amount:
            break
    else:
        return
    told = {
        "amount": "12000",
        "due_on": a.stage.working_day(-15),
        "reason": "其中一笔展位费已由上级展会补贴支持，重复部分应退回。（示范）",
    }
    recovery = engine.open_case(
        RECOVERY,
        by=finance,
        enterprise=a.enterprise,
        team=a.cast.teams["finance"],
        parent=a.there(),
        data=told,
        now=a.stage.now,
    )
    yield a.stage.day(1, "10:10")
    data = {"amount": "5000", "on": a.stage.working_day(1)}
    engine.perform(recovery, "receive", by=finance, data=data, now=a.stage.now)


def stopped(a: Asking) -> Story:
    yield from a.issued(10)
    yield a.stage.day(2, "14:00")
    a.do("stop", a.cast.person("finance.head"), reason="收到举报，核查期间暂停支付。（示范）")
