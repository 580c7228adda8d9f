"""Amounts: golden cases, and what must hold whatever the numbers are."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funds.reckoning import CENT, Rule, Step, cents, in_instalments, reckon

TIERS = (
    Step(Decimal(0), Decimal("0.10")),
    Step(Decimal(1_000_000), Decimal("0.05")),
    Step(Decimal(5_000_000), Decimal("0.02")),
)
STEPS = (Step(Decimal(1_000_000), amount=Decimal(50_000)), Step(Decimal(5_000_000), amount=Decimal(200_000)))


@pytest.mark.parametrize(
    ("rule", "base", "amount"),
    [
        (Rule("fixed", fixed_amount=Decimal(200_000)), "0", "200000"),
        (Rule("rate", rate=Decimal("0.15")), "1234567.89", "185185.18"),
        (Rule("rate", rate=Decimal("0.015")), "0.33", "0.00"),
        (Rule("rate", rate=Decimal("0.015")), "0.34", "0.01"),
        (Rule("rate", rate=Decimal("0.15"), cap_amount=Decimal(1_000_000)), "9000000", "1000000"),
        (Rule("tiers", steps=TIERS), "1000000", "100000"),
        (Rule("tiers", steps=TIERS), "6000000", "320000"),
        (Rule("tiers", steps=TIERS, cap_amount=Decimal(300_000)), "6000000", "300000"),
        (Rule("tiers", steps=(Step(Decimal(100), Decimal("0.5")),)), "100", "0"),
        (Rule("steps", steps=STEPS), "999999.99", "0"),
        (Rule("steps", steps=STEPS), "1000000", "50000"),
        (Rule("steps", steps=STEPS), "80000000", "200000"),
    ],
)
def test_golden_cases(rule: Rule, base: str, amount: str) -> None:
    assert reckon(rule, Decimal(base)).amount == Decimal(amount)


def test_every_line_of_a_reckoning_can_be_read() -> None:
    found = reckon(
        Rule("tiers", steps=TIERS, cap_amount=Decimal(300_000)),
        Decimal(6_000_000),
        lifetime_cap=Decimal(250_000),
    )
    assert [line["key"] for line in found.lines] == ["tier", "tier", "tier", "cap", "lifetime", "result"]
    assert [line["amount"] for line in found.lines[:3]] == ["100000.00", "200000.00", "20000.00"]
    assert found.lines[-1]["amount"] == "250000.00"


def test_a_negative_base_is_an_error() -> None:
    with pytest.raises(ValueError, match="negative"):
        reckon(Rule("rate", rate=Decimal("0.1")), Decimal(-1))


BASES = st.decimals(0, 10**10, places=2)
RATES = st.decimals(0, 1, places=4)
CAPS = st.none() | st.decimals("0.01", 10**8, places=2)


@st.composite
def rules(draw: st.DrawFn, methods: tuple[str, ...] = ("fixed", "rate", "tiers", "steps")) -> Rule:
    method = draw(st.sampled_from(methods))
    cap = draw(CAPS)
    if method == "fixed":
        return Rule("fixed", fixed_amount=draw(st.decimals("0.01", 10**8, places=2)), cap_amount=cap)
    if method == "rate":
        return Rule("rate", rate=draw(RATES), cap_amount=cap)
    starts = sorted(draw(st.sets(BASES, min_size=1, max_size=5)))
    if method == "tiers":
        return Rule("tiers", steps=[Step(at, rate=draw(RATES)) for at in starts], cap_amount=cap)
    amounts = sorted(draw(st.lists(BASES, min_size=len(starts), max_size=len(starts))))
    reached = zip(starts, amounts, strict=True)
    return Rule("steps", steps=[Step(at, amount=amount) for at, amount in reached], cap_amount=cap)


@given(rules(), BASES, BASES)
def test_more_is_never_less_and_never_above_the_cap(rule: Rule, one: Decimal, other: Decimal) -> None:
    low, high = reckon(rule, min(one, other)).amount, reckon(rule, max(one, other)).amount
    assert 0 <= low <= high
    assert rule.cap_amount is None or high <= rule.cap_amount
    assert high == cents(high)


@given(rules(("rate", "tiers", "steps")), st.lists(BASES, min_size=1, max_size=5))
def test_what_is_claimed_in_parts_comes_to_the_whole(rule: Rule, parts: list[Decimal]) -> None:
    total, earlier = Decimal(0), Decimal(0)
    for part in parts:
        total += reckon(rule, part, earlier_base=earlier).amount
        earlier += part
    assert total == reckon(rule, earlier).amount


@given(st.sets(BASES, min_size=1, max_size=5), st.lists(RATES, min_size=5, max_size=5), st.data())
def test_tiers_have_no_jump(starts: set[Decimal], rates: list[Decimal], data: st.DataObject) -> None:
    steps = [Step(at, rate=rate) for at, rate in zip(sorted(starts), rates, strict=False)]
    rule, at = Rule("tiers", steps=steps), data.draw(st.sampled_from(sorted(starts)))
    assert reckon(rule, at + CENT).amount - reckon(rule, at).amount <= CENT * 2


@given(rules(), BASES, BASES, st.decimals("0.01", 10**8, places=2))
def test_the_cap_of_all_claims_is_never_passed(
    rule: Rule, base: Decimal, before: Decimal, cap: Decimal
) -> None:
    amount = reckon(rule, base, granted_before=before, lifetime_cap=cap).amount
    assert 0 <= amount <= max(Decimal(0), cap - before)


@given(st.decimals("0.01", 10**8, places=2), st.integers(1, 12))
def test_instalments_come_to_the_amount(amount: Decimal, count: int) -> None:
    parts = in_instalments(amount, count)
    assert sum(parts) == amount
    assert max(parts) - min(parts) <= CENT
    assert all(part > 0 for part in parts)
