"""Rows pasted into the lead table: those that are new are registered, those with a number are put right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from investment.access import LEAD
from investment.models import Lead
from portal.cases import engine
from portal.cases.access import visible_to
from portal.cases.errors import CaseError
from portal.cases.models import Case
from portal.park.acting import Actor

# What the form of a new lead asks for (LeadForm).
ASKED = frozenset(
    (
        "title", "task_force", "investor_name", "uscc", "source", "referrer", "envoy", "agent", "region",
        "contact_name", "contact_phone", "industry", "content", "investment_amount", "land_mu", "plant_m2",
        "load_kva", "is_key", "heat", "next_action", "next_action_on",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What becomes of one row; `said` is why not. `number` is that of the lead, once it has one."""

    line: int
    outcome: str  # new, changed, same, wrong
    number: str
    title: str
    said: str = ""

    @property
    def is_good(self) -> bool:
        return self.outcome in ("new", "changed")


class _NotKept(Exception):
    """Everything was tried, and is taken back."""


def try_rows(rows: Sequence[Mapping[str, str]], *, by: Actor, now: datetime, token: UUID) -> list[Verdict]:
    """What would become of each row, with every rule of the engine; nothing stays."""
    verdicts: list[Verdict] = []
    try:
        with transaction.atomic():
            verdicts = _each(rows, by, now, token)
            raise _NotKept
    except _NotKept:
        return verdicts


def write_rows(
    rows: Sequence[Mapping[str, str]], *, by: Actor, now: datetime, token: UUID, only_good: bool
) -> tuple[list[Verdict], bool]:
    """Write all rows, or nothing while one is wrong; with `only_good` those that are right.

    The same paste sent twice (its `token`) registers each new lead once. Returns the verdicts, and whether
    it was written.
    """
    verdicts: list[Verdict] = []
    try:
        with transaction.atomic():
            verdicts = _each(rows, by, now, token)
            if not only_good and any(verdict.outcome == "wrong" for verdict in verdicts):
                raise _NotKept
    except _NotKept:
        return verdicts, False
    return verdicts, True


def _each(rows: Sequence[Mapping[str, str]], by: Actor, now: datetime, token: UUID) -> list[Verdict]:
    numbers = {row["number"] for row in rows if row.get("number")}
    known = {case.number: case for case in _known(by, numbers)}
    return [_row(n, dict(row), known, by, now, token) for n, row in enumerate(rows, start=2)]


def _known(by: Actor, numbers: set[str]) -> list[Case]:
    return list(visible_to(by).filter(kind=LEAD, number__in=numbers).select_related("lead"))


def _row(
    line: int, row: dict[str, str], known: Mapping[str, Case], by: Actor, now: datetime, token: UUID
) -> Verdict:
    """One row by itself: what is wrong in it undoes nothing of the others."""
    number, title = row.pop("number", ""), row.get("title", "")
    if number and number not in known:
        return Verdict(line, "wrong", number, title, _("There is no such lead that you may change."))
    try:
        with transaction.atomic():
            if number:
                return _put_right(line, known[number], row, by, now)
            return _register(line, row, by, now, uuid5(token, f"{line} {row}"))
    except CaseError as error:
        return Verdict(line, "wrong", number, title, str(error))


def _register(line: int, row: dict[str, str], by: Actor, now: datetime, token: UUID) -> Verdict:
    """A new lead; what its form does not ask for is added to it at once."""
    more = {name: text for name, text in row.items() if text and name not in ASKED}
    asked = {
        name: text for name, text in row.items() if name in ASKED and not (name == "is_key" and text == "no")
    }
    asked["heat"] = asked.get("heat") or Lead.Heat.MIDDLE.value
    case = engine.open_case(LEAD, by=by, data=asked, now=now, token=token)
    if more and case.opened_at == now:  # not the one of an earlier click
        engine.perform(case.pk, "edit", by=by, data=more, now=now)
    return Verdict(line, "new", case.number, case.title)


def _put_right(line: int, case: Case, row: dict[str, str], by: Actor, now: datetime) -> Verdict:
    """An empty cell says nothing; task force and secrecy are not changed in this way."""
    given: dict[str, Any] = {name: text for name, text in row.items() if text and name != "task_force"}
    title = given.get("title", case.title)
    changed = {name: text for name, text in given.items() if not _is_same(case, name, text)}
    if not changed:
        return Verdict(line, "same", case.number, title)
    engine.perform(case.pk, "edit", by=by, data=changed, now=now)
    return Verdict(line, "changed", case.number, title)


def _is_same(case: Case, name: str, text: str) -> bool:
    """Whether a cell says what stands there: numbers by their value."""
    value = case.lead.fact(name)
    if isinstance(value, bool):
        return text == ("yes" if value else "no")
    try:
        return bool(value is not None and type(value)(text) == value)
    except (TypeError, ValueError, ArithmeticError):
        return str(value) == text
