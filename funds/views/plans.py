"""Payment plans: one a month, its lines, what cash is needed, the files that are made of it."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from funds import actions
from funds.access import PLAN, in_finance, sees_all_money
from funds.bankfiles import LAYOUTS
from funds.models import Plan
from funds.presenting import plans
from portal.cases.errors import Refused
from portal.cases.models import Case
from portal.cases.presenting.actions import transitions
from portal.cases.views.common import actor_of, load, refusals
from portal.park.acting import Actor
from portal.worktime.clock import local
from portal.worktime.now import now

MOST_PLANS = 60  # five years
LAYOUT_LABELS = {"csv": "CSV", "xlsx": "Excel"}
MOST_KEY = 64


def money_staff(request: HttpRequest) -> Actor:
    """Who looks at plans and files: the finance office, and those who oversee. Raises PermissionDenied."""
    actor = actor_of(request)
    if not sees_all_money(actor):
        raise PermissionDenied
    return actor


def check_pays(request: HttpRequest) -> None:
    """Raises PermissionDenied for everybody who does not sit in the finance office."""
    if not in_finance(actor_of(request)):
        raise PermissionDenied


@require_safe
@refusals
def plan_list(request: HttpRequest) -> HttpResponse:
    """The plans, the newest first, each with what it comes to; and the cash that the next months need."""
    money_staff(request)
    paid = Q(lines__instalment__paid_on__isnull=False)
    found = (
        Plan.objects.select_related("case")
        .annotate(
            planned=Sum("lines__instalment__amount", filter=Q(lines__deferred_why="")),
            count=Count("lines", filter=Q(lines__deferred_why="")),
            deferred=Count("lines", filter=~Q(lines__deferred_why="")),
            paid=Sum("lines__instalment__amount", filter=paid),
        )
        .order_by("-month")[:MOST_PLANS]
    )
    moment = now()
    rows = [(plan, plan.case.step_declared.label, plan.case.light(moment).value) for plan in found]
    needs, on_top = plans.cash_need(local(moment).date())
    return render(request, "funds/plan_list.html", {"rows": rows, "needs": needs, "on_top": on_top})


def plan_of(request: HttpRequest, pk: int) -> tuple[Case, Plan]:
    """A plan that exists for this person. Raises Http404, PermissionDenied."""
    case = load(request, pk)
    if case.kind != PLAN:
        raise Http404
    money_staff(request)
    plan: Plan = case.plan
    return case, plan


@require_safe
@refusals
def plan_view(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan: what it comes to, where each line stands, what can be done with it."""
    (case, plan), actor = plan_of(request, pk), actor_of(request)
    show = request.GET.get("show", "all")
    show = show if show in plans.SHOWS else "all"
    lines, later = plans.page_of_lines(plan, show, request.GET.get("after", ""))
    offered = transitions(case, actor)
    offers = [offer for offer in offered if offer.primary]
    moves = {"defer", "take_back"} & {offer.name for offer in offered}
    pays = in_finance(actor) and case.step == "paying"
    context = {
        "case": case,
        "plan": plan,
        "step": case.step_declared.label,
        "light": case.light(now()).value,
        "main": offers[0] if offers else None,
        "moves": moves,
        "tabs": plans.tabs(plan),
        "show": show,
        "lines": lines,
        "later": f"?{later}" if later else "",
        "ready": actions.ready_to_send(plan.pk) if pays else None,
        "files": plan.files.select_related("made_by", "release__released_by").defer("content"),
        "layouts": [(name, LAYOUT_LABELS[name]) for name in LAYOUTS],
        "key": uuid4().hex,
        "back": reverse("funds:plan_view", args=[case.pk]),
    }
    return render(request, "funds/plan_view.html", context)


@require_POST
@refusals
def file_make(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the file of everything that can be sent; a second click finds the file of the first."""
    _case, plan = plan_of(request, pk)
    check_pays(request)
    layout, key = request.POST.get("layout", ""), request.POST.get("key", "").strip()
    if layout not in LAYOUTS or not 8 <= len(key) <= MOST_KEY:
        raise Refused(_("Please choose a layout on the page of the plan."))
    file = actions.make_file(plan, layout=layout, key=key, by=actor_of(request).user, now=now())
    messages.success(
        request, _("File %(number)s is made. Another person releases it.") % {"number": file.number}
    )
    return redirect("funds:file_view", pk=file.pk)
