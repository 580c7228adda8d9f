"""Everything that the page of a project shows, read in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.db.models import Exists, OuterRef

from approvals.access import PERMIT
from approvals.actions import STAGES, Clock, Standing, clock_of, standing, stops
from approvals.models import Permit, Project
from approvals.networks import Plan, Task, days_held, leading_to, plan
from approvals.presenting.states import State, running, state_of
from portal.cases import access
from portal.cases.models import Case, Pause, StepLog
from portal.park.acting import Actor
from portal.worktime.clock import Calendar

Row = TypeVar("Row", StepLog, Pause)


@dataclass(frozen=True)
class Shown:
    """A permit with its clock, and how it stands. `seen`: whether its page exists for the reader."""

    permit: Permit
    state: State
    stays: Sequence[StepLog]
    pauses: Sequence[Pause]
    clock: Clock | None
    seen: bool

    @property
    def net_days(self) -> int:
        return days_held([self.clock]) if self.clock else 0


@dataclass(frozen=True)
class Whole:
    """A project as one person sees it at one moment."""

    case: Case
    project: Project
    standing: Standing
    plan: Plan
    shortest_days: int  # of what counts in the total
    permits: Sequence[Shown]
    stays: Sequence[StepLog]  # of the project itself
    pauses: Sequence[Pause]  # of the project itself
    calendar: Calendar
    now: datetime
    inside: bool
    by_key: dict[str, list[Shown]] = field(default_factory=dict)

    def net_days(self, stage: str = "") -> int:
        """Working days on which the clock of an item that counts in the total ran, each day once; of one
        stage, or of the whole. What stops the project stops them all."""
        counted = [p for p in self.permits if p.clock and p.permit.item.counts_in_total]
        clocks = [p.clock for p in counted if p.clock and stage in ("", p.permit.item.stage)]
        latest = max((until for (_after, until), _pauses in clocks), default=0)
        own = stops(self.pauses, self.calendar, latest)
        return days_held((whole, [*pauses, *own]) for whole, pauses in clocks)


def read(case: Case, actor: Actor, now: datetime) -> Whole:
    """The project of a case that the person may see. Five statements, and one for the calendar."""
    project: Project = case.project
    inside = access.is_staff_for(actor, case)
    calendar = Calendar.current()
    permits = _permits(case, actor)
    found = standing(project, permits)
    cases = [case.pk, *(p.pk for p in permits)]
    stays = _grouped(StepLog.objects.filter(case__in=cases).order_by("case", "seq"))
    pauses = _grouped(Pause.objects.filter(case__in=cases).order_by("case", "from_at"))
    shown = [
        Shown(
            permit,
            state_of(permit, running(pauses.get(permit.pk, [])), now, calendar, inside=inside),
            stays.get(permit.pk, []),
            pauses.get(permit.pk, []),
            clock_of(permit, pauses.get(permit.pk, []), calendar, now),
            permit.seen,  # type: ignore[attr-defined]  # annotated
        )
        for permit in permits
        if inside or permit.seen  # type: ignore[attr-defined]  # annotated
    ]
    tasks = [Task(key, place.days or 0, found.after[key]) for key, place in found.places.items()]
    network = plan(tasks)
    counted = [key for key, place in found.places.items() if place.item.counts_in_total]
    shortest = plan(leading_to(tasks, counted)).days
    keys = {place.pk: key for key, place in found.places.items()}
    by_key: dict[str, list[Shown]] = {}
    for one in shown:
        if key := keys.get(one.permit.place_id or 0):
            by_key.setdefault(key, []).append(one)
    shown.sort(key=lambda one: _order(one, network, keys))
    own = (stays.get(case.pk, []), pauses.get(case.pk, []))
    return Whole(case, project, found, network, shortest, shown, *own, calendar, now, inside, by_key)


def _permits(case: Case, actor: Actor) -> list[Permit]:
    seen = Exists(access.visible_to(actor).filter(pk=OuterRef("case")))
    near = ("case__team", "case__assignee", "item__team", "place")
    return list(
        Permit.objects.filter(project=case.pk).select_related(*near).annotate(seen=seen).order_by("sequence")
    )


def _grouped(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.case_id, []).append(row)
    return found


def _order(one: Shown, network: Plan, keys: dict[int, str]) -> tuple[int, int, datetime, str, int]:
    """By stage, then in the order in which the procedure lets them begin, then as they came."""
    stages = [stage.value for stage in STAGES]
    stage = one.permit.item.stage
    key = keys.get(one.permit.place_id or 0)
    start = network.places[key].start if key else 0
    came = one.permit.accepted_at or one.permit.case.opened_at
    place = stages.index(stage) if stage in stages else len(stages)
    return (place, start, came, one.permit.item.code, one.permit.sequence)


def may_file(whole: Whole, actor: Actor) -> bool:
    """Whether the person files permits of the project: for the enterprise, or as its filing agent."""
    if access.only_looks(actor, whole.case):
        return False
    return actor.may_act_for(whole.case.enterprise_id, PERMIT) or whole.project.agent_id == actor.user.pk
