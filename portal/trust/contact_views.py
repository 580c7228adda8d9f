"""Looking at contact details, and seeing who looked at one's own."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.cases.views.common import actor_of, load, refusals
from portal.trust import contacts
from portal.trust.models import ContactRead
from portal.worktime.now import now

SHOWN = 100


@require_POST
@never_cache
@refusals
def contact_show(request: HttpRequest, pk: int) -> HttpResponse:
    """One deliberate click: the details, and the record that they were read."""
    case = load(request, pk)
    reason = request.POST.get("reason", "").strip()
    found = contacts.show(case, by=actor_of(request), reason=reason, now=now())
    part = bool(getattr(request, "htmx", False))
    template = "trust/_contact.html" if part else "trust/contact.html"
    return render(request, template, {"case": case, "contacts": found})


@require_safe
@login_required
def reads_of_mine(request: HttpRequest) -> HttpResponse:
    """Who has looked at my own phone number and e-mail."""
    mine = ContactRead.objects.filter(person=request.user.pk).select_related("reader", "case", "enterprise")
    return render(request, "trust/reads_of_mine.html", {"reads": mine.order_by("-pk")[:SHOWN]})
