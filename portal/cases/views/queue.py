"""The queue of staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.cases import access, engine, queue
from portal.cases.declaration import FLOWS
from portal.cases.errors import CaseError
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
    around = queue.aside(actor, moment)
    if not request.GET:
        for view in around.views:
            if view.opens_first:
                return redirect(f"{request.path}?{view.query}")
    form = queue.FilterForm(request.GET, actor=actor)
    found = queue.page(
        queue.select(form, actor, moment),
        sort=form.chosen("sort", "due"),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        **_standing(form, around, actor, moment),
        "form": form,
        "rows": rows(found.rows, actor, moment, Calendar.current()),
        "earlier": _link(request, before=found.earlier),
        "later": _link(request, after=found.later),
        "desks": desks(actor),
        "filtered": any(request.GET.get(name) for name in ("q", "kind", "team", "light")),
        "opened": any(request.GET.get(name) for name in ("kind", "team", "light", "sort")),
        "seats": actor.seats,
        "bulk_actions": offered(actor),
    }
    return render(request, "cases/queue.html", context)


def _standing(form: queue.FilterForm, around: queue.Aside, actor: Actor, moment: datetime) -> dict[str, Any]:
    """Head and tabs: how much there is of what, and which list is shown."""
    numbers = {"incoming": around.incoming, "watched": around.watched}
    counts = {**queue.counts(actor, moment), **numbers}
    view, query = form.chosen("view", "mine"), form.query()
    shown = query or f"view={view}"
    return {
        "tabs": _tabs(view, counts, current=all(saved.query != shown for saved in around.views)),
        "counts": counts,
        "view": view,
        "query": query,
        "saved": [{"view": saved, "current": saved.query == shown} for saved in around.views],
        "stands_in": around.stands_in,
    }


def desks(actor: Actor) -> list[tuple[Any, str]]:
    """Where this person may file for an enterprise: label, address."""
    return [
        (flow.label, reverse(flow.desk_page))
        for flow in FLOWS.values()
        if flow.desk_page and access.may_file_at_desk(actor, flow)
    ]


def _tabs(view: str, counts: dict[str, int], *, current: bool) -> list[dict[str, Any]]:
    return [
        {
            "href": f"?view={v}",
            "label": queue.LABELS[v],
            "count": counts.get(v),
            "current": current and v == view,
        }
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
    """Claim a case from the list: the row comes back changed, with the numbers of the tabs.

    Whoever was too late sees in the same place who has it now.
    """
    actor, moment, said = actor_of(request), now(), ""
    case, htmx = load(request, pk), getattr(request, "htmx", False)
    try:
        engine.claim(case, by=actor, now=moment)
    except CaseError as error:
        if not htmx:
            raise
        said = str(error)
    if not htmx:
        return redirect("cases:queue")
    fresh = Case.objects.select_related("enterprise", "assignee", "team").get(pk=case.pk)
    form = queue.FilterForm(_shown_list(request), actor=actor)
    shown = rows([fresh], actor, moment, Calendar.current())
    context = {**_standing(form, queue.aside(actor, moment), actor, moment), "rows": shown, "said": said}
    return render(request, "cases/_queue_claimed.html", context)


def _shown_list(request: HttpRequest) -> QueryDict:
    """The filters of the list that the person looks at."""
    return QueryDict(urlsplit(request.headers.get("HX-Current-URL", "")).query)
