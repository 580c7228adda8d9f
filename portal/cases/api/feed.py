"""The feed of events for data warehouses: what happened since the cursor, and nothing ever missed.

Ids are given out before their transactions commit, so that a reader who goes by the id loses what
commits late. Every event carries its transaction, and the feed ends before the oldest transaction
that is still under way: what lies before that is complete. Its order is (transaction, id).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api import paging
from portal.api.models import Scope
from portal.api.problems import Problem
from portal.api.schema import page_of, parameters
from portal.api.views import ApiView, asked
from portal.cases.access import is_staff_for, visible_to
from portal.cases.api import shapes
from portal.cases.api.forms import FeedForm
from portal.cases.api.reading import event_body
from portal.cases.models import Event
from portal.cases.presenting.timeline import concerns
from portal.park.acting import Actor
from portal.park.api import actor_of

BATCH = 500
# One look reads at most so many events, whoever's they are: its cost does not grow with the table.
LOOKED_THROUGH = 2000

Place = tuple[int, int]  # transaction, id
_STATE = """
SELECT txid_snapshot_xmin(s),
       -- The own transaction, if it writes, may lie beyond the snapshot.
       greatest(txid_snapshot_xmax(s), coalesce(txid_current_if_assigned(), 0) + 1),
       (SELECT max(xact) FROM cases_event)
FROM txid_current_snapshot() AS s
"""


@dataclass(frozen=True)
class Slice:
    """A piece of the feed: its events, the place reached, and whether more lies ready."""

    events: list[Event]
    place: Place
    more: bool


def horizon(place: Place) -> int:
    """The first transaction that is not complete yet.

    Raises Problem when the database counts its transactions anew, as after a restore from a dump.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        oldest, following, newest_event = cursor.fetchone()
    if newest_event is not None and newest_event >= following:
        raise Problem("feed-renewal-needed", _("After a restore run `manage.py renew_feed` once."))
    if place[0] >= following:
        raise Problem(
            "cursor-outdated", _("The feed was renewed: begin without a cursor. Ids stay as they are.")
        )
    return int(oldest)


def piece(actor: Actor, place: Place, limit: int) -> Slice:
    """What follows a place, as far as it is complete and the person may see it."""
    end = horizon(place)
    xact, pk = place
    following = Event.objects.filter(xact__gte=xact, xact__lt=end).filter(
        Q(xact__gt=xact) | Q(xact=xact, pk__gt=pk)
    )
    looked = list(following.order_by("xact", "pk").values_list("xact", "pk")[:LOOKED_THROUGH])
    if not looked:
        return Slice([], place, False)
    events = (
        Event.objects.filter(pk__in=[pk for _xact, pk in looked], case__in=visible_to(actor).values("pk"))
        .select_related("case", "actor")
        .order_by("xact", "pk")
    )
    seen = [e for e in events if concerns(e, inside=is_staff_for(actor, e.case))]
    if len(seen) > limit:
        last = seen[limit - 1]
        return Slice(seen[:limit], (last.xact, last.pk), True)
    return Slice(seen, looked[-1], len(looked) == LOOKED_THROUGH)


def feed_body(event: Event, actor: Actor) -> dict[str, Any]:
    """An event with its case."""
    case = event.case
    return {
        **event_body(event, case, inside=is_staff_for(actor, case)),
        "case": {
            "id": case.pk,
            "number": case.number,
            "kind": case.kind,
            "enterprise_id": case.enterprise_id,
            "team_id": case.team_id,
        },
    }


class EventFeed(ApiView):
    """Events of the cases within sight, in an order in which none can be missed.

    Keep `cursor` and come again with it: `next` is null when nothing more lies ready yet.
    """

    scopes: ClassVar = {"GET": (Scope.FEED,)}
    problems = (410, 503)

    @extend_schema(
        operation_id="event_feed",
        summary=gettext_lazy("What happened since the cursor"),
        description=gettext_lazy(
            "Keep `cursor` and come again with it; `next` is null when nothing more lies ready. "
            "Events are never skipped, however late their transaction commits."
        ),
        tags=["feed"],
        parameters=parameters(FeedForm),
        responses=page_of(shapes.FeedEventSerializer, cursor=serializers.CharField()),
    )
    def get(self, request: Request) -> Response:
        actor = actor_of(request)
        form = asked(request, FeedForm)
        found = piece(actor, _place(form.cleaned_data["after"]), form.cleaned_data["limit"] or BATCH)
        cursor = paging.encode(*found.place)
        rows = [feed_body(event, actor) for event in found.events]
        return paging.page_answer(request, rows, cursor if found.more else "", cursor=cursor)


def _place(text: str) -> Place:
    if not text:
        return (0, 0)
    held = paging.decode(text)
    if len(held) != 2:
        raise paging.bad_cursor()
    return paging.row_id(held[0]), paging.row_id(held[1])
