"""Money and measures in templates; what nobody has said stays empty."""

from __future__ import annotations

from decimal import Decimal

from django import template

from portal import money as amounts

register = template.Library()


@register.filter
def money(amount: Decimal | None) -> str:
    """ "9,500 万元"; in English "95,000,000 yuan"."""
    return "" if amount is None else amounts.money(Decimal(amount))


@register.filter
def grouped(amount: Decimal | None) -> str:
    """ "26,800"."""
    return "" if amount is None else amounts.grouped(amount)


@register.filter
def measured(amount: Decimal | None, label: str) -> str:
    """With the unit that its label names: "600 万元/亩"."""
    return "" if amount is None else amounts.measured(label, amount)[1]


@register.filter
def without_unit(label: str) -> str:
    """The label beside an amount that tells its unit itself."""
    return amounts.measured(label, Decimal(0))[0]
