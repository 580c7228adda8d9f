"""Money and measures in words."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from portal.money import capitals, measured, money


@pytest.mark.parametrize(
    ("yuan", "chinese", "english"),
    [
        ("44000000", "4,400 万元", "44,000,000 yuan"),
        ("81200000000", "812 亿元", "81,200,000,000 yuan"),
        ("2635000000.00", "26.35 亿元", "2,635,000,000 yuan"),
        ("123456789", "12,345.6789 万元", "123,456,789 yuan"),
        ("123456789.50", "123,456,789.50 元", "123,456,789.50 yuan"),
        ("9999", "9,999 元", "9,999 yuan"),
        ("0", "0 元", "0 yuan"),
        ("-4400000", "-440 万元", "-4,400,000 yuan"),
    ],
)
def test_money_is_told_exactly_in_the_units_that_people_speak_in(
    yuan: str, chinese: str, english: str
) -> None:
    assert money(Decimal(yuan)).replace("\N{NO-BREAK SPACE}", " ") == chinese
    with translation.override("en"):
        assert money(Decimal(yuan)).replace("\N{NO-BREAK SPACE}", " ") == english


@pytest.mark.parametrize(
    ("label", "amount", "told"),
    [
        ("承诺亩均产值（元/亩）", "9000000", ("承诺亩均产值", "900 万元/亩")),
        ("建筑面积（m²）", "26800", ("建筑面积", "26,800 m²")),
        ("用地面积（亩）", "42.50", ("用地面积", "42.5 亩")),
        ("面积", "1000", ("面积", "1,000")),
    ],
)
def test_the_unit_of_a_label_goes_behind_the_amount(label: str, amount: str, told: tuple[str, str]) -> None:
    found = measured(label, Decimal(amount))
    assert (found[0], found[1].replace("\N{NO-BREAK SPACE}", " ")) == told


def test_a_template_leaves_empty_what_nobody_has_said() -> None:
    text = "[{{ none|money }}|{{ none|measured:'x（元）' }}|{{ none|grouped }}|{{ some|grouped }}|{{ label|without_unit }}]"
    context = Context({"none": None, "some": Decimal("1000.00"), "label": "投资额（元）"})
    assert Template(text).render(context) == "[|||1,000|投资额]"


@pytest.mark.parametrize(
    ("yuan", "written"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.5", "伍角"),
        ("10", "壹拾元整"),
        ("1409.50", "壹仟肆佰零玖元伍角"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("1020000", "壹佰零贰万元整"),
        ("1004005.10", "壹佰万肆仟零伍元壹角"),
        ("100000000", "壹亿元整"),
        ("300010002.03", "叁亿零壹万零贰元零叁分"),
        ("1000000000000", "壹万亿元整"),
    ],
)
def test_money_in_capitals_is_written_as_a_bank_wants_it(yuan: str, written: str) -> None:
    assert capitals(Decimal(yuan)) == written


def read(text: str) -> Decimal:
    """The amount that capitals stand for: a reader of its own, to prove the writer."""
    whole, _sign, cents = text.partition("元") if "元" in text else ("", "", text)
    small = {"角": Decimal("0.1"), "分": Decimal("0.01")}
    total = Decimal(_read_whole(whole))
    for place, worth in small.items():
        found = re.search(f"(.){place}", cents)
        total += DIGITS.index(found[1]) * worth if found else 0
    return total


DIGITS = "零壹贰叁肆伍陆柒捌玖"


def _read_whole(text: str) -> int:
    for word, size in (("亿", 10**8), ("万", 10**4)):
        above, found, below = text.rpartition(word) if word == "亿" else text.partition(word)
        if found:
            return _read_whole(above) * size + _read_whole(below)
    places = {"仟": 1000, "佰": 100, "拾": 10}
    total, digit = 0, 0
    for char in text:
        if char in places:
            total, digit = total + digit * places[char], 0
        else:
            digit = DIGITS.index(char)
    return total + digit


@given(st.decimals(min_value=0, max_value=Decimal(10) ** 14 - 1, places=2))
def test_what_is_written_in_capitals_is_read_as_the_same_amount(yuan: Decimal) -> None:
    text = capitals(yuan)
    assert read(text) == yuan
    assert "零零" not in text
    assert not text.startswith("零") or yuan == 0


def test_no_capitals_for_what_is_no_money() -> None:
    for wrong in ("-1", "0.005"):
        with pytest.raises(ValueError, match="capitals"):
            capitals(Decimal(wrong))
