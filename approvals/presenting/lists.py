"""Rows of the lists of projects and permits, and which cases they are: at most three statements a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from approvals.access import PERMIT, PROJECT
from approvals.actions import ENDED_WITHOUT
from approvals.forms.overview import PermitFilter, ProjectFilter
from approvals.models import Permit, Project
from approvals.reports.held import project_days
from portal.cases import keyset
from portal.cases.access import visible_to
from portal.cases.models import Case
from portal.cases.queue import overdue
from portal.cases.search import words
from portal.park.acting import Actor

LATE_NAMED = 3
BESIDE_PROJECT = ("enterprise", "team", "project__version__procedure")
BESIDE_PERMIT = ("enterprise", "assignee", "team", "parent")


@dataclass(frozen=True)
class ProjectRow:
    """One project in the list. `late_items` are overdue; `vacant` are the roles that nobody holds."""

    href: str
    number: str
    name: str
    enterprise: str
    stage: str
    mode: str
    is_key: bool
    net_days: int
    promised_days: int | None
    late: int
    late_items: str
    vacant: str

    @property
    def is_over(self) -> bool:
        return self.promised_days is not None and self.net_days > self.promised_days


def permit_states(now: datetime) -> dict[str, Q]:
    """Which permits each state means, among cases."""
    alive, filing = Q(closed_at=None), Q(step="filing")
    return {
        "filing": alive & filing,
        "running": alive & ~filing & Q(paused_at=None),
        "late": alive & overdue(now),
        "paused": alive & ~filing & Q(paused_at__isnull=False),
        "granted": Q(permit__decision=Permit.Decision.GRANTED),
        "ended": Q(outcome__in=ENDED_WITHOUT, closed_at__isnull=False),
    }


def projects(actor: Actor, asked: ProjectFilter, now: datetime) -> QuerySet[Case]:
    """The projects that the person sees, as narrowed."""
    found: QuerySet[Case] = visible_to(actor).filter(kind=PROJECT)
    stage = asked.chosen("stage")
    if stage == "closed":
        found = found.filter(closed_at__isnull=False)
    elif stage:
        found = found.filter(step=stage, closed_at=None)
    if mode := asked.chosen("mode"):
        found = found.alias(mode=_of_project("mode")).filter(mode=mode)
    if asked.chosen("key") and not actor.agencies:
        found = found.alias(is_key=_of_project("is_key")).filter(is_key=True)
    if asked.chosen("late"):
        late = Case.objects.filter(overdue(now), kind=PERMIT, closed_at=None).values_list("parent", flat=True)
        # Few, and asked for first: joined, the planner walks through all that a team took part in.
        parents: Any = late if actor.agencies else list(late)
        found = found.filter(pk__in=parents)
    return _with_words(found, asked.chosen("q"))


def _of_project(name: str) -> Subquery:
    """A column of the project, looked at row by row: of a join the planner believes that it leaves next to
    nothing, and it sorts all of them instead of taking the newest."""
    return Subquery(Project.objects.filter(pk=OuterRef("pk")).values(name))


def permits(actor: Actor, asked: PermitFilter, now: datetime) -> QuerySet[Case]:
    """The permits that the person sees, as narrowed; without a state those that are open."""
    found: QuerySet[Case] = visible_to(actor).filter(kind=PERMIT)
    state = asked.chosen("state")
    found = found.filter(permit_states(now)[state] if state else Q(closed_at=None))
    if item := asked.chosen("item"):
        found = found.filter(permit__item=int(item))
    return _with_words(found, asked.chosen("q"))


def page(found: QuerySet[Case], mark: str, size: int, near: Sequence[str]) -> tuple[list[Case], str]:
    """One page, newest first, and the mark of the next. Which cases they are is said first, in the same
    statement: what stands beside them is read for these alone, not for all that are sorted."""
    newest = keyset.older(found, "opened_at", mark).order_by("-opened_at", "-pk").values("pk")[: size + 1]
    return keyset.page(Case.objects.filter(pk__in=newest).select_related(*near), "opened_at", "", size)


def _with_words(cases: QuerySet[Case], typed: str) -> QuerySet[Case]:
    if not typed.strip():
        return cases
    asked = words(typed)
    return cases.filter(asked.condition()) if asked else cases.none()


def project_rows(cases: Sequence[Case], now: datetime, *, inside: bool) -> list[ProjectRow]:
    """Two statements for all of them: how long each took, and what is late."""
    pks = [case.pk for case in cases]
    counted = Project.objects.filter(pk__in=pks).annotate(net=project_days(now))
    net, late = dict(counted.values_list("pk", "net")), _late(pks, now)
    return [_row(case, net[case.pk], late.get(case.pk, []), inside=inside) for case in cases]


def _late(pks: Sequence[int], now: datetime) -> dict[int, list[str]]:
    """Project → the items that are overdue, in the reader's language."""
    name: F | Coalesce = F("permit__item__name")
    if (get_language() or "").startswith("en"):
        name = Coalesce(NullIf(F("permit__item__name_en"), Value("")), name)
    late = Case.objects.filter(overdue(now), kind=PERMIT, closed_at=None, parent__in=pks)
    found = late.order_by().values("parent").annotate(names=ArrayAgg(name))
    return {row["parent"] or 0: row["names"] for row in found}


def _row(case: Case, net: int, late: Sequence[str], *, inside: bool) -> ProjectRow:
    project = case.project
    vacant: list[str] = []
    if inside and project.is_key and case.is_open:
        fields = [project._meta.get_field(name) for name in project.vacant_roles]
        vacant = [str(column.verbose_name) for column in fields]  # type: ignore[union-attr]  # plain fields
    return ProjectRow(
        reverse("approvals:project_view", args=[case.pk]),
        case.number,
        case.title,
        case.enterprise.label if case.enterprise else "",
        str(case.step_declared.label),
        str(project.get_mode_display()),
        inside and project.is_key,
        net,
        project.version.procedure.promised_days if project.version else None,
        len(late),
        _(", ").join(late[:LATE_NAMED]),
        _(", ").join(vacant),
    )
