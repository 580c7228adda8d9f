"""Re-dating: a change of the calendar winds every open clock that depends on it, in batches.

Each batch costs the same four statements; the arithmetic is that of `clock.wind`, so that a
re-dated case cannot differ from one that was opened after the change.
"""

from __future__ import annotations

from datetime import date, datetime, time

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from portal.cases import clock
from portal.cases.models import Case, Pause, StepLog
from portal.cases.standards import standard
from portal.worktime import redating
from portal.worktime.clock import Calendar

BATCH = 1000

# Writers wait while clocks are wound: `bulk_update` would take them ten times as long.
SAVE_CASES = """
UPDATE cases_case c SET promise_due_at = n.promise_due_at, due_at = n.due_at, warn_at = n.warn_at,
    next_alert_at = n.next_alert_at, alert_level = n.alert_level, lapses_at = n.lapses_at
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[],
            %s::smallint[], %s::timestamptz[])
    AS n (id, promise_due_at, due_at, warn_at, next_alert_at, alert_level, lapses_at)
WHERE c.id = n.id
"""
SAVE_STAYS = """
UPDATE cases_steplog s SET due_at = n.due_at
FROM unnest(%s::bigint[], %s::timestamptz[]) AS n (id, due_at) WHERE s.id = n.id
"""


def touched(changed_on: date) -> QuerySet[Case]:
    """Open cases with a deadline or an alert still to come by then: their clocks may depend on the day."""
    midnight = timezone.make_aware(datetime.combine(changed_on, time.min))
    return Case.objects.open().filter(
        Q(due_at__gte=midnight) | Q(promise_due_at__gte=midnight) | Q(next_alert_at__gte=midnight)
    )


def preview(changed_on: date) -> int:
    return touched(changed_on).count()


def apply(changed_on: date) -> int:
    """Wind every open clock that a change on a date touches; the number whose deadline moved."""
    calendar = Calendar.current()
    moved = 0
    last = 0
    while True:
        batch = list(
            touched(changed_on).filter(pk__gt=last).select_for_update(of=("self",)).order_by("pk")[:BATCH]
        )
        if not batch:
            return moved
        last = batch[-1].pk
        moved += _wind(batch, calendar)


def _wind(batch: list[Case], calendar: Calendar) -> int:
    stays = {s.case_id: s for s in StepLog.objects.filter(case__in=batch, left_at=None)}
    pauses: dict[int, list[Pause]] = {}
    for pause in Pause.objects.filter(case__in=[c for c in batch if c.pause_count]).order_by("from_at"):
        pauses.setdefault(pause.case_id, []).append(pause)
    changed_cases, changed_stays, moved = [], [], 0
    for case in batch:
        stay = stays.get(case.pk)
        if stay is None:
            continue
        before, alert = (case.due_at, case.promise_due_at, stay.due_at), case.next_alert_at
        clock.wind(
            case, stay, pauses.get(case.pk, []), calendar=calendar, standard=standard(case.standard_id)
        )
        due_moved = (case.due_at, case.promise_due_at, stay.due_at) != before
        moved += due_moved
        if due_moved or case.next_alert_at != alert:
            changed_cases.append(case)
            changed_stays.append(stay)
    if changed_cases:
        _save(changed_cases, changed_stays)
    return moved


def _save(cases: list[Case], stays: list[StepLog]) -> None:
    moments = [
        (c.pk, c.promise_due_at, c.due_at, c.warn_at, c.next_alert_at, c.alert_level, c.lapses_at)
        for c in cases
    ]
    with connection.cursor() as cursor:
        cursor.execute(SAVE_CASES, [list(column) for column in zip(*moments, strict=True)])
        cursor.execute(SAVE_STAYS, [[s.pk for s in stays], [s.due_at for s in stays]])


def register() -> None:
    """Called once, when the apps are loaded."""
    redating.register(preview=preview, apply=apply)
