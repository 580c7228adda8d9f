"""The budgets that this part of the house has to hold, each measured beside its yardstick."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import chinese_calendar
from django.db import connection
from django.test import Client

from portal.accounts.models import User
from portal.cases import watch
from portal.cases.models import Case
from portal.worktime.clock import ZONE, Calendar, Limit, Unit

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=ZONE)


@dataclass(frozen=True)
class Line:
    """One budget: `ratio` to the yardstick, or the value itself where the budget is absolute."""

    name: str
    value: float
    unit: str
    yardstick: float
    ratio: float
    budget: float
    ok: bool

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def line(name: str, value: float, unit: str, yardstick: float, budget: float) -> Line:
    """A budget that must not be exceeded."""
    ratio = value / yardstick if yardstick else 0.0
    return Line(name, round(value, 4), unit, round(yardstick, 4), round(ratio, 3), budget, ratio <= budget)


def timed(work: Callable[[], object], runs: int = 7) -> float:
    """Median milliseconds of several runs."""
    times = []
    for _run in range(runs):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def _sql(text: str, values: Any = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        if cursor.description:
            cursor.fetchall()


_BARE = """
WITH m AS (UPDATE cases_case SET alert_level = 1, next_alert_at = NULL WHERE id = ANY(%(ids)s)
      RETURNING id, team_id),
a AS (INSERT INTO cases_alert (case_id, stay_id, level, at, due_at)
      SELECT m.id, s.id, 1, %(now)s, s.due_at FROM m JOIN cases_steplog s ON s.case_id = m.id),
e AS (INSERT INTO cases_event (case_id, seq, verb, data, at, previous_hash, hash)
      SELECT id, 2, 'alerted', '{}', %(now)s, '', 'x' FROM m),
n AS (INSERT INTO notices_notice (recipient_id, key, kind, params, case_id, urgent, in_app, created_at)
      SELECT t.user_id, 'case.alerted', 'deadline', '{"level": 1}', m.id, false, true, %(now)s
      FROM m JOIN park_membership t ON t.team_id = m.team_id RETURNING id)
INSERT INTO notices_delivery (notice_id, channel, lane, state, tries, next_try_at, problem, last_error)
SELECT id, 'email', '', 'pending', 0, %(now)s, '', '' FROM n
"""


def sweep(due: int) -> Line:
    """Escalating `due` cases beside the bare UPDATE and INSERTs of as many others, each batch committed."""
    Case.objects.filter(next_alert_at__isnull=False).update(next_alert_at=None)
    fresh = list(
        Case.objects.open().filter(alert_level=0).order_by("pk").values_list("pk", flat=True)[: 2 * due]
    )
    ours, others = fresh[:due], fresh[due:]
    if len(others) < due:
        raise RuntimeError(f"too few open cases for a sweep of {due}")

    def prepare(ids: list[int]) -> None:
        later = datetime(2026, 12, 30, 17, 30, tzinfo=ZONE)
        Case.objects.filter(pk__in=ids).update(next_alert_at=NOW, warn_at=NOW, due_at=later)
        _sql("VACUUM ANALYZE cases_case")

    def bare() -> None:
        for start in range(0, due, watch.BATCH):
            _sql(_BARE, {"ids": others[start : start + watch.BATCH], "now": NOW})

    def swept() -> None:
        done = watch.sweep(NOW)
        if done != due:
            raise RuntimeError(f"the sweep alerted {done} of {due}")

    prepare(ours)
    value = timed(swept, 1)
    prepare(others)
    return line(f"sweep of {due} due", value, "ms", timed(bare, 1), 3.0)


def idle_sweep() -> Line:
    """A tick at which nothing is due yet, beside SELECT 1."""
    early = datetime(2020, 1, 6, 10, 0, tzinfo=ZONE)
    ours, one = timed(lambda: watch.sweep(early), 50), timed(lambda: _sql("SELECT 1"), 50)
    return line("idle sweep", ours, "ms", one, 10.0)


def queue_page(label: str) -> tuple[Line, float]:
    """The queue page: at most eight statements; its time, to compare sizes with."""
    client = Client()
    user = User.objects.get(username="bench1")
    client.force_login(user)
    address = "/work/?view=team"
    client.get(address)
    statements = 0

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal statements
        statements += 1
        return execute(*arguments)

    with connection.execute_wrapper(count):
        answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"the queue page answers {answer.status_code}")
    took = timed(lambda: client.get(address), 15)
    return line(f"queue page statements, {label}", statements, "statements", 1, 8), took


def working_days() -> Line:
    """One deadline by our calendar beside the same by the library; the ratio is ours to theirs."""
    calendar, limit = Calendar.current(), Limit(Decimal(15), Unit.WORKING_DAY)
    start = datetime(2024, 9, 23, 10, 0, tzinfo=ZONE)

    def library() -> date:
        day, left = start.date(), 15
        while left:
            day = day.fromordinal(day.toordinal() + 1)
            left -= chinese_calendar.is_workday(day)
        return day

    ours = timed(lambda: [calendar.due_at(start, limit) for _ in range(1000)], 5) / 1000
    theirs = timed(lambda: [library() for _ in range(100)], 5) / 100
    return line("working-day deadline", ours, "ms", theirs, 1.0)


def all_budgets(
    sizes: list[int], grow: Callable[[int], None], grow_open: Callable[[int], None]
) -> Iterator[Line]:
    """Every budget, from the smallest table to the largest."""
    yield working_days()
    pages: dict[int, float] = {}
    for size in sizes:
        grow(size)
        statements, took = queue_page(f"{size} cases")
        yield statements
        pages[size] = took
        yield idle_sweep()
    if len(sizes) > 1:
        yield line("queue page growth", pages[sizes[-1]], "ms", pages[sizes[-2]], 1.15)
    yield sweep(min(10_000, sizes[-1] // 40))
    if sizes[-1] >= 1_000_000:
        grow_open(200_000)
        yield sweep(100_000)
