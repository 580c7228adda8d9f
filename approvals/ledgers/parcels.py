"""The ledger of the parcels: a register, with what became of a piece of land that was taken back."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy, gettext_noop

from approvals.models import Parcel
from portal.accounts.models import Duty
from portal.ledgers.books import ModelBook, Reference
from portal.ledgers.declaration import Column, Ledger, register
from portal.ledgers.parsers import DATE, USCC, NumberParser, TextParser, codes
from portal.park.models import Enterprise

STATUSES = codes(
    Parcel.Status.choices,
    available="可供应|待供应",
    in_use="在用",
    idle="闲置",
    recovering="收回中",
    recovered="已收回",
    assigned="已安排项目|已安排",
)
RECOVERIES = codes(Parcel.RecoveryMode.choices, agreement="协议收回|协议", compulsory="强制收回|强制")

PARCEL_COLUMNS = (
    Column(
        "code",
        "编码",
        TextParser(40, "DK-001"),
        note=gettext_lazy("The code of the parcel, once in the park"),
    ),
    Column("name", "名称", TextParser(120, "板塘片区一号地块"), note=gettext_lazy("What it is called")),
    Column(
        "area_mu",
        "面积（亩）",
        NumberParser(2, Decimal("0.01"), Decimal("99999999.99"), "116.4"),
        note=gettext_lazy("Its area in mu"),
    ),
    Column("status", "状态", STATUSES, note=gettext_lazy("What is the case with it now")),
    Column(
        "holder_uscc",
        "土地使用权人信用代码",
        USCC,
        required=False,
        note=gettext_lazy("The enterprise that holds the right; it must be in the register"),
    ),
    Column(
        "recovered_on",
        "收回日期",
        DATE,
        required=False,
        note=gettext_lazy("When the park took it back; it counts as recovered from then"),
    ),
    Column(
        "recovery_mode",
        "收回方式",
        RECOVERIES,
        required=False,
        default="",
        note=gettext_lazy("By agreement, or by compulsion"),
    ),
    Column(
        "recovery_amount",
        "收回价款",
        NumberParser(2, example="44000000"),
        required=False,
        note=gettext_lazy("What was paid for it, in yuan"),
    ),
    Column(
        "planned_delivery_on",
        "计划交付日期",
        DATE,
        required=False,
        note=gettext_lazy("When it was to be handed over"),
    ),
    Column(
        "delivered_on", "实际交付日期", DATE, required=False, note=gettext_lazy("When it was handed over")
    ),
    Column(
        "assigned_project",
        "安排项目",
        TextParser(40, "XM2024-0001"),
        required=False,
        default="",
        note=gettext_lazy("The number of the project that builds on it"),
    ),
)
HOLDER = Reference(
    field="holder_id",
    rows=Enterprise.objects.all(),
    by="uscc",
    path="holder__uscc",
    unknown=gettext_noop("No enterprise of the park has the code %(value)s."),
)

register(
    Ledger(
        key="parcels",
        zh="地块",
        columns=PARCEL_COLUMNS,
        natural_key=("code",),
        book=lambda: ModelBook(
            Parcel,
            [c.key for c in PARCEL_COLUMNS],
            ("code",),
            fields={"assigned_project": "assigned_number"},
            references={"holder_uscc": HOLDER},
        ),
        after=("enterprises",),
        readers=(Duty.LEADER, Duty.SUPERVISOR, Duty.AUDITOR),
        note=gettext_lazy("The land of the park: who holds it, and what became of it"),
    )
)
