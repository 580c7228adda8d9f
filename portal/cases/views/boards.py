"""Boards for those who lead: load of the team, what is at risk, what has escalated."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.accounts.models import Duty
from portal.cases import queue
from portal.cases.access import visible_to
from portal.cases.flow import SUPERVISION
from portal.cases.models import Alert, Case, Holder
from portal.cases.presenting.rows import rows
from portal.cases.presenting.words import short_moment
from portal.cases.views.common import actor_of, refusals
from portal.park.acting import Actor
from portal.worktime.clock import Calendar
from portal.worktime.now import now

OVERSEERS = (Duty.LEADER, Duty.SUPERVISOR, Duty.AUDITOR)
SHOWN = 50


def led_cases(actor: Actor) -> QuerySet[Case]:
    """Open cases of the teams that the person leads; of all teams for those who oversee the park."""
    if actor.holds(*OVERSEERS):
        return visible_to(actor).filter(closed_at=None)
    if actor.headed_team_ids:
        return Case.objects.open().filter(team__in=actor.headed_team_ids)
    raise PermissionDenied


@require_safe
@refusals
def team_board(request: HttpRequest) -> HttpResponse:
    """Who has how much, and what is about to be late."""
    actor, moment = actor_of(request), now()
    cases = led_cases(actor)
    late = queue.overdue(moment)
    soon = Q(warn_at__lte=moment, due_at__gte=moment, paused_at=None, holder=Holder.DEPARTMENT)
    load = (
        cases.values("team__name", "assignee__display_name")
        .annotate(open=Count("pk"), late=Count("pk", filter=late), soon=Count("pk", filter=soon))
        .order_by("-late", "-soon", "-open", "team__name")
    )
    at_risk = cases.filter(late | soon).select_related("enterprise", "assignee", "team")
    context = {
        "load": list(load[:200]),
        "totals": cases.aggregate(
            open=Count("pk"),
            late=Count("pk", filter=late),
            soon=Count("pk", filter=soon),
            unclaimed=Count("pk", filter=Q(assignee=None)),
        ),
        "rows": rows(at_risk.order_by("due_at", "id")[:SHOWN], actor, moment, Calendar.current()),
    }
    return render(request, "cases/team_board.html", context)


@require_safe
@refusals
def escalations(request: HttpRequest) -> HttpResponse:
    """Every rung that was reached lately, and the supervision orders that are open."""
    actor, moment = actor_of(request), now()
    cases = led_cases(actor)
    alerts = (
        Alert.objects.filter(case__in=cases.values("pk"), level__gte=2)
        .select_related("case__team", "case__enterprise", "case__assignee")
        .order_by("-at", "-id")[:SHOWN]
    )
    orders = cases.filter(kind=SUPERVISION).select_related("enterprise", "assignee", "team")
    calendar = Calendar.current()
    context: dict[str, Any] = {
        "alerts": [
            (alert.level, short_moment(alert.at), shown)
            for alert, shown in zip(
                alerts, rows((a.case for a in alerts), actor, moment, calendar), strict=True
            )
        ],
        "orders": rows(orders.order_by("due_at", "id")[:SHOWN], actor, moment, calendar),
        "levels": Alert.objects.filter(case__in=cases.values("pk"))
        .values("level")
        .annotate(n=Count("case", distinct=True))
        .order_by("level"),
    }
    return render(request, "cases/escalations.html", context)
