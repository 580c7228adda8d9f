"""履约台账: what both sides of all contracts took on, the most pressing first, with its lights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.dateparse import parse_date

from investment.access import LEAD
from investment.forms.commitments import LIGHTS, CommitmentFilter
from investment.models import SOON, Commitment
from portal.cases.access import visible_to
from portal.cases.models import Light
from portal.park.acting import Actor

CASE = "contract__lead__case"


@dataclass(frozen=True)
class Tile:
    """How many commitments have a light, and where their list is."""

    light: Light
    n: int
    href: str
    current: bool


def _within_sight(actor: Actor) -> QuerySet[Commitment]:
    leads = visible_to(actor).filter(kind=LEAD)
    return Commitment.objects.filter(contract__lead__case__in=leads.values("pk"))


def _of_light(light: str, today: date) -> Q:
    """The rule of `Commitment.light`, as ranges that an index serves."""
    open_ones = Q(done_on=None)
    return {
        Light.DONE.value: Q(done_on__isnull=False),
        Light.LATE.value: open_ones & Q(due_on__lt=today),
        Light.WARN.value: open_ones & Q(due_on__range=(today, today + SOON)),
        Light.OK.value: open_ones & Q(due_on__gt=today + SOON),
    }[light]


def selected(actor: Actor, asked: CommitmentFilter, today: date) -> QuerySet[Commitment]:
    """The commitments that the person may know of, as narrowed; without a light those that are open."""
    found, given = _narrowed(_within_sight(actor), asked), asked.cleaned_data
    return found.filter(_of_light(given["light"], today) if given.get("light") else Q(done_on=None))


def _narrowed(found: QuerySet[Commitment], asked: CommitmentFilter) -> QuerySet[Commitment]:
    given = asked.cleaned_data
    if side := given.get("side"):
        found = found.filter(side=side)
    if team := given.get("team"):
        found = found.filter(**{f"{CASE}__team": team})
    return found


def tiles(actor: Actor, asked: CommitmentFilter, today: date) -> list[Tile]:
    """The numbers of all lights, in one statement."""
    numbers = {light.value: Count("pk", filter=_of_light(light.value, today)) for light in LIGHTS}
    found: dict[str, Any] = _narrowed(_within_sight(actor), asked).aggregate(**numbers)
    chosen = asked.cleaned_data.get("light")
    return [
        Tile(light, found[light.value], asked.link(light=light.value), chosen == light.value)
        for light in LIGHTS
    ]


def page(found: QuerySet[Commitment], mark: str, size: int) -> tuple[list[Commitment], str]:
    """One page by the day on which each is due, and the mark of the next; a mark that is none is ignored."""
    text, comma, pk = mark.rpartition(",")
    try:
        day = parse_date(text) if comma and pk.isascii() and pk.isdigit() and len(pk) < 19 else None
    except ValueError:
        day = None
    if day is not None:
        found = found.filter(due_on__gte=day).filter(Q(due_on__gt=day) | Q(pk__gt=int(pk)))
    rows = list(found.select_related(f"{CASE}__team").order_by("due_on", "pk")[: size + 1])
    if len(rows) <= size:
        return rows, ""
    last = rows[size - 1]
    return rows[:size], f"{last.due_on.isoformat()},{last.pk}"
