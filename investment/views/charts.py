"""一表两图: the live flow chart of park entry, beside that of construction."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from investment.presenting import chart
from portal.cases.views.common import actor_of, refusals
from portal.worktime.now import now


@require_safe
@refusals
def flow_chart(request: HttpRequest) -> HttpResponse:
    """入园流程图: ten steps, red where something is late; each opens its list. `?team=` narrows it."""
    actor = actor_of(request)
    if not actor.is_staff_side:
        raise PermissionDenied
    teams, moment = chart.task_forces(), now()
    team = next((one for one in teams if one.code == request.GET.get("team")), None)
    context = {
        "chart": chart.draw(actor, moment, team),
        "charts": chart.charts(),
        "teams": teams,
        "team": team,
        "moment": moment,
    }
    return render(request, "investment/flow_chart.html", context)
