"""The second writer of cases: history that comes in by ledger, in bulk.

What it writes is what the engine would have written at those moments: stays, clocks by the portal's
own calendar, participants, rating, and an event "imported" that names the file. No notices, and no
alerts for what is closed; an open case is wound, so that the sweep takes it up like any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Q, QuerySet

from portal.cases import clock, standards
from portal.cases.declaration import Flow, flow_of
from portal.cases.models import Case, Holder, Participant, Pause, Rating, StepLog
from portal.cases.standards import PROMISE, Standard, standard
from portal.copying import blank, copy_models, copy_rows
from portal.worktime.clock import Calendar, Limit

IMPORTED = "imported"  # the verb of the event, and how a stay ended
BATCH = 1000
_ENCODER = DjangoJSONEncoder(ensure_ascii=False)


@dataclass(slots=True)
class Stay:
    """One stay in a step; `left_at` None while the case is there."""

    step: str
    team_id: int
    entered_at: datetime
    left_at: datetime | None = None


@dataclass(slots=True)
class History:
    """The life of one case as a ledger tells it. `step` is where it is now; an end when closed."""

    number: str
    title: str
    enterprise_id: int | None
    team_id: int
    step: str
    opened_at: datetime
    stays: Sequence[Stay]
    clock_from_at: datetime | None = None
    promise: Limit | None = None  # in place of what the kind of case promises
    closed_at: datetime | None = None
    outcome: str = ""
    grade: str = ""
    sealed: bool = False
    parent_id: int | None = None
    participants: frozenset[int] = frozenset()
    rating: int | None = None
    rating_comment: str = ""
    row: int = 0


class _Clock:
    """What every clock of one kind needs."""

    def __init__(self, kind: str) -> None:
        self.flow: Flow = flow_of(kind)
        self.calendar = Calendar.held()
        self.standard: Standard = standard(standards.current_id(kind))
        self.fresh_case = blank(Case, kind=kind, standard_id=self.standard.id, event_seq=1)
        self.fresh_stay = blank(StepLog)

    def fill(self, case: Case, history: History) -> None:
        """Everything of the case that the ledger says, without its clock."""
        step = self.flow.step(history.step)
        case.number, case.title, case.grade = history.number, history.title[:200], history.grade
        case.sealed, case.step, case.holder = history.sealed, step.name, step.holder
        case.enterprise_id, case.team_id, case.parent_id = (
            history.enterprise_id,
            history.team_id,
            history.parent_id,
        )
        case.opened_at, case.clock_from_at = history.opened_at, history.clock_from_at
        case.closed_at, case.outcome = history.closed_at, history.outcome
        case.entered_at = history.closed_at or history.stays[-1].entered_at
        case.stay_seq = len(history.stays)
        self.promise(case, history.promise)

    def promise(self, case: Case, own: Limit | None) -> None:
        limit = (own or self.standard.limit(PROMISE, case.grade)) if case.clock_from_at else None
        case.promise_amount = limit.amount if limit else None
        if limit:
            case.promise_unit = limit.unit

    def stay(self, case: Case, seq: int, told: Stay, row: StepLog | None = None) -> StepLog:
        """The row of a stay, with the limit that rules it."""
        step = self.flow.step(told.step)
        limit = self.standard.limit(step.name, case.grade)
        row = row or self.fresh_stay()
        row.case_id, row.seq = case.pk, seq
        row.step, row.team_id, row.holder = step.name, told.team_id, step.holder
        row.entered_at, row.left_at = told.entered_at, told.left_at
        row.left_via = IMPORTED if told.left_at else ""
        row.limit_amount, row.limit_unit = (limit.amount, limit.unit) if limit else (None, "")
        return row

    def wind(self, case: Case, stays: Sequence[StepLog], pauses: Sequence[Pause]) -> None:
        """Every moment of the case and of its stays, as the engine would have them."""
        for stay in stays:
            if stay.left_at is not None:
                self._close_stay(stay, pauses)
        if case.closed_at is not None:
            self._close(case, pauses)
        else:
            open_stay = next(stay for stay in stays if stay.left_at is None)
            rules = standard(case.standard_id)
            clock.wind(case, open_stay, pauses, calendar=self.calendar, standard=rules)

    def _close_stay(self, stay: StepLog, pauses: Sequence[Pause]) -> None:
        own = clock.stay_limit(stay)
        spans = clock.step_spans(pauses)
        stay.due_at = self.calendar.due_at(stay.entered_at, own, spans) if own else None
        if stay.left_at is not None:
            clock.close_stay(
                stay,
                pauses,
                at=stay.left_at,
                via=stay.left_via,
                by_id=stay.left_by_id,
                calendar=self.calendar,
            )

    def _close(self, case: Case, pauses: Sequence[Pause]) -> None:
        limit = clock.promise_limit(case)
        case.promise_due_at = None
        if limit is not None and case.clock_from_at is not None:
            case.promise_due_at = self.calendar.due_at(case.clock_from_at, limit, clock.spans(pauses))
        case.due_at = case.promise_due_at
        case.warn_at = case.next_alert_at = case.lapses_at = case.paused_at = None
        case.holder = Holder.DEPARTMENT
        if case.closed_at is not None:
            case.used_days = clock.net_days(case, pauses, case.closed_at, self.calendar)
            case.elapsed_days = self.calendar.elapsed_days(case.opened_at, case.closed_at)


def bulk_open(kind: str, histories: Sequence[History], *, source: str, now: datetime) -> list[Case]:
    """Write the cases that a ledger tells of, in the given order; the cases with their keys.

    The caller writes the facts of its domain. Raises IntegrityError for a number that is there.
    """
    done: list[Case] = []
    ticking = _Clock(kind)
    for start in range(0, len(histories), BATCH):
        done += _open_batch(ticking, histories[start : start + BATCH], source, now)
    return done


def _open_batch(ticking: _Clock, batch: Sequence[History], source: str, now: datetime) -> list[Case]:
    cases, stays, ratings, taking_part = [], [], [], []
    for pk, history in zip(_fresh_keys(len(batch)), batch, strict=True):
        case = ticking.fresh_case()
        case.pk = pk
        ticking.fill(case, history)
        own = [ticking.stay(case, seq, told) for seq, told in enumerate(history.stays, start=1)]
        ticking.wind(case, own, ())
        cases.append(case)
        stays += own
        teams = history.participants or frozenset([history.team_id])
        taking_part += [(pk, team) for team in sorted(teams)]
        ratings += _ratings(case, history)
    data = [_told(source, history.row) for history in batch]
    _record_first(cases, data, now)
    copy_models(cases)
    copy_models(stays)
    copy_rows(Participant._meta.db_table, ("case_id", "team_id"), taking_part)
    copy_models(ratings)
    _insert_events(cases, data, now)
    return cases


def _ratings(case: Case, history: History) -> list[Rating]:
    """The rating of a case, if it has one. The ledger does not know when: the closing stands for it."""
    if history.rating is None or history.closed_at is None:
        return []
    comment, at = history.rating_comment, history.closed_at
    return [Rating(case_id=case.pk, level=history.rating, comment=comment, rated_at=at)]


def _told(source: str, row: int, **more: Any) -> str:
    data = {"internal": {"file": source, "row": row, **more}}
    return _ENCODER.encode(data)


def _fresh_keys(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('cases_case', 'id')) FROM generate_series(1, %s)", [count]
        )
        return [row[0] for row in cursor.fetchall()]


_FIRST_HASHES = """
SELECT cases_event_hash('', g.id, 1, 'imported', NULL, %(now)s, g.data::jsonb)
FROM unnest(%(ids)s::bigint[], %(data)s::text[]) WITH ORDINALITY AS g(id, data, n) ORDER BY g.n
"""
_INSERT_FIRST = """
INSERT INTO cases_event (case_id, seq, verb, actor_id, data, at, previous_hash, hash)
SELECT g.id, 1, 'imported', NULL, g.data::jsonb, %(now)s, '', g.hash
FROM unnest(%(ids)s::bigint[], %(data)s::text[], %(hashes)s::text[]) AS g(id, data, hash)
"""
_APPEND = """
WITH given AS (
    SELECT * FROM unnest(%(ids)s::bigint[], %(data)s::text[]) AS g(id, data)
), before AS (
    SELECT c.id, c.event_hash FROM cases_case c JOIN given g ON g.id = c.id
), moved AS (
    UPDATE cases_case c SET
        version = c.version + 1,
        event_seq = c.event_seq + 1,
        event_hash = cases_event_hash(
            c.event_hash, c.id, c.event_seq + 1, 'imported', NULL, %(now)s, g.data::jsonb)
    FROM given g WHERE g.id = c.id
    RETURNING c.id, c.event_seq, c.event_hash
)
INSERT INTO cases_event (case_id, seq, verb, actor_id, data, at, previous_hash, hash)
SELECT m.id, m.event_seq, 'imported', NULL, g.data::jsonb, %(now)s, b.event_hash, m.event_hash
FROM moved m JOIN before b ON b.id = m.id JOIN given g ON g.id = m.id
"""


def _record_first(cases: Sequence[Case], data: Sequence[str], now: datetime) -> None:
    """Give new cases the hash of their first event, so that their rows are written once only."""
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_HASHES, {"ids": [c.pk for c in cases], "data": list(data), "now": now})
        for case, (found,) in zip(cases, cursor.fetchall(), strict=True):
            case.event_hash = found


def _insert_events(cases: Sequence[Case], data: Sequence[str], now: datetime) -> None:
    given: dict[str, Any] = {
        "ids": [c.pk for c in cases],
        "data": list(data),
        "hashes": [c.event_hash for c in cases],
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_FIRST, given)


def record(changed: Mapping[int, Mapping[str, Any]], *, source: str, now: datetime) -> None:
    """Add an event "imported" to cases that are there: case id → what to say of it (with its `row`)."""
    if not changed:
        return
    data = [_told(source, **{"row": 0, **what}) for what in changed.values()]
    with connection.cursor() as cursor:
        cursor.execute(_APPEND, {"ids": list(changed), "data": data, "now": now})


def untouched(case_ids: Sequence[int]) -> set[int]:
    """Which of these came by ledger and have not been handled in the portal since."""
    handled = StepLog.objects.exclude(left_via__in=("", IMPORTED))
    mine = Case.objects.filter(pk__in=case_ids, assignee=None, opened_by=None).exclude(stay_seq=0)
    mine = mine.exclude(pk__in=handled.filter(case__in=case_ids).values("case"))
    rated = Q(rating__rated_by__isnull=False)
    return set(mine.exclude(rated).values_list("pk", flat=True))


def bulk_rewrite(
    kind: str, histories: Mapping[int, History], *, changes: Mapping[int, Any], source: str, now: datetime
) -> None:
    """Tell the history of untouched imported cases anew, where a ledger has changed.

    `changes` (case id → before and after) go into the event, so that the change is on record.
    """
    ticking = _Clock(kind)
    record(
        {pk: {"row": h.row, "changed": changes[pk]} for pk, h in histories.items()}, source=source, now=now
    )
    for case, stays, pauses in _load(Case.objects.filter(pk__in=list(histories))):
        history = histories[case.pk]
        ticking.fill(case, history)
        case.used_days = case.elapsed_days = None
        known = {stay.seq: stay for stay in stays}
        own = [
            ticking.stay(case, n, told, known.pop(n, None)) for n, told in enumerate(history.stays, start=1)
        ]
        for stay in own:
            stay.used_days = stay.met = None
        StepLog.objects.filter(pk__in=[stay.pk for stay in known.values()]).delete()
        ticking.wind(case, own, pauses)
        _save(case, own)
        Participant.objects.bulk_create(
            [Participant(case=case, team_id=t) for t in history.participants], ignore_conflicts=True
        )
        Rating.objects.filter(case=case).delete()
        Rating.objects.bulk_create(_ratings(case, history))


def recompute(kind: str, case_ids: Sequence[int]) -> None:
    """Wind the clocks of cases whose pauses have changed: the open ones, and the figures of the closed."""
    ticking = _Clock(kind)
    for start in range(0, len(case_ids), BATCH):
        batch = Case.objects.filter(pk__in=case_ids[start : start + BATCH])
        cases, changed = [], []
        for case, stays, pauses in _load(batch):
            case.pause_count = len(pauses)
            ticking.wind(case, stays, pauses)
            cases.append(case)
            changed += stays
        Case.objects.bulk_update(cases, CLOCK_FIELDS, batch_size=200)
        StepLog.objects.bulk_update(changed, ("due_at", "used_days", "met"), batch_size=500)


CLOCK_FIELDS = (
    "pause_count",
    "promise_due_at",
    "due_at",
    "warn_at",
    "next_alert_at",
    "alert_level",
    "lapses_at",
    "used_days",
    "elapsed_days",
)


def _load(rows: QuerySet[Case]) -> list[tuple[Case, list[StepLog], list[Pause]]]:
    """Cases, locked, with their stays and pauses: three statements."""
    cases = list(rows.select_for_update(of=("self",)).order_by("pk"))
    stays: dict[int, list[StepLog]] = {}
    pauses: dict[int, list[Pause]] = {}
    for stay in StepLog.objects.filter(case__in=cases).order_by("case", "seq"):
        stays.setdefault(stay.case_id, []).append(stay)
    for pause in Pause.objects.filter(case__in=cases).order_by("from_at"):
        pauses.setdefault(pause.case_id, []).append(pause)
    return [(case, stays.get(case.pk, []), pauses.get(case.pk, [])) for case in cases]


def _save(case: Case, stays: Sequence[StepLog]) -> None:
    case.save(force_update=True)
    for stay in stays:
        stay.save()
