"""What the pages of payment plans and files show: where each line stands, and the cash that is needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from funds.models import Claim, Instalment, PaymentFile, PaymentLine, Plan, PlanLine

PAGE = 50
State = Instalment.State
# The light that goes with a state: a colour with its own shape, and the word beside it.
LIGHTS = {
    State.PLANNED: "hold",
    State.COMMITTED: "ok",
    State.SENT: "warn",
    State.RETURNED: "late",
    State.PAID: "done",
    State.CREDITED: "done",
    State.STOPPED: "late",
    State.VOID: "hold",
}
PAYMENT_LIGHTS = {
    PaymentLine.State.SENT: "warn",
    PaymentLine.State.PAID: "done",
    PaymentLine.State.RETURNED: "late",
}
SHOWS: dict[str, tuple[Any, Q]] = {
    "all": (_("All lines"), Q()),
    "in": (_("In the plan"), Q(deferred_why="")),
    "deferred": (_("Put off"), ~Q(deferred_why="")),
    "returned": (_("Returned"), Q(instalment__state=State.RETURNED)),
    "paid": (_("Paid"), Q(instalment__state__in=[State.PAID, State.CREDITED])),
}
NEAR = (
    "instalment__account__claim__case__enterprise",
    "instalment__account__claim__bank_account",
    "instalment__account__budget",
)
MONTHS = 3


@dataclass(frozen=True)
class Tab:
    """A part of the lines, with how many and how much."""

    name: str
    label: Any
    count: int
    amount: Decimal


def tabs(plan: Plan) -> list[Tab]:
    """How many lines, and how much, in each part of a plan. One statement."""
    sums = {f"{name}_sum": Sum("instalment__amount", filter=which) for name, (_l, which) in SHOWS.items()}
    counts = {f"{name}_n": Count("pk", filter=which) for name, (_l, which) in SHOWS.items()}
    found = plan.lines.aggregate(**sums, **counts)
    return [
        Tab(name, label, found[f"{name}_n"], found[f"{name}_sum"] or Decimal(0))
        for name, (label, _which) in SHOWS.items()
    ]


def page_of_lines(plan: Plan, show: str, after: str) -> tuple[list[tuple[PlanLine, str]], str]:
    """A page of lines, enterprises first, each with its light; and the mark of the next page or ""."""
    rows: QuerySet[PlanLine] = plan.lines.filter(SHOWS[show][1]).select_related(*NEAR)
    group, comma, pk = after.rpartition(",")
    if comma and pk.isdecimal() and len(pk) < 18 and group in PlanLine.Group.values:
        rows = rows.filter(Q(group__gt=group) | Q(group=group, pk__gt=int(pk)))
    found = list(rows.order_by("group", "pk")[: PAGE + 1])
    shown = found[:PAGE]
    later = (
        urlencode({"show": show, "after": f"{shown[-1].group},{shown[-1].pk}"}) if len(found) > PAGE else ""
    )
    return [(line, LIGHTS[State(line.instalment.state)]) for line in shown], later


@dataclass(frozen=True)
class Need:
    """Cash that a month needs, in yuan. `first`: what was due before is counted there too."""

    month: date
    amount: Decimal
    count: int
    bar: int  # of 100, against the largest


def cash_need(today: date) -> tuple[list[Need], dict[str, Decimal]]:
    """What falls due in this month and the next two; and what may come on top: approved but not issued, and
    accepted but not decided. Two statements."""
    months = [_plus(today.replace(day=1), n) for n in range(MONTHS + 1)]
    waiting = Instalment.objects.exclude(state__in=[State.PAID, State.CREDITED, State.VOID])
    asked: dict[str, Any] = {}
    for n in range(MONTHS):
        within = Q(due_on__lt=months[n + 1]) & (Q(due_on__gte=months[n]) if n else Q())
        asked |= {f"sum{n}": Sum("amount", filter=within), f"n{n}": Count("pk", filter=within)}
    found = waiting.aggregate(**asked)
    amounts = [found[f"sum{n}"] or Decimal(0) for n in range(MONTHS)]
    most = max(amounts) or Decimal(1)
    needs = [
        Need(months[n], amount, found[f"n{n}"], int(amount / most * 100)) for n, amount in enumerate(amounts)
    ]
    return needs, _on_top()


def _on_top() -> dict[str, Decimal]:
    open_ones = Claim.objects.filter(case__closed_at=None, account__instalments=None)
    decided = Q(account__approved_amount__isnull=False)
    found = open_ones.aggregate(
        approved=Sum("account__approved_amount", filter=decided),
        accepted=Sum("account__reserved_amount", filter=~decided),
    )
    return {name: amount or Decimal(0) for name, amount in found.items()}


def _plus(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)


def page_of_payments(file: PaymentFile, show: str, after: str) -> tuple[list[tuple[PaymentLine, str]], str]:
    """A page of the lines of a file in their order, each with its light; and the mark of the next page."""
    rows = file.lines.select_related("instalment__account__claim__case__enterprise", "to_account")
    if show in PaymentLine.State.values:
        rows = rows.filter(state=show)
    if after.isdecimal() and len(after) < 10:
        rows = rows.filter(position__gt=int(after))
    found = list(rows.order_by("position")[: PAGE + 1])
    later = urlencode({"show": show, "after": found[PAGE - 1].position}) if len(found) > PAGE else ""
    return [(line, PAYMENT_LIGHTS[PaymentLine.State(line.state)]) for line in found[:PAGE]], later
