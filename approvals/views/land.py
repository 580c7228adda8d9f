"""Parcels: list with map, one parcel, what is begun on it, the open lines of all land approvals, matching."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from approvals import actions
from approvals.access import LAND_APPROVAL, LAND_TASK, PROJECT, RECOVERY, at_land_desk
from approvals.drawing import parcel_shapes
from approvals.forms import LandApprovalForm, ParcelSearchForm, RecoveryForm
from approvals.models import Parcel, Project
from portal.cases import access, engine
from portal.cases.declaration import flow_of
from portal.cases.errors import Invalid
from portal.cases.models import Case
from portal.cases.presenting.words import outcome_label
from portal.cases.views.common import actor_of, refusals
from portal.cases.views.desk import filing_token
from portal.park.acting import Actor
from portal.park.models import Enterprise
from portal.worktime.clock import local
from portal.worktime.now import now

PAGE, PROJECTS_PAGE = 30, 20
RECENT = 20
# The light that goes with a status: a colour with its own shape, and the word beside it.
LIGHTS = {
    "available": "ok",
    "recovered": "ok",
    "in_use": "done",
    "assigned": "done",
    "idle": "late",
    "recovering": "warn",
}


def land_staff(request: HttpRequest) -> Actor:
    """Land is looked at by staff. Raises PermissionDenied for everybody else."""
    actor = actor_of(request)
    if not actor.is_staff_side:
        raise PermissionDenied
    return actor


@require_safe
@refusals
def parcel_list(request: HttpRequest) -> HttpResponse:
    """The parcels, to be searched and narrowed, drawn and listed; in pages by code."""
    actor = land_staff(request)
    form = ParcelSearchForm(request.GET)
    form.is_valid()  # what is wrong narrows nothing
    asked = {name: value for name, value in form.cleaned_data.items() if value not in ("", None)}
    rows, earlier, later = _page(_narrowed(asked), request)
    today = local(now()).date()
    context = {
        "form": form,
        "filtered": bool(asked),
        "rows": [(parcel, LIGHTS[parcel.status], _hand_over(parcel, today)) for parcel in rows],
        "shapes": parcel_shapes(rows),
        "legend": [(label, LIGHTS[value]) for value, label in Parcel.Status.choices],
        "earlier": earlier,
        "later": later,
        "at_desk": at_land_desk(actor),
    }
    return render(request, "approvals/parcel_list.html", context)


def _narrowed(asked: dict[str, Any]) -> QuerySet[Parcel]:
    found = Parcel.objects.select_related("holder").matching(asked.get("q", ""))
    wanted = {"status": "status", "area_mu__gte": "least", "area_mu__lte": "most"}
    return found.filter(**{path: asked[name] for path, name in wanted.items() if name in asked})


def _page(found: QuerySet[Parcel], request: HttpRequest) -> tuple[list[Parcel], str, str]:
    """A page by code, and the links of the pages before and after it ("" where there is none)."""
    before, after = (request.GET.get(name, "")[:40].replace("\0", "") for name in ("before", "after"))
    if before:
        rows = list(found.filter(code__lt=before).order_by("-code")[: PAGE + 1])
        has_earlier, has_later = len(rows) > PAGE, True
        rows = rows[:PAGE][::-1]
    else:
        rows = list((found.filter(code__gt=after) if after else found).order_by("code")[: PAGE + 1])
        has_earlier, has_later = bool(after), len(rows) > PAGE
        rows = rows[:PAGE]
    query = request.GET.copy()
    for name in ("before", "after"):
        query.pop(name, None)

    def link(name: str, code: str) -> str:
        there = query.copy()
        there[name] = code
        return f"?{there.urlencode()}"

    if not rows:
        return rows, "", ""
    earlier = link("before", rows[0].code) if has_earlier else ""
    return rows, earlier, link("after", rows[-1].code) if has_later else ""


def _hand_over(parcel: Parcel, today: date) -> tuple[str, bool]:
    """Planned and actual hand-over in words, and whether that is bad news."""
    late = parcel.days_late
    if late is not None:
        if late == 0:
            return _("handed over as planned"), False
        if late > 0:
            told = ngettext("handed over %(n)s day late", "handed over %(n)s days late", late)
        else:
            told = ngettext("handed over %(n)s day early", "handed over %(n)s days early", -late)
        return told % {"n": abs(late)}, late > 0
    if overdue := parcel.overdue_on(today):
        told = ngettext("hand-over %(n)s day overdue", "hand-over %(n)s days overdue", overdue)
        return told % {"n": overdue}, True
    if parcel.planned_delivery_on is not None:
        return _("planned for %(on)s") % {"on": parcel.planned_delivery_on}, False
    return "", False


@require_safe
@refusals
def parcel_view(request: HttpRequest, pk: int) -> HttpResponse:
    """One parcel: whose it is, what became of it, what is under way on it."""
    actor = land_staff(request)
    parcel = get_object_or_404(Parcel.objects.select_related("holder"), pk=pk)
    visible = access.visible_to(actor)
    at_desk = at_land_desk(actor)
    context = {
        "parcel": parcel,
        "light": LIGHTS[parcel.status],
        "hand_over": _hand_over(parcel, local(now()).date()),
        "history": _history(parcel),
        "recoveries": _cases(visible, "recovery", parcel),
        "land_approvals": _cases(visible, "land_approval", parcel),
        "projects": _cases(visible, "project", parcel),
        "shapes": parcel_shapes([parcel]),
        "may_recover": at_desk and parcel.is_recoverable,
        "may_approve": at_desk,
    }
    return render(request, "approvals/parcel_view.html", context)


def _cases(visible: QuerySet[Case], facts: str, parcel: Parcel) -> list[tuple[Case, str]]:
    """The cases on a parcel that exist for this person, the youngest first, each with where it stands."""
    found = visible.filter(**{f"{facts}__parcel": parcel}).select_related(facts, "enterprise")
    return [
        (case, str(case.step_declared.label) if case.is_open else outcome_label(case))
        for case in found.order_by("-opened_at", "-pk")[:RECENT]
    ]


def _history(parcel: Parcel) -> list[tuple[datetime, str, str, str]]:
    """When the parcel came into each status, the youngest first: moment, words, light, project."""
    kept = Parcel.pgh_event_model.objects.filter(pgh_obj=parcel.pk).order_by("pgh_created_at", "pgh_id")  # type: ignore[attr-defined]  # of pghistory
    found: list[tuple[datetime, str, str, str]] = []
    last = ""
    for at, status, number in kept.values_list("pgh_created_at", "status", "assigned_number"):
        if status != last:
            last = status
            found.append((at, str(Parcel.Status(status).label), LIGHTS[status], number))
    return found[::-1][:RECENT]


@require_http_methods(["GET", "POST"])
@refusals
def recovery_open(request: HttpRequest, pk: int) -> HttpResponse:
    """The land office begins to recover a parcel from its holder."""
    parcel = _desk_parcel(request, pk)
    return _open(request, parcel, RECOVERY, RecoveryForm, parcel.holder)


@require_http_methods(["GET", "POST"])
@refusals
def land_approval_open(request: HttpRequest, pk: int) -> HttpResponse:
    """The land office begins the land approval of a parcel."""
    return _open(request, _desk_parcel(request, pk), LAND_APPROVAL, LandApprovalForm, None)


def _desk_parcel(request: HttpRequest, pk: int) -> Parcel:
    if not at_land_desk(land_staff(request)):
        raise PermissionDenied
    return get_object_or_404(Parcel.objects.select_related("holder"), pk=pk)


def _open(
    request: HttpRequest, parcel: Parcel, kind: str, form_type: type[Any], enterprise: Enterprise | None
) -> HttpResponse:
    actor, token = actor_of(request), filing_token(request)
    form = form_type(
        case=Case(kind=kind, enterprise=enterprise), actor=actor, bound=False, initial={"parcel": parcel.pk}
    )
    if request.method == "POST":
        data = {**request.POST.dict(), "parcel": str(parcel.pk)}
        try:
            case = engine.open_case(kind, by=actor, enterprise=enterprise, data=data, now=now(), token=token)
        except Invalid as error:
            form = error.form
        else:
            messages.success(request, _("Begun: %(number)s.") % {"number": case.number})
            return redirect("cases:case_view", pk=case.pk)
    shown = {"form": form, "parcel": parcel, "token": token, "label": flow_of(kind).label}
    return render(request, "approvals/parcel_begin.html", shown, status=422 if form.errors else 200)


@require_safe
@refusals
def land_task_list(request: HttpRequest) -> HttpResponse:
    """All open lines of all land approvals, by owner, the latest first in each."""
    actor, moment = land_staff(request), now()
    near = ("team", "assignee", "land_task__approval__parcel", "land_task__approval__case")
    found = access.visible_to(actor).open().filter(kind=LAND_TASK).select_related(*near)
    page = Paginator(found.order_by("team__name", "team_id", "due_at", "pk"), PAGE).get_page(
        request.GET.get("page")
    )
    today = local(moment).date()
    rows = [(case, case.light(moment), _days_late(case, today)) for case in page]
    return render(request, "approvals/land_task_list.html", {"rows": rows, **_neighbours(page)})


def _days_late(case: Case, today: date) -> int:
    """How many days a line is late that is still to be done: what is reported waits for somebody else."""
    return max(0, (today - case.land_task.due_on).days) if case.step == "doing" else 0


def _neighbours(page: Any) -> dict[str, Any]:
    """The pages before and after one of a `Paginator`, for `components/pager.html`."""
    return {
        "total": page.paginator.count,
        "earlier": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "later": f"?page={page.next_page_number()}" if page.has_next() else "",
    }


@require_safe
@refusals
def parcel_match(request: HttpRequest) -> HttpResponse:
    """地等项目: projects without land, the largest investment first, each with the parcels that fit best."""
    actor = land_staff(request)
    waiting = access.visible_to(actor).open().filter(kind=PROJECT, step__in=("negotiation", "land"))
    found = Project.objects.filter(parcel=None, case__in=waiting)
    found = found.select_related("case__team", "case__enterprise").order_by("-investment_amount", "pk")
    page = Paginator(found, PROJECTS_PAGE).get_page(request.GET.get("page"))
    ready = list(Parcel.objects.ready().order_by("code"))
    who = flow_of(PROJECT).transition("assign_parcel").who
    rows = [
        (project, actions.fits(project.land_mu, ready), access.allows(actor, project.case, who))
        for project in page
    ]
    context = {
        "rows": rows,
        "ready": len(ready),
        "back": reverse("approvals:parcel_match"),
        **_neighbours(page),
    }
    return render(request, "approvals/parcel_match.html", context)
