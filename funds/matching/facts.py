"""The facts of an enterprise over which a policy can set conditions: columns of its profile, by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funds.models import Bar, Criterion
from portal.park.models import Enterprise

Operator = Criterion.Operator


class Kind(Enum):
    """What can be asked of a fact."""

    TEXT = "text"
    FLAG = "flag"
    NUMBER = "number"
    MONEY = "money"  # yuan
    PERCENT = "percent"
    DAY = "day"
    SET = "set"


OPERATORS: dict[Kind, tuple[Operator, ...]] = {
    Kind.TEXT: (Operator.IS, Operator.IN, Operator.NOT_IN),
    Kind.FLAG: (Operator.IS,),
    Kind.NUMBER: (Operator.AT_LEAST, Operator.AT_MOST),
    Kind.MONEY: (Operator.AT_LEAST, Operator.AT_MOST),
    Kind.PERCENT: (Operator.AT_LEAST, Operator.AT_MOST),
    Kind.DAY: (Operator.SINCE, Operator.BEFORE),
    Kind.SET: (Operator.HAS_ANY, Operator.HAS_NONE),
}
SEVERAL = (Operator.IN, Operator.NOT_IN, Operator.HAS_ANY, Operator.HAS_NONE)

FILE = _("the enterprise file: ask the enterprise service centre")
MONTHS = _("the monthly report of the enterprise")
OFFICES = _("the office that has set it: it is lifted there")
OFFICE = _("the office of the policy")
UNWRITTEN = "unwritten"  # nobody knows it of anybody


@dataclass(frozen=True)
class Fact:
    """`key` is the column of the profile; `where`: who supplies it; `choices`: what it can be, if fixed."""

    key: str
    label: Promise
    kind: Kind
    where: Promise = FILE
    choices: Sequence[tuple[str, str | Promise]] = ()
    is_offered: bool = True  # to who writes conditions

    @property
    def operators(self) -> tuple[Operator, ...]:
        return OPERATORS[self.kind]


_ALL = (
    Fact("industry", _("industry"), Kind.TEXT),
    Fact("size", _("size"), Kind.TEXT, choices=Enterprise.Size.choices),
    Fact("is_high_tech", _("high-tech enterprise"), Kind.FLAG),
    Fact("is_above_scale", _("above designated size"), Kind.FLAG),
    Fact("settled_on", _("settled in the park on"), Kind.DAY),
    Fact("registered_on", _("registered on"), Kind.DAY),
    Fact("park_area", _("part of the park"), Kind.TEXT),
    Fact("tags", _("tags"), Kind.SET),
    Fact("output_amount", _("output value of the last 12 months"), Kind.MONEY, MONTHS),
    Fact("output_growth", _("growth of the output value over the 12 months before"), Kind.PERCENT, MONTHS),
    Fact("tax_amount", _("tax of the last 12 months"), Kind.MONEY, MONTHS),
    Fact("rd_amount", _("research and development of the last 12 months"), Kind.MONEY, MONTHS),
    Fact("investment_amount", _("investment of the last 12 months"), Kind.MONEY, MONTHS),
    Fact("employees", _("employees"), Kind.NUMBER, MONTHS),
    Fact("months_reported", _("months reported of the last 12"), Kind.NUMBER, MONTHS),
    Fact("bars", _("bars to payments"), Kind.SET, OFFICES, choices=Bar.Kind.choices),
    Fact(UNWRITTEN, _("conditions in the text of the policy"), Kind.FLAG, OFFICE, is_offered=False),
)
FACTS: dict[str, Fact] = {fact.key: fact for fact in _ALL}

# What an amount can be reckoned from: as claimed, or what the reports of the last calendar year come to.
CLAIMED = "claimed"
MONTHLY_BASES = ("output_amount", "tax_amount", "rd_amount", "investment_amount")
_BASES: dict[str, Promise] = {
    CLAIMED: _("what the enterprise has spent, as it claims"),
    "output_amount": _("output value of the year, as reported"),
    "tax_amount": _("tax of the year, as reported"),
    "rd_amount": _("research and development of the year, as reported"),
    "investment_amount": _("investment of the year, as reported"),
}


def base_choices() -> list[tuple[str, Promise]]:
    """The bases with their names."""
    return list(_BASES.items())
