"""How the amount of a claim is reckoned, line by line, so that it can be explained to whoever asks.

Pure: no database. Money in yuan, shares as 0.15 for 15 %. What is claimed in parts comes to what the whole
would have come to: each part is the whole so far less what was reckoned before. Source: dossier, section 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Step:
    """From which base on a share applies to what lies above it, or which amount is reached."""

    from_amount: Decimal
    rate: Decimal | None = None
    amount: Decimal | None = None


@dataclass(frozen=True)
class Rule:
    """What a version of a policy says about the amount. `method` as `PolicyVersion.Method`."""

    method: str
    rate: Decimal | None = None
    fixed_amount: Decimal | None = None
    steps: Sequence[Step] = ()
    cap_amount: Decimal | None = None


@dataclass(frozen=True)
class Reckoned:
    """An amount, and the lines that lead to it: each a dictionary that can be stored and put in words."""

    amount: Decimal
    lines: list[dict[str, Any]] = field(default_factory=list)


def cents(amount: Decimal) -> Decimal:
    """Rounded to cents, half a cent up."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def reckon(
    rule: Rule,
    base: Decimal,
    *,
    earlier_base: Decimal = ZERO,
    granted_before: Decimal = ZERO,
    lifetime_cap: Decimal | None = None,
) -> Reckoned:
    """The amount for a base, after `earlier_base` was claimed for in the same period.

    `granted_before`: what the enterprise has of this policy already, as far as `lifetime_cap` goes.
    Raises ValueError for a negative base.
    """
    if base < 0 or earlier_base < 0:
        raise ValueError("a base is not negative")
    lines: list[dict[str, Any]] = []
    amount = _whole(rule, base + earlier_base, lines)
    if earlier_base > 0:
        before = _whole(rule, earlier_base, [])
        amount -= before
        lines.append({"key": "earlier", "base": str(earlier_base), "amount": str(before)})
    if lifetime_cap is not None and amount > (left := max(ZERO, lifetime_cap - granted_before)):
        lines.append({"key": "lifetime", "cap": str(lifetime_cap), "before": str(granted_before)})
        amount = left
    lines.append({"key": "result", "amount": str(cents(amount))})
    return Reckoned(amount, lines)


def _whole(rule: Rule, base: Decimal, lines: list[dict[str, Any]]) -> Decimal:
    """In cents, within the cap of one claim."""
    ways = {"fixed": _fixed, "rate": _rate, "tiers": _tiers, "steps": _steps}
    amount = cents(ways[rule.method](rule, base, lines))
    if rule.cap_amount is not None and amount > rule.cap_amount:
        lines.append({"key": "cap", "cap": str(rule.cap_amount)})
        return rule.cap_amount
    return amount


def _fixed(rule: Rule, _base: Decimal, lines: list[dict[str, Any]]) -> Decimal:
    amount = rule.fixed_amount or ZERO
    lines.append({"key": "fixed", "amount": str(cents(amount))})
    return amount


def _rate(rule: Rule, base: Decimal, lines: list[dict[str, Any]]) -> Decimal:
    rate = rule.rate or ZERO
    amount = base * rate
    lines.append({"key": "rate", "base": str(base), "rate": str(rate), "amount": str(cents(amount))})
    return amount


def _tiers(rule: Rule, base: Decimal, lines: list[dict[str, Any]]) -> Decimal:
    """Each share applies to what lies in its tier: without a jump anywhere."""
    steps = sorted(rule.steps, key=lambda step: step.from_amount)
    total = Decimal(0)
    for step, above in pairwise([*steps, None]):
        if step is None or base <= step.from_amount:
            break
        top = base if above is None else min(base, above.from_amount)
        part, rate = top - step.from_amount, step.rate or ZERO
        total += part * rate
        told = {"from": str(step.from_amount), "base": str(part), "rate": str(rate)}
        lines.append({"key": "tier", **told, "amount": str(cents(part * rate))})
    return total


def _steps(rule: Rule, base: Decimal, lines: list[dict[str, Any]]) -> Decimal:
    """The amount of the highest step that is reached."""
    reached = [step for step in rule.steps if base >= step.from_amount]
    if not reached:
        return ZERO
    step = max(reached, key=lambda one: one.from_amount)
    amount = step.amount or ZERO
    lines.append(
        {"key": "step", "from": str(step.from_amount), "base": str(base), "amount": str(cents(amount))}
    )
    return amount


def in_instalments(amount: Decimal, count: int) -> list[Decimal]:
    """An amount in so many parts as equal as cents allow, the first ones the larger; never one of nothing."""
    share, rest = divmod(int(amount * 100), count)
    parts = [Decimal(share + (1 if n < rest else 0)) / 100 for n in range(count)]
    return [part for part in parts if part > 0]
