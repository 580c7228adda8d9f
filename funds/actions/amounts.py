"""What a claim comes to, before it is filed and when it is: by its version, with rule, inputs and lines.

Amounts in yuan.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from funds.matching.estimates import rule_of
from funds.matching.facts import MONTHLY_BASES
from funds.models import Budget, Claim, PolicyVersion
from funds.reckoning import reckon
from portal.park.models import MonthlyIndicator


def base_of(claim: Claim) -> Decimal:
    """What the amount is reckoned from: as claimed, or as the monthly reports of the period say."""
    name = claim.version.base
    if name not in MONTHLY_BASES:
        return claim.base_amount or Decimal(0)
    since, until = _days(claim)
    months = MonthlyIndicator.objects.filter(enterprise=claim.enterprise_id, month__gte=since)
    if until is not None:
        months = months.filter(month__lt=until)
    return months.aggregate(total=Sum(name))["total"] or Decimal(0)


def _days(claim: Claim) -> tuple[date, date | None]:
    period = claim.period
    return (period[0], period[1]) if isinstance(period, tuple) else (period.lower, period.upper)


def calculate(claim: Claim, now: datetime) -> None:
    """Rule, inputs and lines, stored for ever beside the amount."""
    others = Claim.objects.filter(enterprise=claim.enterprise_id, policy=claim.policy_id, live=True)
    others = others.exclude(pk=claim.case_id)
    since = _days(claim)[0]
    same_year = others.filter(period__startswith__year=since.year)
    base = base_of(claim)
    earlier = same_year.aggregate(total=Sum("base_amount"))["total"] or Decimal(0)
    before = others.aggregate(total=Sum("calculated_amount"))["total"] or Decimal(0)
    span = claim.version.period == PolicyVersion.Period.SPAN
    found = reckon(
        rule_of(claim.version),
        base,
        earlier_base=earlier if span else Decimal(0),
        granted_before=before,
        lifetime_cap=claim.version.lifetime_cap_amount,
    )
    claim.base_amount, claim.calculated_amount = base, found.amount
    claim.calculation, claim.calculated_at = found.lines, now


@dataclass(frozen=True)
class Estimate:
    """What a claim would come to. `place`: which one it would be in the line for money;
    None: it need not wait."""

    amount: Decimal
    lines: list[dict[str, Any]] = field(default_factory=list)
    place: int | None = None


def estimate(
    version: PolicyVersion,
    enterprise: int,
    period: tuple[date, date | None],
    base_amount: Decimal | None,
    *,
    now: datetime,
) -> Estimate:
    """The same reckoning as at the filing; nothing is written."""
    claim = Claim(
        enterprise_id=enterprise,
        policy=version.policy,
        version=version,
        period=period,
        base_amount=base_amount,
    )
    calculate(claim, now)
    amount = claim.calculated_amount or Decimal(0)
    return Estimate(amount, claim.calculation, place_in_line(version.policy.budget_id, amount))


def place_in_line(budget: int | None, amount: Decimal) -> int | None:
    """Which one a claim filed now would be among those that wait for the budget; None: it would not wait."""
    waiting = Claim.objects.filter(budget=budget, waits_since__isnull=False).count()
    found = Budget.objects.filter(pk=budget or 0, closed_at=None).first()
    if not waiting and found is not None and amount <= found.free_amount:
        return None
    return waiting + 1
