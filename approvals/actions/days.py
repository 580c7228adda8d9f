"""A day that was agreed on, as the limit of a step: its clock runs out when that day closes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from portal.cases.move import Move
from portal.worktime.clock import Limit, Unit


def allow_until(move: Move, due_on: date) -> None:
    """The step that the case enters next may last until the day."""
    move.allow(_until(move, due_on, move.now))


def wind_until(move: Move, due_on: date) -> None:
    """The step in which the case is may last until another day."""
    if move.stay is not None:
        limit = _until(move, due_on, move.stay.entered_at)
        move.stay.limit_amount, move.stay.limit_unit = limit.amount, limit.unit


def _until(move: Move, due_on: date, begun_at: datetime) -> Limit:
    """So many calendar days that the given one is the last; at least one. They are counted from the day
    of receipt: what begins on Friday evening is received on Monday."""
    days = (due_on - move.calendar.receipt_day(begun_at)).days
    return Limit(Decimal(max(1, days)), Unit.CALENDAR_DAY)
