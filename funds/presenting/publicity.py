"""What everybody may read: lines that are public now or were, and what was paid by month and policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth

from funds.models import Claim, Instalment
from portal.names import local_name

PAGE = 50
OPEN, HELD = "publicity", "objected"


def public_claims() -> QuerySet[Claim]:
    """Claims whose approval is or was public. What was withdrawn from the public is not among them."""
    found = Claim.objects.filter(public_from__isnull=False, account__approved_amount__isnull=False)
    return found.filter(case__sealed=False).select_related("case", "enterprise", "policy", "account")


def current() -> list[Claim]:
    """What one can object to now, and what is held by an objection; what ends first comes first."""
    found = public_claims().filter(case__step__in=[OPEN, HELD], case__closed_at=None)
    return list(found.order_by("public_until", "pk")[:500])


def past(before: str) -> tuple[list[Claim], str]:
    """A page of what was public, the newest first; and the mark of the page after it, or ""."""
    rows = public_claims().exclude(case__step__in=[OPEN, HELD])
    day, comma, pk = before.partition(",")
    if comma and pk.isdecimal() and len(pk) < 18 and (since := _day(day)) is not None:
        rows = rows.filter(public_from__lt=since) | rows.filter(public_from=since, pk__lt=int(pk))
    found = list(rows.order_by("-public_from", "-pk")[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return found[:PAGE], f"{last.public_from},{last.pk}" if last else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class Paid:
    """What was paid under a policy in a month."""

    month: date
    policy: str
    count: int
    amount: Decimal


def years() -> list[int]:
    paid = Instalment.objects.filter(paid_on__isnull=False).order_by()
    return sorted({day.year for day in paid.dates("paid_on", "year")}, reverse=True)


def payouts(year: int) -> tuple[list[tuple[date, Decimal, list[Paid]]], Decimal]:
    """By month, the newest first, in it by policy, the largest first; and the whole year."""
    policy = "account__claim__policy__"
    rows: Any = (
        Instalment.objects.filter(paid_on__year=year)
        .annotate(month=TruncMonth("paid_on"))
        .values("month", f"{policy}title", f"{policy}title_en")
        .annotate(count=Count("pk"), amount=Sum("amount"))
        .order_by("-month", "-amount", f"{policy}title")
    )
    months: dict[date, list[Paid]] = {}
    for row in rows:
        label = local_name(row[f"{policy}title"], row[f"{policy}title_en"])
        months.setdefault(row["month"], []).append(Paid(row["month"], label, row["count"], row["amount"]))
    told = [(month, sum((p.amount for p in paid), Decimal(0)), paid) for month, paid in months.items()]
    return told, sum((amount for _month, amount, _paid in told), Decimal(0))
