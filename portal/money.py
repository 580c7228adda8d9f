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
CAPITALS, PLACES_OF_FOUR = "零壹贰叁肆伍陆柒捌玖", ("仟", "佰", "拾", "")


def grouped(amount: Decimal) -> str:
    """All digits, in groups of three, without zeros at the end: "26,800", "42.5"."""
    return f"{amount.normalize():,f}"


def _yuan(amount: Decimal) -> str:
    """Whole yuan, or yuan with both places of its cents: "26,800", "42.50"."""
    return f"{amount:,.2f}" if amount % 1 and not amount * 100 % 1 else grouped(amount)


def money(amount: Decimal) -> str:
    """An amount of yuan, exactly: "9,500 万元", "3.2 亿元", "1,234.56 元"; in English "95,000,000 yuan"."""
    if not (get_language() or "").startswith("zh"):
        return f"{_yuan(amount)}{NO_BREAK}{gettext('yuan')}"
    for unit, word in LARGE:
        told = (amount / unit).normalize()
        exponent = told.as_tuple().exponent
        if abs(amount) >= unit and isinstance(exponent, int) and exponent >= PLACES:
            return f"{grouped(told)}{NO_BREAK}{word}元"
    return f"{_yuan(amount)}{NO_BREAK}元"


def measured(label: str, amount: Decimal) -> tuple[str, str]:
    """A label without its unit, and the amount with it: ("承诺亩均产值", "900 万元/亩")."""
    found = _WITH_UNIT.fullmatch(label)
    if found is None:
        return label, grouped(amount)
    label, unit = found["label"], found["unit"]
    if _YUAN.match(unit):
        return label, money(amount) + _YUAN.sub("", unit, count=1)
    return label, f"{grouped(amount)}{NO_BREAK}{unit}"


def capitals(amount: Decimal) -> str:
    """人民币大写, as a voucher has it: "壹佰零贰万元整", "叁佰贰拾伍元零肆分". Zero or more, in whole cents.

    Source: 支付结算办法, annex 1: 整 after 元, none after 角 or 分; 零 for what is left out between digits.
    Raises ValueError for what cannot be written so.
    """
    cents = int(amount * 100)
    if amount < 0 or amount * 100 != cents:
        raise ValueError("an amount of money in capitals is zero or more, in whole cents")
    whole, (tens, ones) = cents // 100, divmod(cents % 100, 10)
    told = f"{_in_capitals(whole)}元" if whole or not cents else ""
    if not cents % 100:
        return f"{told}整"
    told += f"{CAPITALS[tens]}角" if tens else "零" if told else ""
    return told + (f"{CAPITALS[ones]}分" if ones else "")


def _in_capitals(number: int) -> str:
    """By ten thousands: what is above, its unit, and 零 where the first places below are empty."""
    for size, word in ((10**8, "亿"), (10**4, "万")):
        if number >= size:
            above, rest = divmod(number, size)
            joint = "零" if 0 < rest < size // 10 else ""
            return _in_capitals(above) + word + joint + (_in_capitals(rest) if rest else "")
    digits = f"{number:04}"
    told = "".join(
        f"{CAPITALS[int(d)]}{place}" if d != "0" else "零"
        for d, place in zip(digits, PLACES_OF_FOUR, strict=True)
    )
    return re.sub("零+", "零", told).strip("零") or "零"
