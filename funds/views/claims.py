"""Claims: begun by an agent, signed by the owner, reckoned while one types; what is demanded back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from funds import actions
from funds.access import CLAIM, RECOVERY, finance_team, in_finance
from funds.forms import ClaimForm, DemandForm
from funds.models import Claim, Policy, PolicyVersion
from portal.cases import drafts, engine
from portal.cases.errors import Invalid, Refused
from portal.cases.models import Case, Draft
from portal.cases.views.common import actor_of, load, refusals
from portal.cases.views.desk import filing_token
from portal.cases.views.uploads import with_uploads
from portal.park.acting import Actor
from portal.park.models import Enterprise
from portal.worktime.clock import local
from portal.worktime.now import now


@require_http_methods(["GET", "POST"])
@refusals
def claim_file(request: HttpRequest) -> HttpResponse:
    """A claim under a policy: saved while one types; an agent hands it to the owner, the owner signs it."""
    actor = actor_of(request)
    enterprise, version = _enterprise(actor), _version(request)
    if request.method == "GET":
        draft = drafts.find(enterprise.pk, CLAIM, version.policy.code)
        empty = _bare(enterprise, actor, version, initial=_initial(draft, enterprise, version))
        return _page(request, empty, enterprise, version, draft)
    form: Any = None
    try:
        data = with_uploads(request, Case(kind=CLAIM, enterprise=enterprise), actor, ClaimForm)
        form = ClaimForm(data, case=Case(kind=CLAIM, enterprise=enterprise), actor=actor)
        case = _file(data, enterprise, actor, filing_token(request))
    except Invalid as error:
        form = error.form
    except Refused as error:
        if form is None:
            raise
        form.add_error(None, str(error))
    else:
        messages.success(request, _said(case, actor))
        return redirect("cases:case_view", pk=case.pk)
    draft = drafts.find(enterprise.pk, CLAIM, version.policy.code)
    return _page(request, form, enterprise, version, draft, token=filing_token(request))


def _file(data: Any, enterprise: Enterprise, actor: Actor, token: UUID) -> Case:
    """Filed; and signed at once where the owner files. Both, or none of it."""
    with transaction.atomic():
        case = engine.open_case(CLAIM, by=actor, enterprise=enterprise, data=data, now=now(), token=token)
        if actor.owns(enterprise.pk) and case.step == "signing":  # a second click finds it signed
            case = engine.perform(case.pk, "sign", by=actor, now=now())
    return case


def _said(case: Case, actor: Actor) -> str:
    if case.step == "signing":
        return _("Handed to the owner, who signs it. You can follow it here.")
    return _("Signed and filed. You can follow it here; we will tell you about every step.")


def _enterprise(actor: Actor) -> Enterprise:
    enterprise = get_object_or_404(Enterprise, pk=actor.enterprise_id or 0)
    if not actor.may_act_for(enterprise.pk, CLAIM):
        raise PermissionDenied
    return enterprise


def _version(request: HttpRequest) -> PolicyVersion:
    """The version that rules today of the policy that the address or the form names."""
    given = request.POST.get("version") or request.GET.get("version") or ""
    policies = Policy.objects.filter(active=True).select_related("team", "budget")
    if given.isdecimal() and len(given) < 18:
        policy = policies.filter(versions=int(given), versions__published_at__isnull=False).first()
    else:
        policy = policies.filter(code=request.GET.get("subject", "")[:40].replace("\0", "")).first()
    found = policy.version_on(local(now()).date()) if policy is not None else None
    if policy is None or found is None:
        raise Http404
    found.policy = policy
    return found


def _initial(draft: Draft | None, enterprise: Enterprise, version: PolicyVersion) -> dict[str, Any]:
    """What was typed before; else what the last claim under this policy said, where it still holds."""
    initial: dict[str, Any] = {}
    last = Claim.objects.filter(enterprise=enterprise, policy=version.policy).order_by("-pk").first()
    if last is not None and version.period == PolicyVersion.Period.SPAN and last.period.upper:
        initial["since"] = last.period.upper  # the day after it
    if draft is not None:
        initial |= {name: value for name, value in draft.data.items() if value}
    return initial


def _bare(
    enterprise: Enterprise, actor: Actor, version: PolicyVersion, *, initial: dict[str, Any]
) -> ClaimForm:
    case = Case(kind=CLAIM, enterprise=enterprise)
    return ClaimForm(case=case, actor=actor, bound=False, initial={**initial, "version": version.pk})


def _page(
    request: HttpRequest,
    form: Any,
    enterprise: Enterprise,
    version: PolicyVersion,
    draft: Draft | None,
    *,
    token: UUID | None = None,
    typed: Any = None,
) -> HttpResponse:
    actor = actor_of(request)
    if token is None:
        token = draft.token if draft is not None else uuid4()
    shown = {
        "form": form,
        "version": version,
        "policy": version.policy,
        "enterprise": enterprise,
        "estimate": _estimate(form, typed if typed is not None else request.POST, enterprise, actor, version),
        "may_sign": actor.owns(enterprise.pk),
        "bar": actions.bar_of(enterprise.pk, local(now()).date()),
        "autosave": _autosave(version, token),
        "token": token,
        "draft": draft,
    }
    return render(request, "funds/claim_file.html", shown, status=422 if form.errors else 200)


def _autosave(version: PolicyVersion, token: UUID) -> str:
    about = urlencode({"subject": version.policy.code, "token": token})
    return f"{reverse('cases:draft_save', args=[CLAIM])}?{about}"


def _estimate(
    form: ClaimForm, typed: Any, enterprise: Enterprise, actor: Actor, version: PolicyVersion
) -> actions.Estimate | None:
    """What it comes to by what stands in the form; None while that cannot be told."""
    given = dict(typed.items()) if typed else {n: form[n].value() for n in form.fields}
    read = ClaimForm(
        {**given, "version": version.pk}, case=Case(kind=CLAIM, enterprise=enterprise), actor=actor
    )
    read.is_valid()  # what is wrong elsewhere is said beside its field, once it is sent
    cleaned = getattr(read, "cleaned_data", {})
    period = read.period_of(cleaned)
    if period is None or ("base_amount" in read.fields and cleaned.get("base_amount") is None):
        return None
    return actions.estimate(version, enterprise.pk, period, cleaned.get("base_amount"), now=now())


@require_POST
@refusals
def claim_estimate(request: HttpRequest) -> HttpResponse:
    """The amount by what stands in the form so far; without scripts the whole page with it."""
    actor = actor_of(request)
    enterprise, version = _enterprise(actor), _version(request)
    typed = request.POST.dict()
    form = _bare(enterprise, actor, version, initial=typed)
    if getattr(request, "htmx", False):
        shown = {"estimate": _estimate(form, typed, enterprise, actor, version)}
        return render(request, "funds/_estimate.html", shown)
    draft = drafts.find(enterprise.pk, CLAIM, version.policy.code)
    return _page(request, form, enterprise, version, draft, token=filing_token(request), typed=typed)


@require_http_methods(["GET", "POST"])
@refusals
def claim_recover(request: HttpRequest, pk: int) -> HttpResponse:
    """The finance office demands back what was paid for a claim."""
    case, actor = load(request, pk), actor_of(request)
    if case.kind != CLAIM:
        raise Http404
    if not in_finance(actor):
        raise PermissionDenied
    form: Any = DemandForm(case=Case(kind=RECOVERY, parent=case), actor=actor, bound=False)
    if request.method == "POST":
        try:
            opened = engine.open_case(
                RECOVERY,
                by=actor,
                enterprise=case.enterprise,
                team=finance_team(),
                parent=case,
                data=request.POST,
                now=now(),
                token=filing_token(request),
            )
        except Invalid as error:
            form = error.form
        except Refused as error:
            form = DemandForm(request.POST, case=Case(kind=RECOVERY, parent=case), actor=actor)
            form.add_error("amount", str(error))
        else:
            messages.success(request, _("Begun: %(number)s.") % {"number": opened.number})
            return redirect("cases:case_view", pk=opened.pk)
    shown = {
        "form": form,
        "case": case,
        "account": getattr(case.claim, "account", None),
        "token": filing_token(request),
    }
    return render(request, "funds/claim_recover.html", shown, status=422 if form.errors else 200)
