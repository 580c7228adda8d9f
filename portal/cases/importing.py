"""Cases that come in by ledger: history written in bulk, with the clocks that the engine would give.

Beside the engine this is the only writer of cases. An imported case that has never been touched in
the portal (version 1) may be imported again with changes; any other belongs to the engine.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from portal.cases import clock, standards
from portal.cases.declaration import flow_of
from portal.cases.models import Case, Participant, Pause, StepLog
from portal.cases.standards import PROMISE, Standard
from portal.worktime.clock import Calendar

BATCH = 1000


@dataclass(frozen=True)
class ImportedStay:
    """One stay: it ends when the next begins, or when the case closes."""

    step: str
    team_id: int
    entered_at: datetime


@dataclass(frozen=True)
class ImportedCase:
    """A case as a ledger tells it. Moments are facts; everything else is computed."""

    number: str
    title: str
    enterprise_id: int
    team_id: int
    grade: str
    opened_at: datetime
    accepted_at: datetime | None
    closed_at: datetime | None
    outcome: str
    end_step: str
    stays: Sequence[ImportedStay]


_EVENTS = """
WITH fresh AS (
    UPDATE cases_case SET
        event_seq = event_seq + 1,
        event_hash = cases_event_hash(event_hash, id, event_seq + 1, 'imported', NULL, %(now)s, %(data)s::jsonb)
    WHERE id = ANY(%(ids)s)
    RETURNING id, event_seq, event_hash
), before AS (
    SELECT id, event_hash FROM cases_case WHERE id = ANY(%(ids)s)
)
INSERT INTO cases_event (case_id, seq, verb, actor_id, data, at, previous_hash, hash)
SELECT f.id, f.event_seq, 'imported', NULL, %(data)s::jsonb, %(now)s, b.event_hash, f.event_hash
FROM fresh f JOIN before b ON b.id = f.id
"""


def bulk_write(kind: str, rows: Iterable[ImportedCase], *, source: str, now: datetime) -> dict[str, int]:
    """Write cases of one kind, new or imported before; number → id. `source` names the file."""
    ids: dict[str, int] = {}
    batch: list[ImportedCase] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            ids |= _write(kind, batch, source=source, now=now)
            batch = []
    return ids | (_write(kind, batch, source=source, now=now) if batch else {})


def _write(kind: str, rows: Sequence[ImportedCase], *, source: str, now: datetime) -> dict[str, int]:
    calendar = Calendar.current()
    known = {c.number: c for c in Case.objects.filter(kind=kind, number__in=[r.number for r in rows])}
    pauses = _pauses_of([c.pk for c in known.values() if c.pause_count])
    standard_id = standards.current_id(kind)
    rules = standards.standard(standard_id)
    fresh: list[Case] = []
    again: list[Case] = []
    stays: list[StepLog] = []
    for row in rows:
        case = known.get(row.number)
        (again if case else fresh).append(case := case or Case(kind=kind, standard_id=standard_id))
        stays += _fill(case, row, pauses.get(case.pk or 0, []), calendar, rules)
    Case.objects.bulk_create(fresh)
    StepLog.objects.filter(case__in=again).delete()
    if again:
        Case.objects.bulk_update(again, _FIELDS)
    for stay in stays:
        stay.case_id = stay.case.pk
    StepLog.objects.bulk_create(stays)
    written = fresh + again
    seen = {(s.case_id, s.team_id) for s in stays}
    Participant.objects.bulk_create(
        [Participant(case_id=case_id, team_id=team_id) for case_id, team_id in sorted(seen)],
        ignore_conflicts=True,
    )
    _record([c.pk for c in written], source, now)
    return {c.number: c.pk for c in written}


_FIELDS = (
    "step",
    "title",
    "grade",
    "holder",
    "enterprise",
    "team",
    "opened_at",
    "entered_at",
    "clock_from_at",
    "promise_amount",
    "promise_unit",
    "promise_due_at",
    "warn_at",
    "due_at",
    "next_alert_at",
    "alert_level",
    "lapses_at",
    "closed_at",
    "outcome",
    "used_days",
    "elapsed_days",
    "stay_seq",
)


def _fill(
    case: Case, row: ImportedCase, pauses: list[Pause], calendar: Calendar, rules: Standard
) -> list[StepLog]:
    """Set every column of a case from its row; its stays, closed or open."""
    flow = flow_of(case.kind)
    case.number, case.title, case.grade = row.number, row.title, row.grade
    case.enterprise_id, case.team_id = row.enterprise_id, row.team_id
    case.opened_at, case.clock_from_at = row.opened_at, row.accepted_at
    promise = rules.limit(PROMISE, row.grade)
    if row.accepted_at is not None and promise is not None:
        case.promise_amount, case.promise_unit = promise.amount, promise.unit
    stays = []
    for seq, told in enumerate(row.stays, 1):
        limit = rules.limit(told.step, row.grade)
        stays.append(
            StepLog(
                case=case,
                seq=seq,
                step=told.step,
                team_id=told.team_id,
                holder=flow.step(told.step).holder,
                entered_at=told.entered_at,
                limit_amount=limit.amount if limit else None,
                limit_unit=limit.unit if limit else "",
            )
        )
    case.stay_seq = len(stays)
    case.step = row.end_step if row.closed_at else row.stays[-1].step
    case.holder = flow.step(case.step).holder
    case.entered_at = row.closed_at or row.stays[-1].entered_at
    case.closed_at, case.outcome = row.closed_at, row.outcome if row.closed_at else ""
    _compute(case, stays, pauses, calendar, rules)
    return stays


def _compute(
    case: Case, stays: Sequence[StepLog], pauses: list[Pause], calendar: Calendar, rules: Standard
) -> None:
    """Clocks of a case and its stays from the facts, as the engine winds them."""
    ends = [s.entered_at for s in stays[1:]] + [case.closed_at]
    for stay, end in zip(stays, ends, strict=True):
        limit = clock.stay_limit(stay)
        if limit is not None:
            stay.due_at = calendar.due_at(stay.entered_at, limit, clock.step_spans(pauses))
        if end is not None:
            clock.close_stay(stay, pauses, at=end, via="", by_id=None, calendar=calendar)
    if case.closed_at is None:
        clock.wind(case, stays[-1], pauses, calendar=calendar, standard=rules)
        return
    promise = clock.promise_limit(case)
    if promise is not None and case.clock_from_at is not None:
        case.promise_due_at = calendar.due_at(case.clock_from_at, promise, clock.spans(pauses))
    case.due_at = case.promise_due_at
    case.warn_at = case.next_alert_at = case.lapses_at = None
    case.used_days = clock.net_days(case, pauses, case.closed_at, calendar)
    case.elapsed_days = calendar.elapsed_days(case.opened_at, case.closed_at)


def _pauses_of(case_ids: Sequence[int]) -> dict[int, list[Pause]]:
    found: dict[int, list[Pause]] = {}
    for pause in Pause.objects.filter(case__in=case_ids).order_by("from_at"):
        found.setdefault(pause.case_id, []).append(pause)
    return found


def _record(ids: Sequence[int], source: str, now: datetime) -> None:
    data = json.dumps({"internal": {"file": source}}, ensure_ascii=False)
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, {"ids": list(ids), "data": data, "now": now})


def rewind(case_ids: Iterable[int]) -> None:
    """Compute the clocks of cases anew after their pauses have changed."""
    calendar = Calendar.current()
    wanted = sorted(set(case_ids))
    for start in range(0, len(wanted), BATCH):
        cases = list(Case.objects.filter(pk__in=wanted[start : start + BATCH]))
        pauses = _pauses_of([c.pk for c in cases])
        stays: dict[int, list[StepLog]] = {}
        for stay in StepLog.objects.filter(case__in=cases).order_by("seq"):
            stays.setdefault(stay.case_id, []).append(stay)
        for case in cases:
            case.pause_count = len(pauses.get(case.pk, []))
            _compute(
                case, stays[case.pk], pauses.get(case.pk, []), calendar, standards.standard(case.standard_id)
            )
        Case.objects.bulk_update(cases, (*_FIELDS, "pause_count"))
        every = [s for found in stays.values() for s in found]
        StepLog.objects.bulk_update(every, ("due_at", "used_days", "met"))
