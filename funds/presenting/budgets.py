"""Budgets as they are shown: where each yuan is, as a bar with its words; the ledger, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from funds.access import sees_all_money
from funds.models import Budget, BudgetLine, Claim
from portal.park.acting import Actor

PAGE = 50
WAITING, ACCOUNTS = 50, 50


@dataclass(frozen=True)
class Part:
    """One part of a budget: `x` and `width` of 100 on its bar."""

    name: str
    label: Any
    amount: Decimal
    x: float
    width: float


LABELS: tuple[tuple[str, Any], ...] = (
    ("paid", _("paid out")),
    ("committed", _("committed")),
    ("reserved", _("reserved")),
    ("free", _("free")),
)


def parts(budget: Budget) -> list[Part]:
    """Paid out (less what was given back), committed, reserved, free: together what was appropriated."""
    amounts = {
        "paid": budget.paid_amount - budget.recovered_amount,
        "committed": budget.committed_amount,
        "reserved": budget.reserved_amount,
        "free": budget.free_amount,
    }
    total, x, found = budget.appropriated_amount or Decimal(1), 0.0, []
    for name, label in LABELS:
        width = float(amounts[name] / total * 100)
        found.append(Part(name, label, amounts[name], x, width))
        x += width
    return found


def budgets_of(actor: Actor) -> QuerySet[Budget]:
    """The budgets that exist for a person: all, or those of the own department."""
    if sees_all_money(actor):
        return Budget.objects.all()
    own = Q(team__in=actor.team_ids) | Q(policies__team__in=actor.team_ids)
    return Budget.objects.filter(own).distinct()


def listed(budgets: QuerySet[Budget]) -> list[tuple[Budget, list[Part], int]]:
    """Each budget with its parts, and how many claims wait for it. Two statements."""
    found = list(budgets.select_related("team").order_by("-year", "code"))
    waiting = Claim.objects.filter(budget__in=found, waits_since__isnull=False).order_by()
    counts = dict(waiting.values_list("budget").annotate(n=Count("pk")))
    return [(budget, parts(budget), counts.get(budget.pk, 0)) for budget in found]


def ledger(budget: Budget, before: str) -> tuple[list[BudgetLine], str]:
    """A page of its lines, the newest first; and the mark of the page after it, or ""."""
    rows = budget.lines.select_related("by", "account__claim__case", "transfer__source", "transfer__target")
    if before.isdecimal() and len(before) < 18:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.order_by("-pk")[: PAGE + 1])
    return found[:PAGE], str(found[PAGE - 1].pk) if len(found) > PAGE else ""


def waiting_for(budget: Budget) -> list[Claim]:
    """The claims that wait for it, in their order."""
    found = Claim.objects.filter(budget=budget, waits_since__isnull=False)
    return list(found.select_related("case", "enterprise").order_by("waits_since", "pk")[:WAITING])


def accounts_of(budget: Budget) -> list[Any]:
    """The accounts of its claims, the newest first."""
    found = budget.accounts.select_related("claim__case", "claim__enterprise")
    return list(found.order_by("-pk")[:ACCOUNTS])
