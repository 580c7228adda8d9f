"""The arithmetic of deadlines, on a snapshot of the calendar that each process keeps.

One idea serves all units: a moment has a position on a scale (working days closed, calendar days
closed, seconds of service, seconds), a pause is an interval on it, and a deadline is the first
position at which enough unpaused length lies behind the start. Hence splitting a pause, or the
order of pauses, cannot matter.

Rules (domain dossier, section 2, "Clock rules"): the day of receipt does not count; what comes in
after the intake hour or on a rest day is received the next working day; a day counts if the clock
runs at the close of its service hours; a calendar-day deadline on a rest day rolls forward.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

ZONE = ZoneInfo(settings.TIME_ZONE)
WARN_SHARE = Decimal("0.7")  # dossier, section 4, "Lights": yellow from 70 % of the limit
HOUR_S = 3600


class Unit(models.TextChoices):
    """What a limit is counted in."""

    WORKING_DAY = "wd", _("working days")
    CALENDAR_DAY = "cd", _("calendar days")
    SERVICE_HOUR = "sh", _("service hours")
    HOUR = "h", _("hours")


@dataclass(frozen=True)
class Limit:
    """So much time. Working and calendar days are whole numbers."""

    amount: Decimal
    unit: Unit


@dataclass(frozen=True)
class Span:
    """A segment that does not count, half-open: [from_at, to_at); still running when `to_at` is None."""

    from_at: datetime
    to_at: datetime | None


class Hours(NamedTuple):
    """Service hours, as local times."""

    opens_at: time
    closes_at: time
    intake_until: time
    alerts_from: time
    alerts_until: time


@dataclass(frozen=True)
class Day:
    """What the calendar knows of one date."""

    date: date
    is_working: bool
    source: str
    provisional: bool
    name: str
    name_en: str


def local(moment: datetime) -> datetime:
    return moment.astimezone(ZONE)


def at(day: date, when: time) -> datetime:
    return datetime.combine(day, when, ZONE)


Interval = tuple[int, int]


def merged(intervals: Sequence[Interval]) -> list[Interval]:
    """The same set of positions as disjoint intervals in order."""
    out: list[Interval] = []
    for low, high in sorted(i for i in intervals if i[1] > i[0]):
        if out and low <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    return out


def advance(start: int, length: int, paused: Sequence[Interval]) -> int:
    """The first position with `length` unpaused units behind it, counted from `start`."""
    position = start + length
    for low, high in paused:  # disjoint, in order
        low = max(low, start)
        if high <= start:
            continue
        if low >= position:
            break
        position += high - low
    return position


def covered(start: int, end: int, paused: Sequence[Interval]) -> int:
    """How much of [start, end) the pauses cover."""
    return sum(max(0, min(high, end) - max(low, start)) for low, high in paused)


class Calendar:
    """A snapshot of the calendar. Beyond its ends every weekday counts as a working day."""

    def __init__(self, days: Sequence[Day], hours: Hours, version: int) -> None:
        self.version = version
        self.hours = hours
        self.days = days
        self._first = days[0].date
        self._last = days[-1].date
        self._ordinals: list[int] = []
        count = 0
        self._working: list[date] = []
        for day in days:
            if day.is_working:
                count += 1
                self._working.append(day.date)
            self._ordinals.append(count)
        self._first_n = self._first.toordinal()
        self._closings = [at(day, hours.closes_at) for day in self._working]
        self._day_s = int(_seconds(hours.closes_at) - _seconds(hours.opens_at))

    @classmethod
    def current(cls, version: int | None = None) -> Calendar:
        """The calendar as it is now; one small query unless the caller has just read the version."""
        from portal.worktime import snapshot

        return snapshot.load(version if version is not None else snapshot.version())

    @classmethod
    def held(cls) -> Calendar:
        """The calendar, held still until the end of the transaction: for whoever stores deadlines.

        Call it before any row is locked.
        """
        from portal.worktime import snapshot

        return snapshot.load(snapshot.hold())

    # Days ----------------------------------------------------------------------------------------

    def day(self, day: date) -> Day:
        if self._first <= day <= self._last:
            return self.days[(day - self._first).days]
        return Day(day, day.weekday() < 5, "rule", True, "", "")

    def is_working(self, day: date) -> bool:
        return self.day(day).is_working

    def ordinal(self, day: date) -> int:
        """Working days up to and including a date, from the first date of the table on."""
        if day < self._first:
            return -_weekdays(day + timedelta(days=1), self._first)
        if day > self._last:
            return self._ordinals[-1] + _weekdays(self._last + timedelta(days=1), day + timedelta(days=1))
        return self._ordinals[(day - self._first).days]

    def working_date(self, ordinal: int) -> date:
        """The working day with this ordinal."""
        if 1 <= ordinal <= len(self._working):
            return self._working[ordinal - 1]
        step = 1 if ordinal > 0 else -1
        day, left = (self._last, ordinal - len(self._working)) if step > 0 else (self._first, 1 - ordinal)
        weeks, left = divmod(left - 1, 5)
        day += timedelta(days=7 * weeks * step)
        for _turn in range(left + 1):
            day += timedelta(days=step)
            while day.weekday() > 4:
                day += timedelta(days=step)
        return day

    def next_working_day(self, day: date) -> date:
        """The first working day after a date."""
        return self.working_date(self.ordinal(day) + 1)

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is earlier."""
        return self.ordinal(end) - self.ordinal(start)

    def receipt_day(self, moment: datetime) -> date:
        """The working day on which something counts as received."""
        here = local(moment)
        day = here.date()
        if self.is_working(day) and here.time() <= self.hours.intake_until:
            return day
        return self.next_working_day(day)

    def _received(self, moment: datetime) -> int:
        """The ordinal of the receipt day."""
        here = moment.astimezone(ZONE)
        place = here.toordinal() - self._first_n
        if 0 <= place < len(self._ordinals):
            on_time = self.days[place].is_working and here.time() <= self.hours.intake_until
            return self._ordinals[place] + (0 if on_time else 1)
        return self.ordinal(self.receipt_day(moment))

    def _close_of(self, ordinal: int) -> datetime:
        """When the working day with this ordinal closes."""
        if 1 <= ordinal <= len(self._closings):
            return self._closings[ordinal - 1]
        return at(self.working_date(ordinal), self.hours.closes_at)

    # Scales --------------------------------------------------------------------------------------

    def _closed_before(self, moment: datetime) -> int:
        """Working days whose close lies before a moment."""
        here = local(moment)
        day = here.date()
        return self.ordinal(day if here.time() > self.hours.closes_at else day - timedelta(days=1))

    def _days_closed_before(self, moment: datetime) -> int:
        here = local(moment)
        return here.toordinal() - (0 if here.time() > self.hours.closes_at else 1)

    def _service_s(self, moment: datetime) -> int:
        """Seconds of service up to a moment."""
        here = local(moment)
        day = here.date()
        before = self.ordinal(day - timedelta(days=1)) * self._day_s
        if not self.is_working(day):
            return before
        into = _seconds(here.time()) - _seconds(self.hours.opens_at)
        return before + int(min(max(into, 0), self._day_s))

    def _from_service_s(self, position: int) -> datetime:
        days, rest = divmod(position, self._day_s)
        if rest == 0:  # the close of a day, not the opening of the next
            return self._close_of(days)
        return at(self.working_date(days + 1), self.hours.opens_at) + timedelta(seconds=rest)

    @staticmethod
    def _real_s(moment: datetime) -> int:
        return int(moment.timestamp())

    def _paused(
        self, scale: Callable[[datetime], int], spans: Sequence[Span], until: datetime | None = None
    ) -> list[Interval]:
        """The pauses as intervals on a scale. A running one reaches to `until`, or is left out."""
        found = []
        for span in spans:
            end = span.to_at or until
            if end is not None and end > span.from_at:
                found.append((scale(span.from_at), scale(end)))
        return merged(found)

    def _reach(self, anchor: datetime, amount: Decimal, unit: Unit, spans: Sequence[Span]) -> int:
        """The position, on the unit's scale, at which `amount` has run since `anchor`."""
        if unit == Unit.WORKING_DAY:
            return advance(self._received(anchor), int(amount), self._paused(self._closed_before, spans))
        if unit == Unit.CALENDAR_DAY:
            start = self.receipt_day(anchor).toordinal()
            return advance(start, int(amount), self._paused(self._days_closed_before, spans))
        seconds = int(amount * HOUR_S)
        scale = self._service_s if unit == Unit.SERVICE_HOUR else self._real_s
        return advance(scale(anchor), seconds, self._paused(scale, spans))

    # Deadlines -----------------------------------------------------------------------------------

    def due_at(self, anchor: datetime, limit: Limit, spans: Sequence[Span] = ()) -> datetime:
        """When a limit that began at `anchor` runs out. A pause that still runs is not counted yet."""
        if not spans and limit.unit == Unit.WORKING_DAY:  # most deadlines
            return self._close_of(self._received(anchor) + int(limit.amount))
        position = self._reach(anchor, limit.amount, limit.unit, spans)
        if limit.unit == Unit.WORKING_DAY:
            return self._close_of(position)
        if limit.unit == Unit.CALENDAR_DAY:
            day = date.fromordinal(position)
            return at(day if self.is_working(day) else self.next_working_day(day), self.hours.closes_at)
        if limit.unit == Unit.SERVICE_HOUR:
            return self._from_service_s(position)
        return datetime.fromtimestamp(position, ZONE)

    def warn_at(self, anchor: datetime, limit: Limit, spans: Sequence[Span] = ()) -> datetime:
        """When the light turns yellow: 70 % used, or one day left, whichever comes first.

        For limits in days that is the opening of the day after; for a limit of one day, of that day.
        """
        if limit.unit in (Unit.SERVICE_HOUR, Unit.HOUR):
            return self.due_at(anchor, Limit(limit.amount * WARN_SHARE, limit.unit), spans)
        share = int((limit.amount * WARN_SHARE).to_integral_value(ROUND_CEILING))
        next_day = Decimal(min(share, int(limit.amount) - 1) + 1)
        position = self._reach(anchor, next_day, limit.unit, spans)
        day = self.working_date(position) if limit.unit == Unit.WORKING_DAY else date.fromordinal(position)
        return at(day, self.hours.opens_at)

    def used(
        self, anchor: datetime, until: datetime, unit: Unit = Unit.WORKING_DAY, spans: Sequence[Span] = ()
    ) -> Decimal:
        """How much of a limit has run between two moments, pauses not counted. Never negative."""
        if unit == Unit.WORKING_DAY:
            start = self._received(anchor)
            scale = self._closed_before
        elif unit == Unit.CALENDAR_DAY:
            start = self.receipt_day(anchor).toordinal()
            scale = self._days_closed_before
        else:
            scale = self._service_s if unit == Unit.SERVICE_HOUR else self._real_s
            start = scale(anchor)
        # A day that closes at this very moment has run in full.
        end = scale(until + timedelta(microseconds=1)) if unit in _DAYS else scale(until)
        if end <= start:
            return Decimal(0)
        run = end - start - covered(start, end, self._paused(scale, spans, until + timedelta(days=1)))
        return Decimal(run) if unit in _DAYS else (Decimal(run) / HOUR_S).quantize(Decimal("0.01"))

    @staticmethod
    def elapsed_days(anchor: datetime, until: datetime) -> int:
        """Calendar days between two moments (自然历时)."""
        return max(0, (local(until).date() - local(anchor).date()).days)

    def days_left(self, due_at: datetime, now: datetime) -> int:
        """Working days until a deadline: 0 today, negative when overdue (at least -1)."""
        left = self.working_days_between(local(now).date(), local(due_at).date())
        return min(left, -1) if due_at < now else max(left, 0)

    def rung_at(self, due_at: datetime, offset_days: int) -> datetime:
        """A deadline plus so many working days, at the same time of day."""
        if offset_days == 0:
            return due_at
        here = local(due_at)
        day = self.working_date(self.ordinal(here.date()) + offset_days)
        return at(day, here.time())

    def in_alert_hours(self, moment: datetime) -> bool:
        here = local(moment)
        return (
            self.is_working(here.date()) and self.hours.alerts_from <= here.time() <= self.hours.alerts_until
        )

    def next_alert_moment(self, moment: datetime) -> datetime:
        """The moment itself within alert hours, else the next start of alert hours."""
        if self.in_alert_hours(moment):
            return moment
        here = local(moment)
        day = here.date()
        if not (self.is_working(day) and here.time() < self.hours.alerts_from):
            day = self.next_working_day(day)
        return at(day, self.hours.alerts_from)


_DAYS = (Unit.WORKING_DAY, Unit.CALENDAR_DAY)


def _seconds(when: time) -> float:
    return when.hour * 3600 + when.minute * 60 + when.second + when.microsecond / 1e6


@lru_cache(maxsize=4096)
def _weekdays(start: date, end: date) -> int:
    """Mondays to Fridays in [start, end)."""
    total = max(0, (end - start).days)
    weeks, rest = divmod(total, 7)
    return weeks * 5 + sum(1 for i in range(rest) if (start.weekday() + i) % 7 < 5)


__all__ = ["Calendar", "Day", "Hours", "Limit", "Span", "Unit"]
