"""Dead letters: what did not arrive and why, sent again or given up, one by one or many at once."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from portal.administration.common import administrators
from portal.administration.notices.forms import DeliveryFilter
from portal.cases.views.common import actor_of
from portal.notices import letters
from portal.notices.models import Delivery
from portal.notices.texts import MATTERS
from portal.worktime.now import now

PAGE = 50
# One press of the button moves at most so many; the page says so, and the button is there again.
MOST = 5000


@require_safe
@administrators
def delivery_list(request: HttpRequest) -> HttpResponse:
    """What matches the filter, newest first."""
    form = DeliveryFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = _found(chosen)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 18:
        found = found.filter(pk__lt=int(before))
    page = list(found.select_related("notice__recipient", "endpoint__team").order_by("-pk")[: PAGE + 1])
    context = {
        "form": form,
        "rows": [{"row": row, "about": _about(row)} for row in page[:PAGE]],
        "later": page[PAGE - 1].pk if len(page) > PAGE else None,
        "count": _found(chosen)[: MOST + 1].count(),
        "query": _query(chosen),
        "state": chosen.get("state") or Delivery.State.DEAD,
        "carries": chosen,
    }
    return render(request, "administration/delivery_list.html", context)


@require_POST
@administrators
def delivery_settle(request: HttpRequest) -> HttpResponse:
    """Send again or give up: the ticked ones, or everything that matches the filter."""
    form = DeliveryFilter(request.POST)
    chosen = form.cleaned_data if form.is_valid() else {}
    if request.POST.get("everything"):
        ids = list(_found(chosen).order_by("pk").values_list("pk", flat=True)[:MOST])
    else:
        ids = [int(pk) for pk in request.POST.getlist("pk") if pk.isdecimal() and len(pk) < 18]
    by = actor_of(request).user
    if request.POST.get("do") == "give_up":
        n = letters.give_up(ids, by=by, now=now())
        said = ngettext("%(n)s delivery was given up.", "%(n)s deliveries were given up.", n)
    else:
        n = letters.send_again(ids, by=by, now=now())
        said = ngettext("%(n)s delivery is sent again.", "%(n)s deliveries are sent again.", n)
    if n:
        messages.success(request, said % {"n": n})
    else:
        messages.error(request, _("Nothing was chosen, or somebody else was faster."))
    return redirect(f"{reverse('administration:delivery_list')}?{_query(chosen)}")


def _found(chosen: dict[str, Any]) -> QuerySet[Delivery]:
    found = Delivery.objects.filter(state=chosen.get("state") or Delivery.State.DEAD, carried_by=None)
    for name in ("channel", "problem"):
        if chosen.get(name):
            found = found.filter(**{name: chosen[name]})
    asked = (chosen.get("q") or "").strip()
    if asked:
        found = found.filter(
            Q(notice__recipient__display_name__icontains=asked)
            | Q(notice__recipient__username__icontains=asked)
            | Q(endpoint__name__icontains=asked)
            | Q(notice__params__number=asked.upper())
        )
    return found


def _query(chosen: dict[str, Any]) -> str:
    return urlencode({name: value for name, value in chosen.items() if value})


def _about(row: Delivery) -> str:
    """What the notice is about, without its content: administrators see no cases."""
    matter = MATTERS.get(row.notice.key)
    if matter is None:
        return row.notice.key
    return str(matter.template(row.notice.params).label)
