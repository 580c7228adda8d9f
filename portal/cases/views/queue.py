"""The queue of staff."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.cases import access, engine, queue
from portal.cases.declaration import FLOWS
from portal.cases.models import Case
from portal.cases.presenting.rows import rows
from portal.cases.views.bulk import offered
from portal.cases.views.common import actor_of, load, refusals
from portal.park.acting import Actor
from portal.worktime.clock import Calendar
from portal.worktime.now import now


@require_safe
@refusals
def queue_page(request: HttpRequest) -> HttpResponse:
    """What lies with me and my teams, most pressing first."""
    actor, moment = actor_of(request), now()
    if not actor.memberships:
        raise PermissionDenied
    incoming, views = queue.aside(actor)
    if not request.GET:
        for view in views:
            if view.opens_first:
                return redirect(f"{request.path}?{view.query}")
    form = queue.FilterForm(request.GET, actor=actor)
    found = queue.page(
        queue.select(form, actor, moment),
        sort=form.chosen("sort", "due"),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    counts = {**queue.counts(actor, moment), "incoming": incoming}
    context = {
        "form": form,
        "tabs": _tabs(form.chosen("view", "mine"), counts),
        "counts": counts,
        "view": form.chosen("view", "mine"),
        "rows": rows(found.rows, actor, moment, Calendar.current()),
        "earlier": _link(request, before=found.earlier),
        "later": _link(request, after=found.later),
        "desks": desks(actor),
        "filtered": any(request.GET.get(name) for name in ("q", "kind", "team", "light")),
        "saved": [{"view": v, "current": v.query == form.query()} for v in views],
        "query": form.query(),
        "seats": actor.seats,
        "bulk_actions": offered(actor),
    }
    return render(request, "cases/queue.html", context)


def desks(actor: Actor) -> list[tuple[Any, str]]:
    """Where this person may file for an enterprise: label, address."""
    return [
        (flow.label, reverse(flow.desk_page))
        for flow in FLOWS.values()
        if flow.desk_page and access.may_file_at_desk(actor, flow)
    ]


def _tabs(view: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {"href": f"?view={v}", "label": queue.LABELS[v], "count": counts.get(v), "current": v == view}
        for v in queue.VIEWS
    ]


def _link(request: HttpRequest, **mark: str) -> str:
    """The address of the neighbouring page with the same filters; empty when there is none."""
    if not any(mark.values()):
        return ""
    kept = {k: v for k, v in request.GET.items() if k not in ("after", "before")}
    return "?" + urlencode({**kept, **mark})


@require_POST
@refusals
def take_next(request: HttpRequest) -> HttpResponse:
    """Give me the next: the most pressing unclaimed case of my teams."""
    actor = actor_of(request)
    if not actor.memberships:
        raise PermissionDenied
    case = engine.claim_next(actor, now=now())
    if case is None:
        messages.info(request, _("Nothing is waiting to be claimed."))
        return redirect("cases:queue")
    return redirect("cases:case_view", pk=case.pk)


@require_POST
@refusals
def claim_row(request: HttpRequest, pk: int) -> HttpResponse:
    """Claim a case from the list: the row comes back changed, or the page does."""
    actor = actor_of(request)
    case = engine.claim(load(request, pk), by=actor, now=now())
    if not getattr(request, "htmx", False):
        return redirect("cases:queue")
    fresh = Case.objects.select_related("enterprise", "assignee", "team").get(pk=case.pk)
    shown = rows([fresh], actor, now(), Calendar.current())
    return render(request, "cases/_queue_row.html", {"row": shown[0]})
