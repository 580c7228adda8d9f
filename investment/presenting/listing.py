"""Which leads a list shows, as narrowed by its address."""

from __future__ import annotations

from datetime import datetime, time

from investment.access import LEAD
from investment.forms.listing import LeadFilter
from portal.cases.access import visible_to
from portal.cases.models import CaseQuerySet, Light
from portal.park.acting import Actor
from portal.worktime.clock import at


def leads(actor: Actor, asked: LeadFilter, now: datetime) -> CaseQuerySet:
    """The leads that the person may know of."""
    found: CaseQuerySet = visible_to(actor).filter(kind=LEAD)
    given = asked.cleaned_data
    if step := given.get("step"):
        found = found.filter(step=step)
    if team := given.get("team"):
        found = found.filter(team=team)
    if given.get("late"):
        found = found.having_light(Light.LATE, now)
    if light := given.get("light"):
        found = found.having_light(light, now)
    if given.get("idle"):
        found = found.filter(lead__idle_level__gt=0, closed_at=None)
    if day := given.get("closed_from"):
        found = found.filter(closed_at__gte=at(day, time.min))
    return found
