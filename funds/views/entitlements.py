"""「我能享受什么」: the page on which an enterprise finds the money that is its own."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from funds import matching
from funds.access import CLAIM
from funds.matching import Verdict
from funds.presenting.entitlements import entitlements, in_all
from funds.views.library import versions_in_force
from portal.cases.views.common import actor_of, refusals
from portal.worktime.clock import local
from portal.worktime.now import now


@require_safe
@refusals
def entitlement_list(request: HttpRequest) -> HttpResponse:
    """Every policy as it stands for the enterprise: what fits, what is not known yet, what does not fit."""
    actor, today = actor_of(request), local(now()).date()
    if not actor.may_see_of(actor.enterprise_id, CLAIM):
        raise PermissionDenied
    profile = matching.profile_of(actor.enterprise_id or 0, today)
    if profile is None:
        raise Http404
    may_act = actor.may_act_for(actor.enterprise_id, CLAIM)
    found = entitlements(versions_in_force(), profile, today, may_act=may_act)
    usable = [e for e in found if e.window.state != "closed"]
    context = {
        "met": [e for e in usable if e.verdict == Verdict.MET],
        "unknown": [e for e in usable if e.verdict == Verdict.UNKNOWN],
        "missed": [e for e in usable if e.verdict == Verdict.NOT],
        "closed": [e for e in found if e.window.state == "closed"],
        "in_all": in_all(usable),
        "may_act": may_act,
    }
    return render(request, "funds/entitlement_list.html", context)
