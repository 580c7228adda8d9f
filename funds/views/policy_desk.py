"""Policies as those see them who look after them: all of theirs, one with its history, two versions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from funds import actions
from funds.access import edits_policy, keeps_policies, kept_policies
from funds.forms import NewPolicyForm, PolicyForm, keeping_teams
from funds.models import Policy, PolicyVersion
from funds.presenting.entitlements import Window, window
from funds.presenting.versions import compared, said
from portal.accounts.models import Duty
from portal.cases.views.common import View, actor_of, refusals
from portal.park.acting import Actor
from portal.worktime.clock import local
from portal.worktime.now import now

PEOPLE = ("made_by", "changed_by", "published_by")


def keepers(view: View) -> View:
    """Only for people who look after policies; what is refused becomes a page that says why."""

    @refusals
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not keeps_policies(actor_of(request)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wrapped


def kept(request: HttpRequest, pk: int) -> Policy:
    """The policy, if the person looks after it; else 404 (403 where it is in the library anyway)."""
    policy = get_object_or_404(Policy.objects.select_related("team", "budget"), pk=pk)
    if not edits_policy(actor_of(request), policy):
        raise Http404
    return policy


def teams_of(actor: Actor) -> Any:
    """The departments that the person can name."""
    return keeping_teams(None if actor.holds(Duty.ADMINISTRATOR) else actor.team_ids)


@dataclass(frozen=True)
class Kept:
    """A policy with what holds, and what is being prepared."""

    policy: Policy
    published: PolicyVersion | None
    draft: PolicyVersion | None
    window: Window | None


@require_safe
@keepers
def policy_desk(request: HttpRequest) -> HttpResponse:
    """All policies that the person looks after: what is published, the draft if there is one."""
    policies = list(kept_policies(actor_of(request)).select_related("team"))
    versions = PolicyVersion.objects.filter(policy__in=policies).select_related(*PEOPLE)
    newest = versions.filter(published_at__isnull=False).order_by("policy_id", "-number")
    published = {v.policy_id: v for v in newest.distinct("policy_id")}
    drafts = {v.policy_id: v for v in versions.filter(published_at=None)}
    today = local(now()).date()
    rows = [
        Kept(p, v := published.get(p.pk), drafts.get(p.pk), window(v, today) if v is not None else None)
        for p in policies
    ]
    return render(request, "funds/policy_desk.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@keepers
def policy_create(request: HttpRequest) -> HttpResponse:
    """A policy that there is not yet, with an empty draft to begin with."""
    actor = actor_of(request)
    form = NewPolicyForm(request.POST or None, teams=teams_of(actor))
    if request.method == "POST" and form.is_valid():
        draft = actions.create_policy(form.save(commit=False), by=actor.user, now=now())
        messages.success(request, _("The policy is there. Now say what it gives, to whom, and until when."))
        return redirect("funds:policy_draft", pk=draft.policy_id)
    status = 422 if form.errors else 200
    return render(request, "funds/policy_create.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@keepers
def policy_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, level, department, whether it is in use; the second of two is shown both versions."""
    kept(request, pk)
    with transaction.atomic():
        rows: QuerySet[Policy] = Policy.objects.all()
        held = (rows.select_for_update() if request.method == "POST" else rows).get(pk=pk)
        form = PolicyForm(request.POST or None, instance=held, teams=teams_of(actor_of(request)))
        if request.method == "POST" and form.is_valid():
            form.save()
            messages.success(request, _("Saved."))
            return redirect("funds:policy_manage", pk=pk)
    status = 422 if form.errors else 200
    if form.stale:
        form.renew()
        status = 409
    context = {"form": form, "policy": Policy.objects.get(pk=pk)}
    return render(request, "funds/policy_edit.html", context, status=status)


@require_safe
@keepers
def policy_manage(request: HttpRequest, pk: int) -> HttpResponse:
    """One policy: its draft, and its history with who, when and why."""
    policy = kept(request, pk)
    versions = list(policy.versions.select_related(*PEOPLE).order_by("-number"))
    published = [version for version in versions if not version.is_draft]
    before = {new.pk: old.number for new, old in pairwise(versions)}
    context = {
        "policy": policy,
        "draft": next((version for version in versions if version.is_draft), None),
        "published": published[0] if published else None,
        "versions": [(version, before.get(version.pk)) for version in versions],
        "numbers": [version.number for version in versions],
    }
    return render(request, "funds/policy_manage.html", context)


def version_of(policy: Policy, number: int) -> PolicyVersion:
    versions = policy.versions.select_related("budget", "policy", *PEOPLE)
    return get_object_or_404(versions.prefetch_related("criteria", "tiers", "materials"), number=number)


@require_safe
@keepers
def policy_version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One version as it is, or was."""
    policy = kept(request, pk)
    version = version_of(policy, number)
    context = {"policy": policy, "version": version, "said": said(version)}
    return render(request, "funds/policy_version.html", context)


@require_safe
@keepers
def policy_compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Two versions beside one another."""
    policy = kept(request, pk)
    old, new = (version_of(policy, _number(request, name)) for name in ("old", "new"))
    context = {
        "policy": policy,
        "old": old,
        "new": new,
        "differences": compared(old, new),
        "numbers": policy.versions.order_by("number").values_list("number", flat=True),
    }
    return render(request, "funds/policy_compare.html", context)


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    if not (text.isdecimal() and len(text) < 6):
        raise Http404
    return int(text)
