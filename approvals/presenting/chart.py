"""建设流程图: how many projects are in each stage, how many permits at each item, and what is late there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case as Choose
from django.db.models import CharField, Count, F, OuterRef, Q, Subquery, Value, When
from django.urls import reverse

from approvals.access import PERMIT, PROJECT
from approvals.models import ProcedureItem, ProcedureVersion, ServiceItem
from approvals.presenting.lists import permit_states
from approvals.presenting.project import RAIL
from portal.cases.access import visible_to
from portal.park.acting import Actor

STATES = ("filing", "running", "paused", "late")


@dataclass(frozen=True)
class Counted:
    """How many permits are in a state, and where their list is."""

    state: str
    n: int
    href: str


@dataclass(frozen=True)
class Node:
    """One item: how many permits are where."""

    label: str
    team: str
    href: str
    counts: Sequence[Counted]

    @property
    def late(self) -> int:
        return next(count.n for count in self.counts if count.state == "late")

    @property
    def is_quiet(self) -> bool:
        return not any(count.n for count in self.counts)


@dataclass(frozen=True)
class Column:
    """One stage: how many projects are in it, and its items."""

    label: str
    projects: int
    href: str
    nodes: Sequence[Node]
    late: int


def columns(actor: Actor, now: datetime) -> list[Column]:
    """The five stages; whatever is counted, in one statement, and one more for the items' names."""
    stages, permits = _counts(actor, now)
    items = ServiceItem.objects.filter(Q(pk__in=list(permits)) | Q(pk__in=_in_procedures()))
    by_stage: dict[str, list[Node]] = {stage: [] for stage in RAIL}
    for item in items.select_related("team").order_by("code"):
        # What belongs to no stage of its own is handled while land is taken over.
        by_stage.get(item.stage, by_stage["land"]).append(_node(item, permits.get(item.pk, {})))
    return [_column(stage, stages.get(stage, 0), by_stage[stage]) for stage in RAIL]


def _counts(actor: Actor, now: datetime) -> tuple[dict[str, int], dict[int, dict[str, int]]]:
    """Stage → open projects; item → state → open permits: within sight of the person, in one statement."""
    is_project = Q(kind=PROJECT)
    stage = Choose(When(is_project, then=F("step")), default=Value(""), output_field=CharField())
    conditions = permit_states(now)
    counted: Any = {state: Count("pk", filter=conditions[state]) for state in STATES}
    cases = visible_to(actor).filter(kind__in=[PROJECT, PERMIT], closed_at=None)
    groups = cases.order_by().values(stage=stage, item=F("permit__item")).annotate(n=Count("pk"), **counted)
    stages: dict[str, int] = {}
    permits: dict[int, dict[str, int]] = {}
    for row in groups:
        if row["item"] is None:
            stages[row["stage"]] = row["n"]
        else:
            permits[row["item"]] = {state: row[state] for state in STATES}  # type: ignore[literal-required]  # counted
    return stages, permits


def _in_procedures() -> Any:
    """The items of the procedures under which projects are opened today."""
    newest = ProcedureVersion.objects.filter(
        procedure=OuterRef("version__procedure"), published_at__isnull=False
    )
    current = ProcedureItem.objects.filter(
        version__procedure__active=True, version=Subquery(newest.order_by("-number").values("pk")[:1])
    )
    return current.values("item")


def _node(item: ServiceItem, counts: dict[str, int]) -> Node:
    return Node(
        item.label,
        item.team.label,
        _permits(item=item.pk),
        [Counted(state, counts.get(state, 0), _permits(item=item.pk, state=state)) for state in STATES],
    )


def _permits(**asked: object) -> str:
    return f"{reverse('approvals:permit_list')}?{urlencode(asked)}"


def _column(stage: str, n: int, nodes: Sequence[Node]) -> Column:
    return Column(
        str(ServiceItem.Stage(stage).label),
        n,
        f"{reverse('approvals:project_list')}?{urlencode({'stage': stage})}",
        nodes,
        sum(node.late for node in nodes),
    )
