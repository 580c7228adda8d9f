"""The list that the numbers of charts and bulletins open."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from investment.forms.listing import LeadFilter
from investment.presenting import listing
from portal.cases import keyset
from portal.cases.presenting.rows import rows
from portal.cases.views.common import actor_of, refusals
from portal.worktime.clock import Calendar
from portal.worktime.now import now

PAGE = 25


@require_safe
@refusals
def lead_list(request: HttpRequest) -> HttpResponse:
    """The leads that the person may know of, newest first, as the address narrows them."""
    actor, moment, asked = actor_of(request), now(), LeadFilter(request.GET)
    if not actor.is_staff_side:
        raise PermissionDenied
    chosen = listing.leads(actor, asked, moment).select_related("team", "assignee", "enterprise", "lead")
    found, later = keyset.page(chosen, "opened_at", request.GET.get("after", ""), PAGE)
    shown = rows(found, actor, moment, Calendar.current(), inside=True)
    context = {
        "form": asked,
        "rows": [(row, case.lead) for row, case in zip(shown, found, strict=True)],
        "later": asked.link(after=later) if later else "",
    }
    return render(request, "investment/lead_list.html", context)
