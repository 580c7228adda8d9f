"""Who has to be re-dated when the calendar changes. Clocks stand above the calendar, so they register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Redating:
    """`preview` counts what a change from a date on would touch; `apply` re-dates and counts."""

    preview: Callable[[date], int]
    apply: Callable[[date], int]


REDATINGS: list[Redating] = []


def register(*, preview: Callable[[date], int], apply: Callable[[date], int]) -> None:
    REDATINGS.append(Redating(preview, apply))


def preview(changed_on: date) -> int:
    """How many open clocks a change on a date would move at most."""
    return sum(r.preview(changed_on) for r in REDATINGS)


def apply(changed_on: date) -> int:
    """Re-date every open clock that a change on a date touches; the number that moved."""
    return sum(r.apply(changed_on) for r in REDATINGS)
