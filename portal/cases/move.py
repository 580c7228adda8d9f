"""One move of one case: everything that an effect may read and do, and how it is written.

A move lives inside a transaction that holds the lock on its case. Domains get it in their
effects and guards; only the engine makes one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model

from portal.accounts.models import User
from portal.cases import access, circle, clock, facts, timeline
from portal.cases.declaration import Flow, Step, Transition
from portal.cases.models import Case, Holder, Pause, Signature, StepLog
from portal.cases.standards import PROMISE, Standard, standard
from portal.cases.statements import Written, state
from portal.notices import outbox
from portal.park.acting import Actor
from portal.park.models import Team
from portal.prepared import Call, Prepared, run_together
from portal.worktime.clock import Calendar, Limit, Unit

_PARTICIPATE = Prepared(
    "participate", "INSERT INTO cases_participant (case_id, team_id) VALUES (%s, %s) ON CONFLICT DO NOTHING"
)

_OF_CASE = """
SELECT who.user_id FROM cases_case m CROSS JOIN LATERAL ({people}) who(user_id) WHERE m.id = %(case)s
"""  # the words' own definitions
_CASES, _STAYS = Written(Case, unless="filing_token"), Written(StepLog)

_batch: ContextVar[str] = ContextVar("batch", default="")


@contextmanager
def within_batch(batch_id: UUID) -> Iterator[None]:
    """Every line that is logged inside names the batch."""
    token = _batch.set(str(batch_id))
    try:
        yield
    finally:
        _batch.reset(token)


class Move:
    """What happens to one locked case in one transaction."""

    def __init__(
        self, case: Case, *, by: Actor | None, now: datetime, calendar: Calendar, stay: StepLog | None
    ) -> None:
        self.case = case
        self.flow: Flow = case.flow
        self.by = by
        self.now = now
        self.calendar = calendar
        self.stay = stay
        self._stay_as_read = state(stay) if stay is not None else None
        self.data: Mapping[str, Any] = {}
        self.target = case.step
        self.outcome = ""
        self._pauses: list[Pause] | None = None
        self._told: list[tuple[str, tuple[str, ...], Mapping[str, Any]]] = []
        self._arrived = False
        self._writes: list[Call] = []
        self._own_limit: Limit | None = None

    # What effects read ---------------------------------------------------------------------------

    @property
    def user(self) -> User | None:
        return self.by.user if self.by else None

    @property
    def user_id(self) -> int | None:
        return self.by.user.pk if self.by else None

    @property
    def standard(self) -> Standard:
        return standard(self.case.standard_id)

    @property
    def pauses(self) -> list[Pause]:
        """All pauses of the case; asks the database only when there are any."""
        if self._pauses is None:
            self._pauses = list(self.case.pauses.order_by("from_at")) if self.case.pause_count else []
        return self._pauses

    # What effects do -----------------------------------------------------------------------------

    def route(self, team: Team) -> None:
        """Put the case into another team's queue, claimed by nobody."""
        if team.pk != self.case.team_id:
            self.case.team = team
            self.case.assignee = None
            self._arrived = True

    def assign(self, user: User | None) -> None:
        self.case.assignee = user
        if user is not None:
            circle.let_in(self.case, [user.pk], self.now)

    def regrade(self, grade: str, *, urgent: bool | None = None) -> None:
        """Change grade and urgency; a clock that runs is recomputed from its old start."""
        self.case.grade = grade
        if urgent is not None:
            self.case.urgent = urgent
        if self.case.clock_from_at is not None:
            self.promise()

    def promise(self, limit: Limit | None = None) -> None:
        """Set the promised time of the case: what was agreed on for it, else from its standard and grade."""
        limit = limit or self.standard.limit(PROMISE, self.case.grade)
        if limit is not None:
            self.case.promise_amount, self.case.promise_unit = limit.amount, limit.unit

    def allow(self, limit: Limit) -> None:
        """Give the step that the case enters next a limit of its own, in place of its standard's."""
        self._own_limit = limit

    def lengthen_stay(self, days: int) -> None:
        """Give the present stay so many working days more, if its limit is counted in them."""
        stay = self.stay
        if stay is not None and stay.limit_amount is not None and stay.limit_unit == Unit.WORKING_DAY:
            stay.limit_amount += days

    def start_clock(self, at: datetime | None = None) -> None:
        """The promise counts from this moment (acceptance), or from an earlier one."""
        self.case.clock_from_at = at or self.now
        self.promise()

    def keep(self, row: Model) -> None:
        """Write the domain's row of this case (its facts) as it now stands."""
        facts.write(row)

    def tell(self, key: str, *words: str, **params: Any) -> None:
        """Tell the people whom the access words mean, when all is written; never the actor."""
        self._told.append((key, words, params))

    def log(self, verb: str, **data: Any) -> None:
        """Add a line to the timeline."""
        if batch := _batch.get():
            data["batch"] = batch
        timeline.append(self.case, verb, by_id=self.user_id, at=self.now, data=data)

    # How it is written ---------------------------------------------------------------------------

    def enter(self, step: Step, *, via: str) -> None:
        """Leave the present step for another: close the stay, open the next, or close the case."""
        self.leave(via=via)
        case = self.case
        case.step, case.entered_at, case.holder = step.name, self.now, step.holder
        if step.is_end:
            self.close(self.outcome or step.outcome)
            return
        if not step.counts:
            self.add_pause(Pause(reason=Pause.Reason.TURN, from_at=self.now))
        limit = self._own_limit or self.standard.limit(step.name, case.grade)
        self._own_limit = None
        case.stay_seq += 1
        self.stay = StepLog(
            case=case,
            seq=case.stay_seq,
            step=step.name,
            team_id=case.team_id,
            holder=step.holder,
            entered_at=self.now,
            limit_amount=limit.amount if limit else None,
            limit_unit=limit.unit if limit else "",
        )

    def leave(self, *, via: str) -> None:
        """Close the open stay and, where the step stood still for somebody outside, its pause."""
        stay = self.stay
        if stay is None:
            return
        for pause in self.pauses if self.case.pause_count else ():
            if pause.to_at is None:
                pause.to_at, pause.resumed_by_id = self.now, self.user_id
                pause.save(update_fields=["to_at", "resumed_by"])
        self.case.paused_at = None
        clock.close_stay(stay, self.pauses, at=self.now, via=via, by_id=self.user_id, calendar=self.calendar)
        _STAYS.save(stay)
        self.stay = None

    def add_pause(self, pause: Pause) -> Pause:
        pause.case = self.case
        pauses = self.pauses
        pause.save()
        self.case.pause_count += 1
        pauses.append(pause)
        return pause

    def close(self, outcome: str) -> None:
        """End the case with an outcome; net and elapsed days are stored once and for all."""
        case = self.case
        case.closed_at, case.outcome = self.now, outcome
        case.due_at = case.promise_due_at
        case.warn_at = case.next_alert_at = case.lapses_at = case.paused_at = None
        case.holder = Holder.DEPARTMENT
        case.used_days = clock.net_days(case, self.pauses, self.now, self.calendar)
        case.elapsed_days = self.calendar.elapsed_days(case.opened_at, self.now)

    def wind(self) -> None:
        """Recompute every moment of the clock, and keep the open stay in step with its case."""
        if self.case.closed_at is None and self.stay is not None:
            clock.wind(self.case, self.stay, self.pauses, calendar=self.calendar, standard=self.standard)
            self.stay.team_id = self.case.team_id

    def insert(self) -> bool:
        """Write the row of a new case; False when its filing token is used."""
        return _CASES.add(self.case)

    def save(self) -> None:
        """Write stay, case, participant and notices, in one go. The last thing of every move."""
        self.wind()
        writes, self._writes = self._writes, []
        if self.stay is not None and self.stay._state.adding:
            _STAYS.save(self.stay)
        elif self.stay is not None and state(self.stay) != self._stay_as_read:
            writes.append(_STAYS.update(self.stay))
        self.case.version += 1
        writes.append(_CASES.update(self.case))
        if self._arrived:
            writes.append(participation(self.case.pk, self.case.team_id))
        self._send(writes)

    def participate(self, team_id: int) -> None:
        """Give a team lasting sight of the case."""
        with connection.cursor() as cursor:
            statement, values = participation(self.case.pk, team_id)
            statement.run(cursor, values)

    def write_along(self, write: Call) -> None:
        """Have it written when the move is saved: for what nothing before then asks for."""
        self._writes.append(write)

    def _send(self, writes: list[Call]) -> None:
        """Tell the people; and once per matter the groups and systems that listen to the team.

        What is to be written before goes along with the first that is told.
        """
        case = self.case
        if not self._told:
            with connection.cursor() as cursor:
                run_together(cursor, *writes)
        heard: set[str] = set()
        for key, words, extra in self._told:
            withheld = case.sealed or case.confidential
            team_id = case.team_id if key not in heard and not withheld else None
            heard.add(key)
            params = {"number": case.number, "title": case.title, "kind": case.kind, "step": case.step}
            outbox.tell_of(
                case.pk,
                _OF_CASE.format(people=access.people(words)),
                key,
                {**params, **extra},
                now=self.now,
                urgent=case.urgent,
                actor_id=self.user_id,
                team_id=team_id,
                along=writes,
            )
            writes = []


def participation(case_id: int, team_id: int) -> Call:
    """What gives a team lasting sight of a case."""
    return _PARTICIPATE, [case_id, team_id]


def performers(case: Case, guarded: Transition) -> set[int]:
    """Who has done what the guarded transition wants another pair of eyes for. One statement."""
    signed = case.signatures.filter(rule=guarded.name, side=Signature.Side.FIRST).values_list("user_id")
    left = case.stays.filter(left_via__in=guarded.not_by, left_by__isnull=False).values_list("left_by_id")
    return {by for (by,) in signed.union(left) if by is not None}
