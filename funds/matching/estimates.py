"""What a policy would come to: by the same rules as a claim, for one enterprise in lines, for all as SQL.

The base is what the enterprise has reported for the last calendar year. Where the base is what it has spent,
only the share and the cap can be told beforehand. Money in yuan.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from funds.matching.facts import CLAIMED
from funds.models import PolicyVersion, Profile
from funds.reckoning import Reckoned, Rule, Step, reckon

Method = PolicyVersion.Method


@dataclass(frozen=True)
class Estimate:
    """`amount` None: it cannot be told. `lines`: of `funds.reckoning`; `at_most`: the cap, if any."""

    amount: Decimal | None
    lines: list[dict[str, Any]] = field(default_factory=list)
    at_most: Decimal | None = None


def rule_of(version: PolicyVersion) -> Rule:
    """What a version says about the amount."""
    return Rule(
        version.method,
        rate=version.rate,
        fixed_amount=version.fixed_amount,
        steps=[Step(tier.from_amount, tier.rate, tier.amount) for tier in version.tiers.all()],
        cap_amount=version.cap_amount,
    )


def base_of(version: PolicyVersion, profile: Profile) -> Decimal | None:
    """What the amount is reckoned from; None when it is not known, or is claimed."""
    if version.method == Method.FIXED:
        return Decimal(0)
    if version.base == CLAIMED:
        return None
    found: Decimal | None = getattr(profile, f"year_{version.base}", None)
    return found if found is not None and found >= 0 else None


def estimate(version: PolicyVersion, profile: Profile, granted: Decimal = Decimal(0)) -> Estimate:
    """What the enterprise could expect, after `granted` of the same policy."""
    base = base_of(version, profile)
    if base is None:
        return Estimate(None, at_most=at_most(version, granted))
    found: Reckoned = reckon(
        rule_of(version), base, granted_before=granted, lifetime_cap=version.lifetime_cap_amount
    )
    return Estimate(found.amount, found.lines, at_most(version, granted))


def at_most(version: PolicyVersion, granted: Decimal = Decimal(0)) -> Decimal | None:
    """What one claim can come to at most, whatever the base; None without a cap."""
    steps = [tier.amount or Decimal(0) for tier in version.tiers.all()]
    whole = {Method.FIXED: version.fixed_amount, Method.STEPS: max(steps, default=None)}.get(
        Method(version.method)
    )
    left = None
    if version.lifetime_cap_amount is not None:
        left = max(Decimal(0), version.lifetime_cap_amount - granted)
    return min((cap for cap in (whole, version.cap_amount, left) if cap is not None), default=None)


def as_sql(version: PolicyVersion) -> tuple[str, list[Any]]:
    """The amount as an expression over a profile `p` and what was `granted`, with its values."""
    if version.method != Method.FIXED and version.base == CLAIMED:
        return "NULL::numeric", []
    text, given = _whole(version)
    text = f"round({text}, 2)"
    if version.cap_amount is not None:
        text, given = f"least({text}, %s::numeric)", [*given, version.cap_amount]
    if version.lifetime_cap_amount is not None:
        text = f"least({text}, greatest(0, %s::numeric - granted))"
        given = [*given, version.lifetime_cap_amount]
    if version.method == Method.FIXED:
        return text, given
    return f"CASE WHEN {_base(version)} >= 0 THEN {text} END", given


def _base(version: PolicyVersion) -> str:
    name = f"year_{version.base}"
    if name not in {field.column for field in Profile._meta.concrete_fields}:
        raise ValueError(version.base)
    return f"p.{name}"


def _whole(version: PolicyVersion) -> tuple[str, list[Any]]:
    rule = rule_of(version)
    if version.method == Method.FIXED:
        return "%s::numeric", [rule.fixed_amount or Decimal(0)]
    base = _base(version)
    if version.method == Method.RATE:
        return f"{base} * %s::numeric", [rule.rate or Decimal(0)]
    steps = sorted(rule.steps, key=lambda step: step.from_amount)
    if version.method == Method.STEPS:
        cases = "".join(f" WHEN {base} >= %s THEN %s::numeric" for _step in steps)
        reached = [(step.from_amount, step.amount or Decimal(0)) for step in reversed(steps)]
        text = f"CASE{cases} ELSE 0 END" if steps else "0::numeric"
        return text, [value for pair in reached for value in pair]
    parts, given = ["0::numeric"], []
    for step, above in zip(steps, [*steps[1:], None], strict=True):
        top = f"least({base}, %s)" if above is not None else base
        parts.append(f"greatest(0, {top} - %s) * %s::numeric")
        given += [above.from_amount] if above is not None else []
        given += [step.from_amount, step.rate or Decimal(0)]
    return f"({' + '.join(parts)})", given
