"""The ledger of budgets. Its amount is what was appropriated: a change of it is a line of their ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from django.db.models import F
from django.db.models.functions import Collate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funds.actions import money
from funds.models import Budget
from portal.accounts.models import Duty
from portal.ledgers.declaration import (
    BadRow,
    Change,
    Column,
    Context,
    Key,
    Ledger,
    Row,
    Values,
    register,
)
from portal.ledgers.parsers import NumberParser, TextParser, WholeParser
from portal.money import money as yuan
from portal.park.acting import Actor

COLUMNS = (
    Column("code", "编码", TextParser(40, "KJ2024"), note=gettext_lazy("A short code, once in the park")),
    Column("year", "年度", WholeParser(2000, 2100, "2024"), note=gettext_lazy("The year of the budget")),
    Column("name", "名称", TextParser(120, "科技创新奖补"), note=gettext_lazy("What it is for")),
    Column(
        "amount",
        "金额",
        NumberParser(2, example="5000000"),
        note=gettext_lazy("What was appropriated, in yuan"),
    ),
)
FIELDS = ("code", "year", "name", "appropriated_amount")


class BudgetBook:
    """Budgets; the amount goes through the ledger of their money."""

    def check(self, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, BadRow]]:
        """A budget cannot be cut below what is bound in it."""
        known = Budget.objects.in_bulk([row.values["code"] for row in rows], field_name="code")
        for row in rows:
            budget, amount = known.get(row.values["code"]), row.values.get("amount")
            if budget is None or amount is None:
                continue
            bound = budget.appropriated_amount - budget.free_amount
            if amount < bound:
                told = {"bound": yuan(bound)}
                yield row, BadRow("amount", _("%(bound)s of it are bound or paid already.") % told)

    def find(self, keys: Sequence[Key], context: Context) -> Mapping[Key, tuple[int, Values]]:
        rows = Budget.objects.filter(code__in=[code for (code,) in keys]).values_list("pk", *FIELDS)
        names = [c.key for c in COLUMNS]
        return {(told[0],): (pk, dict(zip(names, told, strict=True))) for pk, *told in rows}

    def create(self, rows: Sequence[Row], context: Context) -> None:
        for row in rows:
            told = row.values
            budget = Budget.objects.create(code=told["code"], year=told["year"], name=told["name"])
            money.appropriate(budget, told["amount"], by=None, now=context.now, note=context.source[:300])

    def update(self, changes: Sequence[Change], context: Context) -> None:
        for change in changes:
            facts = {name: value for name, value in change.after.items() if name != "amount"}
            budget = Budget.objects.get(pk=change.pk)
            if facts:
                for name, value in facts.items():
                    setattr(budget, name, value)
                budget.save(update_fields=list(facts))
            if "amount" in change.after:
                more = change.after["amount"] - change.before["amount"]
                money.appropriate(budget, Decimal(more), by=None, now=context.now, note=context.source[:300])

    def count(self, reader: Actor | None = None) -> int:
        return Budget.objects.count()

    def export(self, reader: Actor | None = None) -> Iterator[Values]:
        names = [c.key for c in COLUMNS]
        for told in Budget.objects.order_by(Collate(F("code"), "C")).values_list(*FIELDS):
            yield dict(zip(names, told, strict=True))


register(
    Ledger(
        key="budgets",
        zh="资金预算",
        natural_key=("code",),
        columns=COLUMNS,
        book=BudgetBook,
        readers=(Duty.LEADER, Duty.AUDITOR),
        note=gettext_lazy("Budgets by year and purpose, with what was appropriated"),
    )
)
