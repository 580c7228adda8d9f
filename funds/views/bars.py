"""Bars to payments: who gets nothing at present, and why; entered and ended by those who watch over it."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from funds.access import bars_enterprises, sees_all_money
from funds.forms import BarForm
from funds.models import Bar
from portal.cases.errors import Refused
from portal.cases.views.common import actor_of, refusals
from portal.cases.views.desk import chosen_enterprise, search_enterprises
from portal.park.models import Enterprise
from portal.worktime.clock import local
from portal.worktime.now import now

SHOWN = 200


@require_http_methods(["GET", "POST"])
@refusals
def bar_list(request: HttpRequest) -> HttpResponse:
    """The bars that hold today and those that have ended; a new one for the enterprise that was chosen."""
    actor, today = actor_of(request), local(now()).date()
    enters = bars_enterprises(actor)
    if not (enters or sees_all_money(actor)):
        raise PermissionDenied
    chosen = chosen_enterprise(request) if enters else None
    enterprise = get_object_or_404(Enterprise, pk=chosen) if chosen is not None else None
    form = BarForm(request.POST if request.method == "POST" else None, initial={"since_on": today})
    if request.method == "POST":
        if enterprise is None:
            raise PermissionDenied
        if form.is_valid():
            form.instance.enterprise = enterprise
            form.save()
            messages.success(request, _("Entered: nothing can be claimed or approved for it meanwhile."))
            return redirect("funds:bar_list")
    ended = Q(until_on__lt=today)
    bars = Bar.objects.select_related("enterprise").order_by("-since_on", "-pk")
    context = {
        "holding": list(bars.exclude(ended)[:SHOWN]),
        "ended": list(bars.filter(ended)[:50]),
        "enters": enters,
        "enterprise": enterprise,
        "found": search_enterprises(request) if enters and enterprise is None else [],
        "q": request.GET.get("q", ""),
        "form": form,
    }
    return render(request, "funds/bar_list.html", context, status=422 if form.errors else 200)


@require_POST
@refusals
def bar_end(request: HttpRequest, pk: int) -> HttpResponse:
    """It holds no more from today on; the row stays, with its history."""
    if not bars_enterprises(actor_of(request)):
        raise PermissionDenied
    bar, today = get_object_or_404(Bar, pk=pk), local(now()).date()
    if bar.until_on is not None and bar.until_on < today:
        raise Refused(_("It has ended already."))
    if bar.since_on >= today:
        raise Refused(_("It begins today or later: let it hold for a day, or until it can be ended."))
    bar.until_on = today - timedelta(days=1)
    bar.save(update_fields=["until_on"])
    messages.success(request, _("Ended."))
    return redirect("funds:bar_list")
