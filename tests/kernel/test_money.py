"""Money and measures in words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation

from portal.money import measured, money


@pytest.mark.parametrize(
    ("yuan", "chinese", "english"),
    [
        ("44000000", "4,400 万元", "44,000,000 yuan"),
        ("81200000000", "812 亿元", "81,200,000,000 yuan"),
        ("2635000000.00", "26.35 亿元", "2,635,000,000 yuan"),
        ("123456789", "12,345.6789 万元", "123,456,789 yuan"),
        ("123456789.50", "123,456,789.5 元", "123,456,789.5 yuan"),
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
