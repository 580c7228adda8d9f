"""All projects at once: their list, that of their permits, and the live flow chart of construction."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from approvals.access import PROJECT
from approvals.forms.overview import PermitFilter, ProjectFilter
from approvals.models import ServiceItem
from approvals.presenting import chart, lists
from portal.cases.access import may_file_at_desk
from portal.cases.declaration import flow_of
from portal.cases.presenting.rows import rows
from portal.cases.views.common import actor_of, refusals
from portal.park.acting import Actor
from portal.worktime.clock import Calendar
from portal.worktime.now import now

PAGE = 25


@require_safe
@refusals
def project_list(request: HttpRequest) -> HttpResponse:
    """The projects that the person sees, newest first."""
    actor, moment, asked = actor_of(request), now(), ProjectFilter(request.GET)
    inside = not actor.agencies
    chosen, mark = lists.projects(actor, asked, moment), request.GET.get("after", "")
    found, later = lists.page(chosen, mark, PAGE, lists.BESIDE_PROJECT)
    context = {
        "form": asked,
        "inside": inside,
        "rows": lists.project_rows(found, moment, inside=inside),
        "later": asked.link(after=later) if later else "",
        "begin": _begin(actor),
        "chips": _chips(asked, inside=inside),
    }
    return render(request, "approvals/project_list.html", context)


def _begin(actor: Actor) -> str:
    """Where the person begins a project: for the own enterprise, or at the desk; empty for who does not."""
    if actor.may_act_for(actor.enterprise_id, PROJECT):
        return reverse("approvals:project_file")
    return reverse("approvals:project_desk") if may_file_at_desk(actor, flow_of(PROJECT)) else ""


def _chips(asked: ProjectFilter, *, inside: bool) -> list[dict[str, Any]]:
    """Switches: one more click takes them back."""
    names = {"key": _("Key projects"), "late": _("Something is late")}
    return [
        {
            "name": name,
            "label": label,
            "href": asked.link(**{name: "" if asked.chosen(name) else "1"}),
            "current": bool(asked.chosen(name)),
            "count": None,
        }
        for name, label in names.items()
        if inside or name != "key"
    ]


@require_safe
@refusals
def permit_list(request: HttpRequest) -> HttpResponse:
    """The permits that the person sees: of one item, in one state; newest first."""
    actor, moment, asked = actor_of(request), now(), PermitFilter(request.GET)
    inside = not actor.agencies
    chosen, mark = lists.permits(actor, asked, moment), request.GET.get("after", "")
    found, later = lists.page(chosen, mark, PAGE, lists.BESIDE_PERMIT)
    shown = rows(found, actor, moment, Calendar.current(), inside=inside)
    item = ServiceItem.objects.filter(pk=asked.chosen("item")).first() if asked.chosen("item") else None
    context = {
        "form": asked,
        "inside": inside,
        "item": item,
        "without_item": asked.link(item=""),
        "rows": [(row, case.parent) for row, case in zip(shown, found, strict=True)],
        "later": asked.link(after=later) if later else "",
    }
    return render(request, "approvals/permit_list.html", context)


@require_safe
@refusals
def flow_chart(request: HttpRequest) -> HttpResponse:
    """建设流程图: stages as columns, items as nodes, red where something is late; each opens its list."""
    actor = actor_of(request)
    if not actor.is_staff_side:
        raise PermissionDenied
    return render(request, "approvals/flow_chart.html", {"columns": chart.columns(actor, now())})
