"""How a budget is measured and said."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection


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


def at_most(name: str, value: float, unit: str, yardstick: float, budget: float) -> Line:
    """The ratio must not exceed the budget."""
    ratio = value / yardstick if yardstick else 0.0
    return Line(name, round(value, 4), unit, round(yardstick, 4), round(ratio, 3), budget, ratio <= budget)


def at_least(name: str, value: float, unit: str, yardstick: float, budget: float) -> Line:
    """The ratio must reach the budget: speeds."""
    ratio = value / yardstick if yardstick else 0.0
    return Line(name, round(value, 4), unit, round(yardstick, 4), round(ratio, 3), budget, ratio >= budget)


def timed(work: Callable[[], object], runs: int = 7) -> float:
    """Median milliseconds of several runs."""
    return statistics.median(_once(work) for _run in range(runs))


def in_turn(first: Callable[[], object], second: Callable[[], object], runs: int = 15) -> tuple[float, float]:
    """Medians of two things measured in turn, so that what else the machine does hits both alike."""
    pairs = [(_once(first), _once(second)) for _run in range(runs)]
    return statistics.median(a for a, _b in pairs), statistics.median(b for _a, b in pairs)


def _once(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


@contextmanager
def counting() -> Iterator[list[str]]:
    """The statements that are sent meanwhile; of several sent together, each."""
    seen: list[str] = []

    def count(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        seen.extend(sql.split("; ") if sql.startswith("EXECUTE") else [sql])
        return execute(sql, *arguments)

    with connection.execute_wrapper(count):
        yield seen


def sql(text: str, values: Any = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall() if cursor.description else []


def blocks(work: Callable[[], object]) -> int:
    """Blocks of the database that the statements of some work read, wherever they lay: the plans say so.

    What is planned once per connection is left out: the few rows of a person, of a version, of a count.
    """
    sent: list[tuple[str, Any]] = []

    def keep(execute: Callable[..., Any], sql: str, values: Any, *more: Any) -> Any:
        sent.append((sql, values))
        return execute(sql, values, *more)

    with connection.execute_wrapper(keep):
        work()
    reads = [(text, values) for text, values in sent if text.lstrip(" (").startswith("SELECT")]
    plans = [
        sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {text}", values)[0][0][0] for text, values in reads
    ]
    return sum(p["Plan"]["Shared Hit Blocks"] + p["Plan"]["Shared Read Blocks"] for p in plans)
