"""The list of cases: no model instance and no serializer per row, one statement for any size."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api import paging
from portal.api.idempotency import once
from portal.api.models import Scope
from portal.api.schema import page_of, parameters
from portal.api.views import ApiView, asked
from portal.cases import queue
from portal.cases.access import is_inside, visible_to
from portal.cases.api import shapes
from portal.cases.api.opening import opened
from portal.cases.declaration import FLOWS
from portal.cases.models import Case, CaseQuerySet, Light
from portal.composed import Composed
from portal.names import local_name
from portal.park.acting import Actor
from portal.park.api import actor_of
from portal.worktime.now import now

COLUMNS = (
    "id",
    "number",
    "kind",
    "step",
    "title",
    "grade",
    "urgent",
    "sealed",
    "confidential",
    "holder",
    "outcome",
    "version",
    "opened_at",
    "due_at",
    "closed_at",
    "parent_id",
    "enterprise_id",
    "enterprise__name",
    "enterprise__name_en",
    "team_id",
    "team__name",
    "team__name_en",
    "assignee_id",
    "assignee__display_name",
    "assignee__display_name_en",
    "light_key",
)
# Name of the order → column, descending. What teams have taken part in is kept in the order of the keys: the
# others walk past the cases of everybody else.
NEWEST = "newest"
SORTS = {
    "due": ("due_at", False),
    "opened": ("opened_at", False),
    "-opened": ("opened_at", True),
    NEWEST: ("id", True),
}


class CaseListForm(paging.PageForm, queue.FilterForm):
    """The filters and orders of the queue, and those of a list that holds closed cases too."""

    state = forms.ChoiceField(
        label=_("Open or closed"),
        choices=[("", ""), ("open", _("Open cases")), ("closed", _("Closed cases")), ("all", _("All cases"))],
        required=False,
    )
    step = forms.CharField(label=_("Step"), max_length=40, required=False)
    enterprise = forms.IntegerField(
        label=_("Enterprise"), min_value=1, max_value=paging.LARGEST_ID, required=False
    )
    # Any team, not only the own ones: what may be seen is limited elsewhere.
    team = forms.IntegerField(  # type: ignore[assignment]  # of the queue's form a choice of the own teams
        label=_("Team"), min_value=1, max_value=paging.LARGEST_ID, required=False
    )
    light = forms.ChoiceField(label=_("Light"), choices=[("", ""), *Light.choices], required=False)
    sort = forms.ChoiceField(label=_("Order"), choices=[("", ""), *((s, s) for s in SORTS)], required=False)


def selected(form: CaseListForm, actor: Actor, moment: datetime) -> CaseQuerySet:
    """The cases within sight, as filtered. With `view` those of a tab of the queue."""
    view = form.chosen("view")
    cases = queue.of_view(view, actor, moment) if view else visible_to(actor)
    state = form.chosen("state", "open")
    if state != "all":
        cases = cases.filter(closed_at__isnull=state == "open")
    for name in ("step", "enterprise"):
        if value := form.cleaned_data.get(name):
            cases = cases.filter(**{name: value})
    return queue.narrowed(cases, form, moment)


def page(form: CaseListForm, actor: Actor, moment: datetime) -> tuple[list[dict[str, Any]], str]:
    """One page of rows, and the cursor of the next."""
    order = form.chosen("sort", "due" if form.chosen("view") else NEWEST)
    beyond = _beyond(form, order)
    if not beyond and form.size == paging.PAGE and not any(map(form.cleaned_data.get, NARROWING)):
        found = _FIRST_PAGES[order].rows(actor, moment, OPEN.get(form.chosen("state", "open")))
    else:
        found = list(_ordered(selected(form, actor, moment).filter(beyond), order, moment, form.size))
    rows = [row(values, actor) for values in found[: form.size]]
    cursor = ""
    if len(found) > form.size:
        column, last = SORTS[order][0], rows[-1]
        cursor = (
            paging.encode(last["id"]) if order == NEWEST else paging.encode(order, last[column], last["id"])
        )
    return rows, cursor


def _beyond(form: CaseListForm, order: str) -> Q:
    """What lies after the cursor. Raises Problem for one of another order."""
    if order == NEWEST:
        pk = paging.id_mark(form.cursor)
        return Q(id__lt=pk) if pk is not None else Q()
    column, descending = SORTS[order]
    mark = paging.moment_mark(form.cursor, order)
    if mark is None:
        return Q()
    if descending and mark[0] is None:
        raise paging.bad_cursor()
    return paging.beyond(column, mark, descending=descending)


def _ordered(cases: CaseQuerySet, order: str, moment: datetime, size: int) -> QuerySet[Case, tuple[Any, ...]]:
    column, descending = SORTS[order]
    sign = "-" if descending else ""
    ordered = cases.with_light(moment).order_by(*dict.fromkeys((f"{sign}{column}", f"{sign}id")))
    return ordered.values_list(*COLUMNS)[: size + 1]


def _first_page(order: str) -> Composed[tuple[Any, ...]]:
    """The page that is asked for most: everything within sight, open or closed, or both (`is_open` None)."""

    def build(actor: Actor, moment: datetime, is_open: bool | None) -> QuerySet[Case, tuple[Any, ...]]:
        cases = visible_to(actor)
        if is_open is not None:
            cases = cases.filter(closed_at__isnull=is_open)
        return _ordered(cases, order, moment, paging.PAGE)

    return Composed(build)


NARROWING = ("view", "q", "kind", "team", "light", "step", "enterprise")
OPEN = {"open": True, "closed": False}
_FIRST_PAGES = {order: _first_page(order) for order in SORTS}


def row(values: tuple[Any, ...], actor: Actor) -> dict[str, Any]:
    """One case of a list."""
    (
        pk, number, kind, step, title, grade, urgent, sealed, confidential, holder, outcome, version,
        opened_at, due_at, closed_at, parent_id, enterprise_id, enterprise, enterprise_en,
        team_id, team, team_en, assignee_id, assignee, assignee_en, light,
    ) = values  # fmt: skip
    flow = FLOWS[kind]
    declared = flow.step(step)
    inside = is_inside(actor, enterprise_id, team_id)
    return {
        "id": pk,
        "number": number,
        "kind": kind,
        "kind_label": str(flow.label),
        "step": step,
        "step_label": str(declared.label if inside else (declared.plain or declared.label)),
        "title": title,
        "grade": grade,
        "urgent": urgent,
        "sealed": sealed,
        "confidential": confidential,
        "holder": holder,
        "outcome": outcome,
        "light": light,
        "version": version,
        "opened_at": opened_at,
        "due_at": due_at,
        "closed_at": closed_at,
        "parent_id": parent_id,
        "enterprise": {"id": enterprise_id, "name": local_name(enterprise, enterprise_en)}
        if enterprise_id
        else None,
        "team": {"id": team_id, "name": local_name(team, team_en)},
        "assignee": {"id": assignee_id, "name": local_name(assignee, assignee_en)} if assignee_id else None,
    }


class CaseList(ApiView):
    """Cases within sight, and opening one."""

    scopes: ClassVar = {"POST": (Scope.FILE,)}

    @extend_schema(
        operation_id="case_list",
        summary=_("Cases within sight"),
        tags=["cases"],
        parameters=parameters(CaseListForm),
        responses=page_of(shapes.CaseRowSerializer),
    )
    def get(self, request: Request) -> Response:
        actor = actor_of(request)
        form = asked(request, CaseListForm, actor=actor)
        rows, cursor = page(form, actor, now())
        return paging.page_answer(request, rows, cursor)

    @extend_schema(
        operation_id="case_open",
        summary=_("Open a case"),
        tags=["cases"],
        request=shapes.OpeningSerializer,
        responses={201: shapes.CaseSerializer},
    )
    @once
    def post(self, request: Request) -> Response:
        return opened(request)


class CaseCounts(ApiView):
    """How many open cases lie in each tab of the queue."""

    @extend_schema(
        operation_id="case_counts",
        summary=_("Counts of the tabs of the queue"),
        tags=["cases"],
        responses=shapes.CountsSerializer,
    )
    def get(self, request: Request) -> Response:
        actor, moment = actor_of(request), now()
        around = queue.aside(actor, moment)
        others = {"incoming": around.incoming, "watched": around.watched}
        return Response({**queue.counts(actor, moment), **others})
