"""Finding a case among all that one may see, open or closed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from portal.cases.access import visible_to
from portal.cases.models import Case
from portal.cases.presenting.rows import rows
from portal.cases.search import words
from portal.cases.views.common import actor_of, refusals
from portal.park.acting import Actor
from portal.worktime.clock import Calendar
from portal.worktime.now import now

PAGE = 30
LONGEST = 80


@require_safe
@refusals
def search(request: HttpRequest) -> HttpResponse:
    """Cases by number, title, enterprise, credit code and text; the newest first."""
    actor = actor_of(request)
    asked = request.GET.get("q", "").strip()[:LONGEST]
    found = find(actor, asked, request.GET.get("after", ""))
    shown, more = found[:PAGE], len(found) > PAGE
    inside = actor.is_staff_side
    context: dict[str, Any] = {
        "asked": asked,
        "rows": rows(shown, actor, now(), Calendar.current(), inside=inside),
        "later": "?" + urlencode({"q": asked, "after": _mark(shown[-1])}) if more else "",
        "inside": inside,
    }
    return render(request, "cases/search.html", context)


def find(actor: Actor, asked: str, after: str = "") -> list[Case]:
    """One page of visible cases and one more; costs the same wherever the page lies."""
    wanted = words(asked)
    if wanted is None:
        return []
    cases = visible_to(actor).filter(wanted.condition(), _beyond(after))
    cases = cases.select_related("enterprise", "assignee", "team")
    return list(cases.order_by("-search__opened_at", "-search__case")[: PAGE + 1])


def _mark(case: Case) -> str:
    return f"{case.opened_at.isoformat()},{case.pk}"


def _beyond(mark: str) -> Q:
    moment, comma, pk = mark.rpartition(",")
    if not comma or not pk.isdecimal() or len(pk) > 18:
        return Q()
    try:
        opened_at: datetime | None = parse_datetime(moment)
    except ValueError:
        return Q()
    if opened_at is None or opened_at.tzinfo is None:
        return Q()
    return Q(search__opened_at__lte=opened_at) & (
        Q(search__opened_at__lt=opened_at) | Q(search__case__lt=int(pk))
    )
