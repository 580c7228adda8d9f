"""The proof of the record: that no event of any timeline was changed, removed or inserted."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from portal.administration.common import administrators
from portal.cases.models import Event
from portal.cases.timeline import breaks

PROBLEMS = {
    "changed": _("changed"),
    "removed": _("removed"),
    "inserted": _("inserted"),
}
SHOWN = 200


@require_http_methods(["GET", "POST"])
@administrators
def record(request: HttpRequest) -> HttpResponse:
    """The same proof as `manage.py verify_events`. It reads everything, hence on demand only."""
    context = {}
    if request.method == "POST":
        found = list(breaks())
        shown = [
            {"number": b.number, "seq": b.seq, "problem": PROBLEMS.get(b.problem, b.problem)}
            for b in found[:SHOWN]
        ]
        context = {"done": True, "count": len(found), "breaks": shown, "events": Event.objects.count()}
    return render(request, "administration/record.html", context)
