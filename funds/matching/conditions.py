"""Conditions over facts: read as SQL over all profiles, and line by line for one. Both are three-valued.

All conditions must be met; of those in one group (above 0), one. Nobody gets anything while something bars
the enterprise: this condition every policy has, whether it says so or not (dossier, section 3, step 5).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from funds.matching.facts import FACTS, SEVERAL, UNWRITTEN, Fact, Kind, Operator
from funds.models import Bar, Criterion, Match, PolicyVersion, Profile

Verdict = Match.Verdict
MOST_VALUES, MOST_LETTERS = 60, 60
MOST_NUMBER, MOST_DECIMALS = Decimal(10) ** 17, 6
NUMBERS = (Kind.NUMBER, Kind.MONEY, Kind.PERCENT)
TRUTH = {"true": True, "false": False}
_BARS = "bars"


@dataclass(frozen=True)
class Line:
    """One condition, as it stands for one enterprise. `is_met` None: the fact is not known."""

    criterion: Criterion
    is_met: bool | None

    @property
    def fact(self) -> Fact:
        return FACTS[self.criterion.fact]

    @property
    def verdict(self) -> Verdict:
        return worded(self.is_met)


def worded(truth: bool | None) -> Verdict:
    """The verdict that a three-valued truth is."""
    return Verdict.UNKNOWN if truth is None else Verdict.MET if truth else Verdict.NOT


def conditions_of(version: PolicyVersion) -> list[Criterion]:
    """What a version asks; one whose conditions nobody has written down yet fits nobody for certain."""
    found = list(version.criteria.all())
    if version.is_unwritten:
        found.append(Criterion(fact=UNWRITTEN, operator=Operator.IS, values=["true"], position=0))
    return found


def without_bars() -> Criterion:
    """Nothing bars the enterprise from payments."""
    return Criterion(fact=_BARS, operator=Operator.HAS_NONE, values=list(Bar.Kind.values), position=0)


# Whether a condition can be asked ----------------------------------------------------------------------


def mistake(criterion: Criterion) -> str:
    """What is wrong with a condition, in words; empty when nothing is."""
    fact = FACTS.get(criterion.fact)
    if fact is None:
        return _("“%(fact)s” is no fact that the park knows.") % {"fact": criterion.fact}
    if criterion.operator not in fact.operators:
        can = _(", ").join(str(operator.label) for operator in fact.operators)
        return _("“%(fact)s” can be asked: %(can)s.") % {"fact": fact.label, "can": can}
    values = criterion.values
    if not isinstance(values, list) or not values:
        return _("“%(fact)s”: say with what it is compared.") % {"fact": fact.label}
    if len(values) > (MOST_VALUES if criterion.operator in SEVERAL else 1):
        return _("“%(fact)s”: too many values for this comparison.") % {"fact": fact.label}
    for value in values:
        if not _fits(fact, value):
            said = {"fact": fact.label, "value": str(value)[:MOST_LETTERS], "wanted": wanted(fact)}
            return _("“%(fact)s”: “%(value)s” is not %(wanted)s.") % said
    return ""


def wanted(fact: Fact) -> str:
    """What a value of the fact has to be."""
    if fact.choices:
        return _("one of: %(names)s") % {"names": _(", ").join(str(name) for _key, name in fact.choices)}
    return {
        Kind.FLAG: _("yes or no"),
        Kind.NUMBER: _("a number"),
        Kind.MONEY: _("an amount in yuan"),
        Kind.PERCENT: _("a number of percent"),
        Kind.DAY: _("a day, as 2024-06-30"),
    }.get(fact.kind, _("a text of up to 60 characters"))


def _fits(fact: Fact, value: object) -> bool:
    if not isinstance(value, str) or not value.strip() or len(value) > MOST_LETTERS or "\x00" in value:
        return False
    if fact.choices:
        return value in {key for key, _name in fact.choices}
    try:
        read(fact, value)
    except (ValueError, InvalidOperation, KeyError):
        return False
    return True


def read(fact: Fact, value: str) -> Any:
    """A value as it is compared. Raises ValueError, InvalidOperation or KeyError for what is none."""
    if fact.kind in NUMBERS:
        number = Decimal(value)
        if not number.is_finite() or abs(number) >= MOST_NUMBER or number != round(number, MOST_DECIMALS):
            raise ValueError(value)
        return number
    if fact.kind == Kind.DAY:
        return date.fromisoformat(value)
    return TRUTH[value] if fact.kind == Kind.FLAG else value


# For one enterprise ------------------------------------------------------------------------------------


def evaluate(criteria: Iterable[Criterion], profile: Profile) -> list[Line]:
    """Each condition by itself, that nothing bars the enterprise last."""
    return [Line(c, _holds(c, known(profile, c.fact))) for c in (*criteria, without_bars())]


def known(profile: Profile, fact: str) -> Any:
    """What the park knows of an enterprise; None: nothing."""
    return None if fact == UNWRITTEN else getattr(profile, fact)


def _holds(criterion: Criterion, known: Any) -> bool | None:
    if known is None:
        return None
    fact, operator = FACTS[criterion.fact], criterion.operator
    given = [read(fact, value) for value in criterion.values]
    if fact.kind == Kind.SET:
        return bool(set(known) & set(given)) == (operator == Operator.HAS_ANY)
    if operator in (Operator.IS, Operator.IN):
        return known in given
    if operator == Operator.NOT_IN:
        return known not in given
    if operator in (Operator.AT_LEAST, Operator.SINCE):
        return bool(known >= given[0])
    return bool(known <= given[0] if operator == Operator.AT_MOST else known < given[0])


def verdict_of(lines: Sequence[Line]) -> Verdict:
    """Of all conditions together."""
    return worded(_all(_any(found) for found in _groups(lines).values()))


def _groups(lines: Sequence[Line]) -> dict[tuple[int, int], list[bool | None]]:
    """What must be met, each as the alternatives that there are."""
    groups: dict[tuple[int, int], list[bool | None]] = {}
    for n, line in enumerate(lines):
        key = (line.criterion.group, 0 if line.criterion.group else n)
        groups.setdefault(key, []).append(line.is_met)
    return groups


def _any(truths: Sequence[bool | None]) -> bool | None:
    return True if True in truths else None if None in truths else False


def _all(truths: Iterable[bool | None]) -> bool | None:
    found = list(truths)
    return False if False in found else None if None in found else True


# For all enterprises -----------------------------------------------------------------------------------

_TYPES = {Kind.TEXT: "varchar", Kind.SET: "varchar", Kind.FLAG: "boolean", Kind.DAY: "date"}


def as_sql(criteria: Iterable[Criterion]) -> tuple[str, list[Any]]:
    """All conditions over a profile `p` as one expression, with its values: true, false, or NULL (not known).

    Facts and comparisons come from the tables above, never from what somebody typed. Raises KeyError,
    ValueError or InvalidOperation for a condition of which `mistake` says something.
    """
    parts: dict[tuple[int, int], list[str]] = {}
    given: dict[tuple[int, int], list[Any]] = {}
    for n, criterion in enumerate((*criteria, without_bars())):
        key = (criterion.group, 0 if criterion.group else n)
        text, values = _one(criterion)
        parts.setdefault(key, []).append(text)
        given.setdefault(key, []).extend(values)
    expression = " AND ".join(f"({' OR '.join(texts)})" for texts in parts.values())
    return expression, [value for values in given.values() for value in values]


def _one(criterion: Criterion) -> tuple[str, list[Any]]:
    fact = FACTS[criterion.fact]
    operator = next(o for o in fact.operators if o == criterion.operator)
    values = [read(fact, value) for value in criterion.values]
    column, kind = f"p.{fact.key}", _TYPES.get(fact.kind, "numeric")
    if fact.key == UNWRITTEN:
        return "NULL::boolean", []
    if operator == Operator.HAS_ANY:
        return f"{column} && %s::{kind}[]", [values]
    if operator == Operator.HAS_NONE:
        return f"NOT {column} && %s::{kind}[]", [values]
    if operator in (Operator.IS, Operator.IN):
        return f"{column} = ANY(%s::{kind}[])", [values]
    if operator == Operator.NOT_IN:
        return f"{column} <> ALL(%s::{kind}[])", [values]
    sign = {Operator.AT_LEAST: ">=", Operator.AT_MOST: "<=", Operator.SINCE: ">="}.get(operator, "<")
    return f"{column} {sign} %s::{kind}", values[:1]
