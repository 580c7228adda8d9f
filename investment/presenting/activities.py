"""Activities as a list, the latest first, and what lies ahead in the days to come."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_date

from investment.access import ACTIVITY
from investment.forms.outings import ActivityFilter
from investment.models import Activity
from portal.cases.access import visible_to
from portal.park.acting import Actor

AHEAD = timedelta(days=14)


def within_sight(actor: Actor) -> QuerySet[Activity]:
    """The activities that the person may know of."""
    seen = visible_to(actor).filter(kind=ACTIVITY)
    return Activity.objects.filter(case__in=seen.values("pk"))


def selected(actor: Actor, asked: ActivityFilter) -> QuerySet[Activity]:
    """As narrowed by the address."""
    found, given = within_sight(actor), asked.cleaned_data
    if kind := given.get("kind"):
        found = found.filter(kind=kind)
    if state := given.get("state"):
        found = found.filter(case__step=state)
    if team := given.get("team"):
        found = found.filter(case__team=team)
    if since := given.get("since"):
        found = found.filter(begins_on__gte=since)
    if until := given.get("until"):
        found = found.filter(begins_on__lte=until)
    return found


def ahead(actor: Actor, today: date) -> list[Activity]:
    """What takes place now and in the next two weeks, day by day."""
    found = within_sight(actor).filter(case__step="planned", ends_on__gte=today, begins_on__lte=today + AHEAD)
    return list(found.select_related("case__team", "leader").order_by("begins_on", "pk")[:50])


def page(found: QuerySet[Activity], mark: str, size: int) -> tuple[list[Activity], str]:
    """One page by the first day, the latest first, and the mark of the next. What is no mark is ignored."""
    text, comma, pk = mark.rpartition(",")
    try:
        day = parse_date(text) if comma and pk.isascii() and pk.isdigit() and len(pk) < 19 else None
    except ValueError:
        day = None
    if day is not None:
        found = found.filter(begins_on__lte=day).filter(Q(begins_on__lt=day) | Q(pk__lt=int(pk)))
    near = found.select_related("case__team", "case__assignee", "leader")
    rows = list(near.order_by("-begins_on", "-pk")[: size + 1])
    if len(rows) <= size:
        return rows, ""
    last = rows[size - 1]
    return rows[:size], f"{last.begins_on.isoformat()},{last.pk}"
