"""Pages of leads."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from investment.access import LEAD, RIVALRY, own_task_forces, registers_leads
from investment.actions import likeness, rivalry
from investment.actions.duplicates import Taken
from investment.forms import ClaimForm, LeadForm
from investment.models import Activity, Lead
from investment.presenting.activities import within_sight
from portal.cases import engine
from portal.cases.access import known_to
from portal.cases.errors import Invalid, Refused
from portal.cases.models import Case
from portal.cases.views.common import actor_of, refusals
from portal.cases.views.desk import filing_token
from portal.park.acting import Actor
from portal.worktime.now import now


@require_http_methods(["GET", "POST"])
@refusals
def lead_register(request: HttpRequest) -> HttpResponse:
    """Any member of staff registers a lead for a task force; what was typed stays when it is refused."""
    actor, token, refused, taken = actor_of(request), filing_token(request), "", ""
    if not registers_leads(actor):
        raise PermissionDenied
    form: Any = LeadForm(
        request.POST if request.method == "POST" else None,
        case=Case(kind=LEAD),
        actor=actor,
        bound=request.method == "POST",
        initial=_heard_at(actor, request.GET.get("activity", "")),
    )
    if request.method == "POST":
        try:
            case = engine.open_case(LEAD, by=actor, data=request.POST, now=now(), token=token)
        except (Invalid, Refused) as error:
            form, refused = (error.form, "") if isinstance(error, Invalid) else (form, str(error))
            if isinstance(error, Taken) and own_task_forces(actor):
                taken = error.number
        else:
            messages.success(request, _("Registered: %(number)s.") % {"number": case.number})
            return redirect("cases:case_view", pk=case.pk)
    shown = {"form": form, "token": token, "refused": refused, "taken": taken}
    return render(request, "investment/lead_register.html", shown, status=422 if form.is_bound else 200)


def _heard_at(actor: Actor, number: str) -> dict[str, Any]:
    """What is known of a lead that came out of an activity which the person may know of."""
    found = within_sight(actor).filter(case__number=number[:40]).select_related("case__team").first()
    if found is None:
        return {}
    known = {"born_of": found.pk, "task_force": found.case.team.code, "investor_name": found.investor_name}
    return known | ({"source": Lead.Source.TRIP} if found.kind == Activity.Kind.TRIP else {})


@require_safe
@refusals
def lead_alike(request: HttpRequest) -> HttpResponse:
    """Open leads whose investor may be the same, while somebody is still typing."""
    actor = actor_of(request)
    if not registers_leads(actor):
        raise PermissionDenied
    name, uscc = request.GET.get("investor_name", ""), request.GET.get("uscc", "")
    found = likeness.alike(name[:120], uscc[:18], by=actor)
    return render(request, "investment/lead_alike.html", {"found": found})


@require_http_methods(["GET", "POST"])
@refusals
def lead_claim(request: HttpRequest, number: str) -> HttpResponse:
    """撞单: a member of another task force claims an investor that is taken.

    Of the lead they see what the refusal has told them: its number, and who has it.
    """
    actor, token, refused = actor_of(request), filing_token(request), ""
    if not own_task_forces(actor):
        raise PermissionDenied
    known = Case.objects.filter(known_to(actor), kind=LEAD).select_related("team")
    lead = get_object_or_404(known, number=number)
    form: Any = ClaimForm(
        request.POST if request.method == "POST" else None,
        case=Case(kind=RIVALRY),
        actor=actor,
        bound=request.method == "POST",
    )
    if request.method == "POST":
        try:
            claim = rivalry.claim(lead, by=actor, data=request.POST, now=now(), token=token)
        except (Invalid, Refused) as error:
            form, refused = (error.form, "") if isinstance(error, Invalid) else (form, str(error))
        else:
            messages.success(request, _("Claimed: %(number)s.") % {"number": claim.number})
            return redirect("cases:case_view", pk=claim.pk)
    shown = {"lead": lead, "form": form, "token": token, "refused": refused}
    return render(request, "investment/lead_claim.html", shown, status=422 if form.is_bound else 200)
