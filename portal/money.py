"""Money and measures in words: grouped, and in Chinese in the large units that people speak in."""

from __future__ import annotations

import re
from decimal import Decimal

from django.utils.translation import get_language, gettext

TEN_THOUSAND = Decimal(10_000)
LARGE = ((TEN_THOUSAND**2, "亿"), (TEN_THOUSAND, "万"))
PLACES = -4  # behind the point of a large unit; what needs more is told in the next smaller one
# A label with its unit: "承诺亩均产值（元/亩）", "promised output (yuan per mu)".
_WITH_UNIT = re.compile(r"(?P<label>.+?)\s*[(（](?P<unit>[^()（）]+)[)）]")
_YUAN = re.compile("元|yuan")
NO_BREAK = "\N{NO-BREAK SPACE}"


def grouped(amount: Decimal) -> str:
    """All digits, in groups of three, without zeros at the end: "26,800", "42.5"."""
    return f"{amount.normalize():,f}"


def money(amount: Decimal) -> str:
    """An amount of yuan, exactly: "9,500 万元", "3.2 亿元", "1,234.56 元"; in English "95,000,000 yuan"."""
    if not (get_language() or "").startswith("zh"):
        return f"{grouped(amount)}{NO_BREAK}{gettext('yuan')}"
    for unit, word in LARGE:
        told = (amount / unit).normalize()
        exponent = told.as_tuple().exponent
        if abs(amount) >= unit and isinstance(exponent, int) and exponent >= PLACES:
            return f"{grouped(told)}{NO_BREAK}{word}元"
    return f"{grouped(amount)}{NO_BREAK}元"


def measured(label: str, amount: Decimal) -> tuple[str, str]:
    """A label without its unit, and the amount with it: ("承诺亩均产值", "900 万元/亩")."""
    found = _WITH_UNIT.fullmatch(label)
    if found is None:
        return label, grouped(amount)
    label, unit = found["label"], found["unit"]
    if _YUAN.match(unit):
        return label, money(amount) + _YUAN.sub("", unit, count=1)
    return label, f"{grouped(amount)}{NO_BREAK}{unit}"
