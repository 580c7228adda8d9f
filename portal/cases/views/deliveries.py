"""The delivery state of everything that was told of a case."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.cases.access import is_staff_for
from portal.cases.presenting.deliveries import context
from portal.cases.views.common import actor_of, load, refusals


@require_safe
@refusals
def case_deliveries(request: HttpRequest, pk: int) -> HttpResponse:
    """For staff: a fragment of the case page, or a page of its own without JavaScript."""
    case, actor = load(request, pk), actor_of(request)
    if not is_staff_for(actor, case):
        raise Http404
    htmx = getattr(request, "htmx", False)
    template = "cases/_deliveries.html" if htmx else "cases/deliveries.html"
    return render(request, template, context(case, actor))
