"""Boards for those who lead: load of the team, what is at risk, what has escalated. Each number opens."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal.accounts.models import Duty
from portal.apps import domains
from portal.cases import queue
from portal.cases.access import RULES, known_to, visible_to
from portal.cases.boards import COLUMNS
from portal.cases.flow import SUPERVISION
from portal.cases.models import Alert, Case, CaseQuerySet, Holder, StandardRung
from portal.cases.presenting.rows import Row, rows
from portal.cases.presenting.words import short_moment
from portal.cases.views.common import actor_of, refusals
from portal.names import local_name
from portal.park.acting import Actor
from portal.worktime.clock import Calendar
from portal.worktime.now import now

OVERSEERS = (Duty.LEADER, Duty.SUPERVISOR, Duty.AUDITOR)
SHOWN = 50
ESCALATED_FROM = 2  # level 1 is the handler's own reminder
SHOWS: dict[str, Any] = {
    "risk": _("At risk"),
    "open": _("Open"),
    "late": _("Overdue"),
    "soon": _("Due soon"),
    "unclaimed": _("Unclaimed"),
}


def led_cases(actor: Actor) -> CaseQuerySet:
    """Open cases of the teams that the person leads; of all teams for those who oversee the park."""
    if actor.holds(*OVERSEERS):
        cases: Any = visible_to(actor).filter(closed_at=None)
        found: CaseQuerySet = cases
        return found
    if actor.headed_team_ids:
        return Case.objects.open().filter(known_to(actor), team__in=actor.headed_team_ids)
    raise PermissionDenied


def _conditions(moment: datetime) -> dict[str, Q]:
    """Which open cases each show means; what the domains add comes last."""
    late = queue.overdue(moment)
    soon = Q(warn_at__lte=moment, due_at__gte=moment, paused_at=None, holder=Holder.DEPARTMENT)
    own = {"risk": late | soon, "open": Q(), "late": late, "soon": soon, "unclaimed": Q(assignee=None)}
    return own | {column.name: column.cases for column in COLUMNS.values()}


@require_safe
@refusals
def team_board(request: HttpRequest) -> HttpResponse:
    """Who has how much, and what is about to be late."""
    actor, moment = actor_of(request), now()
    cases, conditions = led_cases(actor), _conditions(moment)
    labels = SHOWS | {column.name: column.label for column in COLUMNS.values()}
    show = request.GET.get("show", "risk")
    show = show if show in conditions else "risk"
    chosen, who = _of_one(request)
    found = _page(request, cases.filter(conditions[show], chosen))
    totals = cases.aggregate(**{name: Count("pk", filter=c) for name, c in conditions.items()})
    context = {
        "show": show,
        "tiles": [_tile(show, who, name, labels[name], totals[name]) for name in labels if name != "risk"],
        "shown": labels[show],
        "who": who,
        "columns": COLUMNS.values(),
        "load": _load(cases, conditions),
        "rows": rows(found.rows, actor, moment, Calendar.current()),
        "later": _link(request, after=found.later),
        "earlier": _link(request, before=found.earlier),
    }
    return render(request, "cases/team_board.html", context)


def _of_one(request: HttpRequest) -> tuple[Q, dict[str, str]]:
    """The cases of one person in one team, when the address names them; and that part of the address."""
    team, who = request.GET.get("team", ""), request.GET.get("who", "")
    if not (team.isdecimal() and len(team) < 18 and (who == "nobody" or (who.isdecimal() and len(who) < 18))):
        return Q(), {}
    return Q(team=int(team), assignee=None if who == "nobody" else int(who)), {"team": team, "who": who}


def _tile(show: str, who: dict[str, str], name: str, label: Any, count: int) -> dict[str, Any]:
    return {
        "label": label,
        "count": count,
        "href": "?" + urlencode({"show": name}),
        "current": show == name and not who,
    }


def _load(cases: CaseQuerySet, conditions: dict[str, Q]) -> list[dict[str, Any]]:
    """Open, due soon and overdue by person, and what the domains add; each opens its cases."""
    counts = {name: Count("pk", filter=conditions[name]) for name in ("open", "late", "soon", *COLUMNS)}
    people = ("assignee__display_name", "assignee__display_name_en", "assignee__username")
    lines = (
        cases.values("team", "team__name", "team__name_en", "assignee", *people)
        .annotate(**counts)
        .order_by("-late", "-soon", "-open", "team__name")
    )
    return [
        {
            **line,
            "person": local_name(line[people[0]] or "", line[people[1]] or "") or line[people[2]] or "",
            "team_label": local_name(line["team__name"], line["team__name_en"]),
            "query": urlencode({"team": line["team"], "who": line["assignee"] or "nobody"}),
            "added": [(name, line[name]) for name in COLUMNS],
        }
        for line in lines[:200]
    ]


@require_safe
@refusals
def escalations(request: HttpRequest) -> HttpResponse:
    """What has climbed the ladder and is still open, and the supervision orders that are open."""
    actor, moment = actor_of(request), now()
    cases = led_cases(actor)
    climbed = cases.filter(alert_level__gte=ESCALATED_FROM)
    level = request.GET.get("level", "")
    chosen = int(level) if level.isdecimal() and len(level) < 3 else None
    found = _page(request, climbed.filter(alert_level=chosen) if chosen else climbed)
    orders = cases.filter(kind=SUPERVISION).select_related("enterprise", "assignee", "team")
    calendar = Calendar.current()
    context = {
        "climbed": _with_alerts(found.rows, rows(found.rows, actor, moment, calendar)),
        "later": _link(request, after=found.later),
        "earlier": _link(request, before=found.earlier),
        "orders": rows(orders.order_by("due_at", "id")[:SHOWN], actor, moment, calendar),
        "levels": _levels(climbed),
        "level": chosen,
        "overviews": [(title, reverse(name)) for d in domains() for title, name in d.overviews],
    }
    return render(request, "cases/escalations.html", context)


def _levels(climbed: CaseQuerySet) -> list[dict[str, Any]]:
    """How many cases stand on each level, and who was told there."""
    counts = climbed.order_by("alert_level").values("alert_level").annotate(n=Count("pk"))
    rungs = StandardRung.objects.filter(
        standard__in=climbed.values("standard"), holder=Holder.DEPARTMENT
    ).order_by("level", "-opens_supervision", "standard")
    by_level: dict[int, StandardRung] = {}
    for rung in rungs:
        by_level.setdefault(rung.level, rung)
    return [{**line, "says": _told_at(by_level.get(line["alert_level"]))} for line in counts]


def _told_at(rung: StandardRung | None) -> str:
    if rung is None:
        return ""
    who = gettext(", ").join(str(RULES[word].label) for word in rung.tells if word in RULES)
    return gettext("%(who)s; supervision order") % {"who": who} if rung.opens_supervision else who


def _with_alerts(cases: list[Case], shown: list[Row]) -> list[dict[str, Any]]:
    """Each row with its level, and when it was reached."""
    ids = [case.pk for case in cases]
    reached: QuerySet[Alert, tuple[int, Any]] = (
        Alert.objects.filter(case__in=ids).values("case").annotate(at=Max("at")).values_list("case", "at")
    )
    when = dict(reached)
    return [
        {"level": case.alert_level, "row": row, "at": short_moment(when.get(case.pk))}
        for case, row in zip(cases, shown, strict=True)
    ]


def _page(request: HttpRequest, cases: CaseQuerySet) -> queue.Page:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    return queue.page(cases, sort="due", after=after, before=before, size=SHOWN)


def _link(request: HttpRequest, **mark: str) -> str:
    """The address of the neighbouring page; empty when there is none."""
    if not any(mark.values()):
        return ""
    kept = {k: v for k, v in request.GET.items() if k not in ("after", "before")}
    return "?" + urlencode({**kept, **mark})
