"""On which working days the clock of a permit ran.

The day of acceptance does not count, the day of the decision does; a day on which the clock stood still
when the service hours closed does not (domain dossier, section 2, "Clock rules").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from approvals.models import Permit
from approvals.networks import Interval
from portal.cases.models import Pause
from portal.worktime.clock import Calendar, local

Clock = tuple[Interval, list[Interval]]


def clock_of(permit: Permit, pauses: Sequence[Pause], calendar: Calendar, now: datetime) -> Clock | None:
    """The ordinals (after, until] of its working days and those of its pauses, as `networks.days_held`
    takes them; None for what was never accepted. What runs has run until the last close.

    The database counts the same for many at once (`approvals.reports.days`).
    """
    if permit.accepted_at is None:
        return None
    ended = permit.decided_at or permit.case.closed_at
    after = calendar.ordinal(calendar.receipt_day(permit.accepted_at))
    until = calendar.ordinal(local(ended).date()) if ended else _closed(now, calendar)
    stood = stops((p for p in pauses if p.from_at < (ended or now)), calendar, until)
    return (after, until), stood


def stops(pauses: Iterable[Pause], calendar: Calendar, until: int) -> list[Interval]:
    """Pauses as ordinals of working days; one that still runs has no end before `until`."""
    found = [(_closed(p.from_at, calendar), _closed(p.to_at, calendar) if p.to_at else until) for p in pauses]
    return [(low, high) for low, high in found if high > low]


def _closed(moment: datetime, calendar: Calendar) -> int:
    """The last working day whose service hours had closed before the moment."""
    here = local(moment)
    today = here.time() > calendar.hours.closes_at
    return calendar.ordinal(here.date() if today else here.date() - timedelta(days=1))
