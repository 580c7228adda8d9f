"""The ledger of tax reliefs: a statistic, never a payout."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy, gettext_noop

from funds.models import TaxRelief
from portal.accounts.models import Duty
from portal.ledgers.books import ModelBook, Reference
from portal.ledgers.declaration import Column, Ledger, register
from portal.ledgers.parsers import MONTH, USCC, NumberParser, TextParser, codes
from portal.park.models import Enterprise

KINDS = codes(TaxRelief.Kind.choices, reduction="减税|减", refund="退税|退", credit="抵税|抵")
COLUMNS = (
    Column(
        "number", "编号", TextParser(40, "JS2024-0001"), note=gettext_lazy("Its number, once in the park")
    ),
    Column(
        "uscc",
        "统一社会信用代码",
        USCC,
        note=gettext_lazy("The enterprise; it must be in the register"),
    ),
    Column("month", "月份", MONTH, note=gettext_lazy("The month for which it was granted")),
    Column("kind", "类型", KINDS, note=gettext_lazy("Reduction, refund or credit")),
    Column(
        "amount",
        "金额",
        NumberParser(2, least=Decimal("0.01"), example="128000"),
        note=gettext_lazy("How much, in yuan"),
    ),
)
ENTERPRISE = Reference(
    field="enterprise_id",
    rows=Enterprise.objects.all(),
    by="uscc",
    path="enterprise__uscc",
    unknown=gettext_noop("No enterprise of the park has the code %(value)s."),
)

register(
    Ledger(
        key="tax_reliefs",
        zh="减退抵税",
        natural_key=("number",),
        columns=COLUMNS,
        book=lambda: ModelBook(
            TaxRelief, [c.key for c in COLUMNS], ("number",), references={"uscc": ENTERPRISE}
        ),
        after=("enterprises",),
        readers=(Duty.LEADER, Duty.AUDITOR),
        note=gettext_lazy("What the tax office has left to enterprises; a statistic, never a payout"),
    )
)
