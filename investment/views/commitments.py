"""履约台账: the commitments of all contracts."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from investment.forms.commitments import CommitmentFilter
from investment.presenting import commitments
from portal.cases.views.common import actor_of, refusals
from portal.worktime.clock import local
from portal.worktime.now import now

PAGE = 50


@require_safe
@refusals
def commitment_list(request: HttpRequest) -> HttpResponse:
    """What both sides took on, the most pressing first; each leads to its lead, where it is noted."""
    actor, asked, today = actor_of(request), CommitmentFilter(request.GET), local(now()).date()
    if not actor.is_staff_side:
        raise PermissionDenied
    chosen = commitments.selected(actor, asked, today)
    found, later = commitments.page(chosen, request.GET.get("after", ""), PAGE)
    context = {
        "form": asked,
        "tiles": commitments.tiles(actor, asked, today),
        "rows": [(one, one.light(today)) for one in found],
        "later": asked.link(after=later) if later else "",
    }
    return render(request, "investment/commitment_list.html", context)
