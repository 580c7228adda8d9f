"""The ledger of what enterprises report each month."""

from __future__ import annotations

from django.utils.translation import gettext_lazy, gettext_noop

from portal.accounts.models import Duty
from portal.ledgers.books import ModelBook, Reference
from portal.ledgers.declaration import Column, Ledger, register
from portal.ledgers.parsers import MONEY, MONTH, USCC, NumberParser, WholeParser
from portal.park.models import Enterprise, MonthlyIndicator

COLUMNS = (
    Column(
        "uscc",
        "统一社会信用代码",
        USCC,
        note=gettext_lazy("The enterprise that reports; it must be in the register"),
    ),
    Column("month", "月份", MONTH, note=gettext_lazy("The month of the figures")),
    Column("output_amount", "产值", MONEY, note=gettext_lazy("Output value of this month alone, in yuan")),
    Column(
        "tax_amount", "税收", MONEY, note=gettext_lazy("Tax paid in this month, in yuan"), example="86000"
    ),
    Column(
        "employees",
        "从业人数",
        WholeParser(0, 2_000_000, "120"),
        required=False,
        note=gettext_lazy("People employed at the end of the month"),
    ),
    Column(
        "electricity_kwh",
        "用电量",
        NumberParser(2, example="45200"),
        required=False,
        note=gettext_lazy("Electricity used in this month, in kWh"),
    ),
    Column(
        "investment_amount",
        "固定资产投资",
        MONEY,
        required=False,
        note=gettext_lazy("Investment in fixed assets in this month, in yuan"),
    ),
    Column(
        "rd_amount",
        "研发投入",
        MONEY,
        required=False,
        note=gettext_lazy("Spent on research and development in this month, in yuan"),
        example="30000",
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
        key="monthly_indicators",
        zh="企业月报",
        natural_key=("uscc", "month"),
        columns=COLUMNS,
        book=lambda: ModelBook(
            MonthlyIndicator, [c.key for c in COLUMNS], ("uscc", "month"), references={"uscc": ENTERPRISE}
        ),
        after=("enterprises",),
        readers=(Duty.LEADER, Duty.AUDITOR),
        note=gettext_lazy("What enterprises report each month: output, tax, people, electricity"),
    )
)
