"""The sweep: escalation of everything that is due, set-based.

Cost grows with what is due, not with what is open. A sweep may run late, twice, in parallel or
not at all for a week: the rows end the same, as each (stay, level, deadline) is alerted once.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet

from portal.cases import engine, supervision
from portal.cases.errors import CaseError
from portal.cases.models import Case, Pause, SetAside
from portal.cases.sweep_sql import ANY_DUE, ESCALATE, PICK
from portal.notices import outbox
from portal.worktime.clock import Calendar, at, local

logger = logging.getLogger(__name__)
BATCH = 1000


def sweep(now: datetime, *, batch: int = BATCH) -> int:
    """Escalate every case whose next alert has come; the number of alerts.

    Outside alert hours only urgent cases are told of (dossier, section 4: nothing at night).
    Returns when nothing is due any more: a case that was missed for a week climbs all its rungs.
    """
    if not _any_due(now):
        return 0
    done = _sweep_side(now, urgent=True, batch=batch)
    if Calendar.current().in_alert_hours(now):
        done += _sweep_side(now, urgent=False, batch=batch)
    if done:
        outbox.kick_at_commit()
    return done


def _any_due(now: datetime) -> bool:
    """The idle tick: one look at two small indexes."""
    with connection.cursor() as cursor:
        cursor.execute(ANY_DUE, {"now": now})
        return bool(cursor.fetchone()[0])


def _sweep_side(now: datetime, *, urgent: bool, batch: int) -> int:
    done = 0
    while True:
        with transaction.atomic():
            ids = _pick(now, urgent=urgent, batch=batch)
            if not ids:
                return done
            done += _escalate(ids, now)


def _pick(now: datetime, *, urgent: bool, batch: int) -> list[int]:
    """Lock what is due. A statement of its own: the next one must see the rows as locked."""
    with connection.cursor() as cursor:
        cursor.execute(PICK, {"now": now, "urgent": urgent, "batch": batch})
        return [row[0] for row in cursor.fetchall()]


def _escalate(ids: Sequence[int], now: datetime) -> int:
    """Escalate locked cases; halve the batch around a poisoned row until it stands alone."""
    try:
        with transaction.atomic():
            return _escalate_all(ids, now)
    except DatabaseError as error:
        if len(ids) == 1:
            _put_aside(ids[0], "sweep", error, now)
            return 0
    middle = len(ids) // 2
    return _escalate(ids[:middle], now) + _escalate(ids[middle:], now)


def _escalate_all(ids: Sequence[int], now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(ESCALATE, {"ids": list(ids), "now": now})
        rows = cursor.fetchall()
    stuck = set(ids) - {case_id for case_id, _opens in rows}
    if stuck:
        # No rung or no open stay: the clock of these rows is wrong, and would be picked for ever.
        _rest(stuck, now)
    supervision.issue([case_id for case_id, opens in rows if opens], now)
    return len(rows)


def _rest(ids: set[int], now: datetime) -> None:
    for case_id in sorted(ids):
        _put_aside(case_id, "sweep", LookupError("no rung of the ladder or no open step"), now)


def _put_aside(case_id: int, job: str, error: Exception, now: datetime) -> None:
    """Take one case out of the sweep and show it on the job page; the rest go on."""
    column = {"sweep": "next_alert_at", "lapse": "lapses_at"}[job]
    Case.objects.filter(pk=case_id).update(**{column: None})
    show_aside(case_id, job, error, now)


def show_aside(case_id: int, job: str, error: Exception, now: datetime) -> None:
    """Show on the job page, once, a case with which a job cannot go on."""
    logger.error("case %s put aside by %s: %s", case_id, job, error)
    SetAside.objects.get_or_create(
        case_id=case_id, job=job, resolved_at=None, defaults={"error": str(error)[:2000], "at": now}
    )


def try_again(row: SetAside, now: datetime) -> None:
    """Wind the clock of a case that was put aside, so that the next sweep takes it up."""
    with transaction.atomic():
        engine.lock(row.case_id, by=None, now=now).save()
        row.resolved_at = now
        row.save(update_fields=["resolved_at"])


def lapse(now: datetime) -> int:
    """Perform, for the portal, what a step declares for the end of its limit; the number done."""
    done = 0
    for case_id in Case.objects.filter(lapses_at__lte=now).order_by("lapses_at").values_list("pk", flat=True):
        try:
            done += _lapse_one(case_id, now)
        except (CaseError, DatabaseError) as error:
            _put_aside(case_id, "lapse", error, now)
    return done


def _lapse_one(case_id: int, now: datetime) -> int:
    with transaction.atomic():
        locked = engine.lock(case_id, by=None, now=now).case
        if locked.lapses_at is None or locked.lapses_at > now:
            return 0  # somebody acted in the meantime
        engine.perform(locked, locked.step_declared.lapse, by=None, now=now)
    return 1


# 应恢复未恢复: so many working days after the first alarm those above are told (dossier, section 2).
ESCALATED_AFTER_DAYS = 3


def alarm_overrun_pauses(now: datetime) -> int:
    """Tell of every pause that has outlasted its plan: handler and heads at once, and those above them when
    it still runs some days later; each once. The number told."""
    running = Pause.objects.filter(to_at=None, planned_until_at__lte=now)
    done = _tell_of(running.filter(alarmed_at=None), "pause_overrun", "alarmed_at", now)
    calendar = Calendar.current()
    days_ago = calendar.ordinal(local(now).date()) - ESCALATED_AFTER_DAYS
    since = at(calendar.working_date(days_ago), local(now).time())
    late = running.filter(alarmed_at__lte=since, escalated_at=None)
    return done + _tell_of(late, "pause_escalated", "escalated_at", now)


_TOLD_OF_PAUSES = {
    "pause_overrun": ("handler", "heads"),
    "pause_escalated": ("heads", "leader_in_charge", "supervisors"),
}


def _tell_of(pauses: QuerySet[Pause], verb: str, mark: str, now: datetime) -> int:
    done = 0
    for pause_id, case_id in list(pauses.order_by("pk").values_list("pk", "case_id")):
        with transaction.atomic():
            move = engine.lock(case_id, by=None, now=now)
            mine = Pause.objects.filter(pk=pause_id, to_at=None, **{mark: None})
            if mine.update(**{mark: now}):
                move.log(verb)
                move.tell(f"case.{verb}", *_TOLD_OF_PAUSES[verb])
                move.save()
                done += 1
    return done
