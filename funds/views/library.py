"""The library of policies. Anybody may read it; who acts for an enterprise sees how each stands for it."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from funds import matching
from funds.access import CLAIM, edits_policy, keeps_policies
from funds.forms import LibraryForm
from funds.models import Policy, PolicyVersion
from funds.presenting import amounts, conditions
from funds.presenting.entitlements import Entitlement, entitlements, window
from portal.park.acting import Actor
from portal.park.models import Enterprise
from portal.worktime.clock import local
from portal.worktime.now import now

PAGE = 20


def _today() -> Any:
    return local(now()).date()


def versions_in_force() -> QuerySet[PolicyVersion]:
    """What holds, with the rows that say what is asked and how much is given."""
    return matching.current_versions().prefetch_related("criteria", "tiers")


def _visitor(request: HttpRequest) -> Actor | None:
    """Who looks; nobody has to be signed in."""
    return cast("Actor | None", request.actor)  # type: ignore[attr-defined]  # set by ActorMiddleware


@require_safe
def policy_list(request: HttpRequest) -> HttpResponse:
    """All policies in force, to be searched and narrowed."""
    today, actor = _today(), _visitor(request)
    industries = Enterprise.objects.order_by("industry").values_list("industry", flat=True).distinct()
    form = LibraryForm(request.GET, [name for name in industries if name])
    asked = form.asked()
    found = asked.narrow(versions_in_force(), today)
    first = (asked.page - 1) * PAGE
    rows = list(found[first : first + PAGE + 1])
    context = {
        "form": form,
        "rows": [(v, window(v, today), amounts.amount_words(v)) for v in rows[:PAGE]],
        "filtered": asked.link(1) != "?",
        "earlier": asked.link(asked.page - 1) if asked.page > 1 else "",
        "later": asked.link(asked.page + 1) if len(rows) > PAGE else "",
        "may_keep": actor is not None and keeps_policies(actor),
        "for_us": actor is not None and bool(actor.agencies),
    }
    return render(request, "funds/policy_list.html", context)


@require_safe
def policy_view(request: HttpRequest, pk: int) -> HttpResponse:
    """One policy: for whom, how much, how, until when, what is needed; and how it stands for the own one."""
    versions = versions_in_force().prefetch_related("materials")
    version = get_object_or_404(versions, policy=pk)
    actor, today = _visitor(request), _today()
    context = {
        "version": version,
        "policy": version.policy,
        "window": window(version, today),
        "amount": amounts.amount_words(version),
        "tiers": amounts.tier_words(version),
        "groups": conditions.groups(matching.conditions_of(version)),
        "excludes": Policy.objects.filter(pk__in=version.policy.excludes(), active=True),
        "own": _own(version, actor),
        "may_edit": actor is not None and edits_policy(actor, version.policy),
    }
    return render(request, "funds/policy_view.html", context)


def _own(version: PolicyVersion, actor: Actor | None) -> Entitlement | None:
    """How it stands for the enterprise that the person acts for."""
    if actor is None or not actor.may_see_of(actor.enterprise_id, CLAIM):
        return None
    today = _today()
    profile = matching.profile_of(actor.enterprise_id or 0, today)
    if profile is None:
        return None
    may_act = actor.may_act_for(actor.enterprise_id, CLAIM)
    return next(iter(entitlements([version], profile, today, may_act=may_act)), None)
