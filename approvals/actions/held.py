"""On which working days the clock of a permit ran.

The day of acceptance does not count, the day of the decision does; a day on which the clock stood still
when the service hours closed does not (domain dossier, section 2, "Clock rules").
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from approvals.models import Permit
from approvals.networks import Interval
from portal.cases.models import Pause
from portal.worktime.clock import Calendar, local

Clock = tuple[Interval, list[Interval]]


def clock_of(permit: Permit, pauses: Sequence[Pause], calendar: Calendar, now: datetime) -> Clock | None:
    """The ordinals (after, until] of its working days and those of its pauses, as `networks.days_held`
    takes them; None for what was never accepted. One that runs has run today as well."""
    if permit.accepted_at is None:
        return None
    ended = permit.decided_at or permit.case.closed_at or now
    after = calendar.ordinal(calendar.receipt_day(permit.accepted_at))
    until = calendar.ordinal(local(ended).date())
    stood = [  # what stops after the decision (the certificate is made) takes nothing from its day
        (_closed(p.from_at, calendar), _closed(p.to_at, calendar) if p.to_at else until)
        for p in pauses
        if p.from_at < ended
    ]
    return (after, until), [(low, high) for low, high in stood if high > low]


def _closed(moment: datetime, calendar: Calendar) -> int:
    """The last working day whose service hours had closed before the moment."""
    here = local(moment)
    today = here.time() > calendar.hours.closes_at
    return calendar.ordinal(here.date() if today else here.date() - timedelta(days=1))


# As `clock_of`, for many projects at once: the working days of each permit without its pauses as a set of
# ranges of ordinals, united by project.
_NET_DAYS = """
SELECT t.project_id, (SELECT coalesce(sum(upper(run) - lower(run)), 0) FROM unnest(t.held) run)
FROM (
    SELECT p.project_id, range_agg(
        int4multirange(int4range(k.after, greatest(k.after, e.ordinal), '(]')) - coalesce((
            SELECT range_agg(int4range(s.low, greatest(s.low, s.high), '(]')) FROM (
                SELECT coalesce({low}, 0) AS low,
                       CASE WHEN s.to_at IS NULL THEN e.ordinal ELSE coalesce({high}, 0) END AS high
                FROM cases_pause s WHERE s.case_id = p.case_id AND s.from_at < a.ended) s
        ), '{{}}')) AS held
    FROM approvals_permit p
    JOIN cases_case c ON c.id = p.case_id
    CROSS JOIN worktime_servicehours h
    CROSS JOIN LATERAL (SELECT p.accepted_at AT TIME ZONE %(zone)s AS here,
                               coalesce(p.decided_at, c.closed_at, %(now)s) AS ended) a
    JOIN worktime_workday r ON r.date = a.here::date
    JOIN worktime_workday e ON e.date = (a.ended AT TIME ZONE %(zone)s)::date
    CROSS JOIN LATERAL (SELECT r.ordinal + CASE
        WHEN r.is_working AND a.here::time <= h.intake_until THEN 0 ELSE 1 END AS after) k
    WHERE p.project_id = ANY(%(projects)s)
    GROUP BY p.project_id) t
"""
_CLOSED = """
(SELECT w.ordinal FROM worktime_workday w WHERE w.date = ({moment} AT TIME ZONE %(zone)s)::date
    - CASE WHEN ({moment} AT TIME ZONE %(zone)s)::time > h.closes_at THEN 0 ELSE 1 END)
"""
_NET_DAYS = _NET_DAYS.format(low=_CLOSED.format(moment="s.from_at"), high=_CLOSED.format(moment="s.to_at"))


def net_days(projects: Sequence[int], now: datetime) -> dict[int, int]:
    """Project → net working days so far; projects without any are left out. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_NET_DAYS, {"projects": list(projects), "now": now, "zone": settings.TIME_ZONE})
        return dict(cursor.fetchall())
