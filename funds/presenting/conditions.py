"""Conditions of policies in plain words: what is asked, what the park knows, what to supply and where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from funds import matching
from funds.matching import Fact, Kind, Verdict
from funds.matching.conditions import TRUTH, mistake, read
from funds.models import Criterion, Profile
from portal.money import grouped, money
from portal.names import local_name

LIGHTS = {Verdict.MET: "ok", Verdict.UNKNOWN: "warn", Verdict.NOT: "hold"}


@dataclass(frozen=True)
class Told:
    """One condition for a reader: what is asked; for one enterprise also how it stands and what to do."""

    asks: str
    verdict: Verdict | None = None
    known: str = ""
    advice: str = ""

    @property
    def light(self) -> str:
        return LIGHTS[self.verdict] if self.verdict else ""


@dataclass(frozen=True)
class Group:
    """What must be met: one condition, or alternatives of which one is enough."""

    lines: Sequence[Told]

    @property
    def is_choice(self) -> bool:
        return len(self.lines) > 1


def asked(criterion: Criterion) -> str:
    """ "企业规模 属于 小型、微型"; what nobody can understand as it stands."""
    fact = matching.FACTS.get(criterion.fact)
    values = criterion.values if isinstance(criterion.values, list) else [criterion.values]
    if fact is None or mistake(criterion):
        return f"{criterion.fact} {criterion.operator} {_(', ').join(map(str, values))}"
    if fact.key == matching.UNWRITTEN:
        return _("What its text asks; this is not written down here yet")
    if fact.key == "bars":
        every = set(values) == {key for key, _name in fact.choices}
        if every and criterion.operator == Criterion.Operator.HAS_NONE:
            return _("Nothing bars the enterprise from payments")
    if fact.kind == Kind.FLAG:
        told = {"fact": fact.label, "value": _("yes") if values[0] == "true" else _("no")}
        return _("%(fact)s: %(value)s") % told
    told = {
        "fact": fact.label,
        "operator": Criterion.Operator(criterion.operator).label,
        "values": _(", ").join(said(fact, read(fact, value)) for value in values),
    }
    return _("%(fact)s %(operator)s %(values)s") % told


def said(fact: Fact, value: Any) -> str:
    """A value of a fact as a reader says it."""
    if value is None:
        return _("not known")
    if fact.kind == Kind.SET and isinstance(value, (list, tuple)):
        return _(", ").join(_named(fact, one) for one in value) or _("none")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if fact.kind == Kind.MONEY:
        return money(Decimal(value))
    if fact.kind == Kind.PERCENT:
        return f"{grouped(Decimal(value))} %"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    return grouped(Decimal(value)) if fact.kind == Kind.NUMBER else _named(fact, value)


def _named(fact: Fact, value: Any) -> str:
    return str(dict(fact.choices).get(value, value))


def groups(criteria: Iterable[Criterion]) -> list[Group]:
    """What a policy asks, for anybody."""
    return _grouped((criterion, Told(asked(criterion))) for criterion in criteria)


def standing(lines: Iterable[matching.Line], profile: Profile) -> list[Group]:
    """The same as it stands for one enterprise."""
    return _grouped((line.criterion, _told(line, profile)) for line in lines)


def _told(line: matching.Line, profile: Profile) -> Told:
    known = matching.known(profile, line.fact.key)
    advice = ""
    if line.fact.key == matching.UNWRITTEN:
        advice = _("Please read its text, and ask its office whether it fits you.")
    elif line.is_met is None:
        told = {"fact": line.fact.label, "where": line.fact.where}
        advice = _("To be supplied: “%(fact)s”, %(where)s") % told
    elif not line.is_met:
        own = local_name(line.criterion.hint, line.criterion.hint_en)
        advice = own or (str(line.fact.where) if line.fact.key == "bars" else "")
    return Told(asked(line.criterion), line.verdict, said(line.fact, known), advice)


def _grouped(pairs: Iterable[tuple[Criterion, Told]]) -> list[Group]:
    """Alternatives stand together, where the first of them stands."""
    numbered = list(enumerate(pairs))
    first: dict[int, int] = {}
    for n, (criterion, _line) in numbered:
        first.setdefault(criterion.group, n)
    keyed = [(first[c.group] if c.group else n, n, line) for n, (c, line) in numbered]
    keyed.sort(key=lambda one: one[:2])
    return [Group([line for _k, _n, line in found]) for _key, found in groupby(keyed, key=lambda one: one[0])]


def typed(criterion: Criterion) -> str:
    """The values as an editor types them."""
    fact = matching.FACTS.get(criterion.fact)
    if fact is None or mistake(criterion):
        values = criterion.values if isinstance(criterion.values, list) else [criterion.values]
        return _(", ").join(map(str, values))
    if fact.kind == Kind.FLAG:
        return _("yes") if TRUTH[criterion.values[0]] else _("no")
    return _(", ").join(_named(fact, value) for value in criterion.values)
