"""The rows of the lead table: narrowed, in an order, one page by its key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime

from investment.access import LEAD
from investment.forms.table import SORTS, UPWARDS, LeadTableFilter
from investment.presenting.columns import Column, shown, written
from portal.cases.access import visible_to
from portal.cases.declaration import flow_of
from portal.cases.models import Case, CaseQuerySet, Light
from portal.cases.presenting.words import time_left
from portal.cases.search import words
from portal.park.acting import Actor
from portal.worktime.clock import Calendar, at, local

NEAR = ("team", "assignee", "lead__envoy", "lead__agent", "lead__backup", "lead__enterprise", "lead__project")
TEN_THOUSAND = 10_000
FILLED = frozenset(("opened_at", "lead__investment_amount", "lead__last_action_at"))  # never without a value
# Word of the address and condition, where the word is the value.
EQUAL = {
    "step": "step",
    "team": "team",
    "source": "lead__source",
    "industry": "lead__industry",
    "heat": "lead__heat",
    "land_from": "lead__land_mu__gte",
    "land_to": "lead__land_mu__lte",
    "signed_from": "lead__signed_on__gte",
    "signed_to": "lead__signed_on__lte",
}
FLAGS = {"key": "lead__is_key", "top500": "lead__is_top500", "xiang": "lead__is_xiang_returning"}
IDLE = {"ok": Q(lead__idle_level=0), "warn": Q(lead__idle_level=1), "late": Q(lead__idle_level__gte=2)}


@dataclass(frozen=True)
class Cell:
    """One field of one lead; `value` is what is typed to say it, None where it is not written here."""

    column: Column
    text: str
    value: str | None
    label: str


@dataclass(frozen=True)
class Line:
    """One lead."""

    case: Case
    href: str
    edit: str
    light: str
    left: str
    cells: list[Cell]
    editable: bool


@dataclass(frozen=True)
class Sums:
    """What the rows come to: how many, what they want to invest (yuan) and to build on (mu), by step."""

    n: int
    amount: Decimal
    land: Decimal
    steps: list[tuple[str, int, str]]


def steps() -> list[tuple[str, Any]]:
    """All steps of a lead with what they are called."""
    return [(step.name, step.label) for step in flow_of(LEAD).steps]


def leads(actor: Actor, asked: LeadTableFilter, now: datetime) -> CaseQuerySet:
    """The leads that the person may know of, as the address narrows them."""
    given = asked.cleaned_data
    found: CaseQuerySet = visible_to(actor).filter(kind=LEAD, lead__isnull=False)
    for name, path in EQUAL.items():
        if (value := given.get(name)) not in (None, ""):
            found = found.filter(**{path: value})
    for name, path in FLAGS.items():
        if value := given.get(name):
            found = found.filter(**{path: value == "yes"})
    for name, ends in (("amount_from", "gte"), ("amount_to", "lte")):
        if (value := given.get(name)) is not None:
            found = found.filter(**{f"lead__investment_amount__{ends}": value * TEN_THOUSAND})
    return _by_text(_by_time(_by_state(found, given, now), given, local(now).date()), given.get("q") or "")


def _by_state(found: CaseQuerySet, given: dict[str, Any], now: datetime) -> CaseQuerySet:
    if state := given.get("state"):
        found = found.filter(closed_at__isnull=state == "open")
    if idling := given.get("idling"):
        found = found.filter(IDLE[idling], closed_at=None)
    if given.get("idle"):
        found = found.filter(lead__idle_level__gt=0, closed_at=None)
    if given.get("late"):
        found = found.having_light(Light.LATE, now)
    if light := given.get("light"):
        found = found.having_light(light, now)
    return found


def _by_time(found: CaseQuerySet, given: dict[str, Any], today: date) -> CaseQuerySet:
    if due := given.get("due"):
        days = (
            {"lead__next_action_on__lt": today}
            if due == "overdue"
            else {"lead__next_action_on__range": (today, today + timedelta(days=6))}
        )
        found = found.filter(closed_at=None, **days)
    if on := given.get("closed_from"):
        found = found.filter(closed_at__gte=at(on, time.min))
    return found


def _by_text(found: CaseQuerySet, text: str) -> CaseQuerySet:
    if not text.strip():
        return found
    said = words(text)
    return found.none() if said is None else found.filter(said.condition())


def sums(found: CaseQuerySet, asked: LeadTableFilter) -> Sums:
    """Counts and sums by step in one statement; the whole is their sum."""
    grouped = (
        found.order_by()
        .values("step")
        .annotate(n=Count("pk"), amount=Sum("lead__investment_amount"), land=Sum("lead__land_mu"))
    )
    by_step = {row["step"]: row for row in grouped}
    return Sums(
        sum(row["n"] for row in by_step.values()),
        sum((row["amount"] or Decimal() for row in by_step.values()), Decimal()),
        sum((row["land"] or Decimal() for row in by_step.values()), Decimal()),
        [
            (label, by_step[name]["n"], f"{reverse('investment:lead_list')}{asked.link(step=name)}")
            for name, label in steps()
            if name in by_step
        ],
    )


# Pages ---------------------------------------------------------------------------------------------


def page(found: CaseQuerySet, sort: str, mark: str, size: int) -> tuple[list[Case], str]:
    """One page after a mark, and the mark of the next or "". A mark that is none is ignored.

    What has no value comes last: a range of its own, so that each page is at most two ranges of the index.
    """
    path = SORTS[sort]
    found, value, pk = found.select_related("lead", *NEAR), *_read_mark(path, mark)
    rows = [] if pk and value is None else list(_ranked(found, sort, value, pk)[: size + 1])
    if len(rows) <= size and path not in FILLED:
        after = pk if value is None else 0
        rows += list(_without(found, sort, after)[: size + 1 - len(rows)])
    if len(rows) <= size:
        return rows, ""
    last = rows[size - 1]
    return rows[:size], f"{_value(last, path)},{last.pk}"


def _ranked(found: CaseQuerySet, sort: str, value: Any, pk: int) -> CaseQuerySet:
    path, down = SORTS[sort], sort not in UPWARDS
    key, sign, beyond = _key(path), "-" if down else "", "lt" if down else "gt"
    if path != "opened_at":
        found = found.filter(**{f"{path}__isnull": False})
    if value is not None:  # the first condition alone is a range of the index
        found = found.filter(**{f"{path}__{beyond}e": value}).filter(
            Q(**{f"{path}__{beyond}": value}) | Q(**{f"{key}__{beyond}": pk})
        )
    return found.order_by(f"{sign}{path}", f"{sign}{key}")


def _without(found: CaseQuerySet, sort: str, after: int) -> CaseQuerySet:
    path = SORTS[sort]
    key, sign, beyond = _key(path), "" if sort in UPWARDS else "-", "gt" if sort in UPWARDS else "lt"
    found = found.filter(**{f"{path}__isnull": True})
    if after:
        found = found.filter(**{f"{key}__{beyond}": after})
    return found.order_by(f"{sign}{key}")


def _key(path: str) -> str:
    """The key that stands in the same index as the column."""
    return "pk" if path == "opened_at" else "lead__case_id"


def _value(case: Case, path: str) -> str:
    value: Any = case
    for name in path.split("__"):
        value = getattr(value, name)
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def _read_mark(path: str, mark: str) -> tuple[Any, int]:
    text, comma, pk = mark.rpartition(",")
    if not (comma and pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None, 0
    if not text:
        return None, 0 if path == "opened_at" else int(pk)
    value: Any = None
    try:
        if path.endswith("_at"):
            value = parse_datetime(text)
            value = value if value is not None and value.tzinfo else None
        elif path.endswith(("_on", "_until")):
            value = parse_date(text)
        else:
            value = Decimal(text)
            value = value if value.is_finite() and abs(value) < 10**14 else None
    except (ValueError, InvalidOperation):
        value = None
    return (None, 0) if value is None else (value, int(pk))


# Lines ---------------------------------------------------------------------------------------------


def lines(cases: Sequence[Case], columns: Sequence[Column], actor: Actor, now: datetime) -> list[Line]:
    """Rows as they are printed."""
    calendar = Calendar.current()
    return [_line(case, columns, actor, now, calendar) for case in cases]


def may_edit(actor: Actor, case: Case) -> bool:
    """Whether the row is written by this person: who is not of its circle does not see it at all."""
    transition = flow_of(LEAD).transition("edit")
    return case.team_id in actor.team_ids and case.is_open and case.step in transition.source


def _line(case: Case, columns: Sequence[Column], actor: Actor, now: datetime, calendar: Calendar) -> Line:
    own, editable = case.team_id in actor.team_ids, may_edit(actor, case)
    return Line(
        case=case,
        href=reverse("cases:case_view", args=[case.pk]),
        edit=reverse("investment:lead_edit", args=[case.number]),
        light=case.light(now).value,
        left=time_left(case, now, calendar, inside=True),
        cells=[cell(case, column, contacts=own, editable=editable) for column in columns],
        editable=editable,
    )


def cell(case: Case, column: Column, *, contacts: bool, editable: bool) -> Cell:
    """One field as it stands now."""
    return Cell(
        column,
        shown(case, column, contacts=contacts),
        written(case, column) if editable and column.kind else None,
        str(column.label),
    )
