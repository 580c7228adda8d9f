"""Drafts of policies: begun, edited, tried on the whole park, published by somebody else, discarded."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from funds import actions, matching
from funds.forms import PolicyDraftForm, PublishPolicyForm
from funds.forms.policies import PERCENT
from funds.matching import Verdict
from funds.matching.conditions import mistake
from funds.matching.runs import Hit
from funds.models import Criterion, Policy, PolicyVersion
from funds.presenting import amounts, conditions
from funds.presenting.versions import compared, simulated
from funds.views.policy_desk import PEOPLE, keepers, kept, version_of
from portal.cases.errors import Conflict
from portal.cases.views.common import actor_of
from portal.money import grouped
from portal.park.models import Enterprise
from portal.worktime.clock import local
from portal.worktime.now import now

PAGE = 50
MOST_PAGES = 1000


@require_POST
@keepers
def policy_draft_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft with what is published; Conflict when there is one already."""
    actions.begin_draft(kept(request, pk), by=actor_of(request).user, now=now())
    return redirect("funds:policy_draft", pk=pk)


def _draft(request: HttpRequest, pk: int) -> PolicyVersion:
    """The draft of a policy: 404 for who looks, Conflict for who comes too late with what he did."""
    policy = kept(request, pk)
    last = policy.versions.select_related("policy__team", *PEOPLE).order_by("-number").first()
    if last is None or not last.is_draft:
        if last is None or request.method != "POST":
            raise Http404
        told = {"n": last.number, "who": last.published_by or _("the portal"), "at": ""}
        if last.published_at is not None:
            told["at"] = f"{local(last.published_at):%Y-%m-%d %H:%M}"
        raise Conflict(_("There is no draft any more. Version %(n)s: published by %(who)s, %(at)s.") % told)
    return last


@require_http_methods(["GET", "POST"])
@keepers
def policy_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """All that a draft says, as one form; the second of two people is shown both versions."""
    draft = _draft(request, pk)
    if request.method != "POST":
        return _page(request, draft, _form(None, draft))
    with transaction.atomic():
        held = actions.locked_draft(draft)
        form = _form(request.POST, held)
        if form.is_valid():
            form.save(commit=False)
            actions.change_draft(held, form.rows(), by=actor_of(request).user, now=now())
            messages.success(request, _("The draft is saved."))
            goes_on = "policy_simulation" if request.POST.get("do") == "simulate" else "policy_draft"
            return redirect(f"funds:{goes_on}", pk=pk)
    status = 422
    if form.stale:
        form.renew()
        status = 409
    return _page(request, draft, form, status=status)


def _form(data: Any, draft: PolicyVersion) -> PolicyDraftForm:
    return PolicyDraftForm(data, instance=draft, rows=_typed_rows(draft))


def _typed_rows(draft: PolicyVersion) -> dict[str, list[dict[str, Any]]]:
    """The rows as somebody would type them."""
    criteria = [
        {**row, "values": conditions.typed(Criterion(**row)), "group": row["group"] or ""}
        for row in actions.rows_of(draft, "criteria")
    ]
    tiers = [
        {
            "from_amount": _plain(row["from_amount"]),
            "rate": _plain(row["rate"] * PERCENT if row["rate"] is not None else None),
            "amount": _plain(row["amount"]),
        }
        for row in actions.rows_of(draft, "tiers")
    ]
    return {"criteria": criteria, "tiers": tiers, "materials": actions.rows_of(draft, "materials")}


def _plain(number: Any) -> str:
    """Without zeros at the end, and without separators."""
    return "" if number is None else grouped(number).replace(",", "")


def _page(
    request: HttpRequest, draft: PolicyVersion, form: PolicyDraftForm, status: int = 200
) -> HttpResponse:
    facts = [
        (fact, _(", ").join(str(o.label) for o in fact.operators), matching.wanted(fact))
        for fact in matching.FACTS.values()
        if fact.is_offered
    ]
    context = {"draft": draft, "policy": draft.policy, "form": form, "facts": facts}
    return render(request, "funds/policy_draft.html", context, status=status)


@require_safe
@keepers
def policy_simulation(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom the draft would hit, what it would cost; behind each number the enterprises."""
    draft = version_of(kept(request, pk), _draft(request, pk).number)
    today = local(now()).date()
    chosen, page = request.GET.get("verdict", ""), _page_number(request)
    verdict = Verdict(chosen) if chosen in Verdict.values else Verdict.MET
    hits = _hits(draft, today, verdict, (page - 1) * PAGE)
    names = Enterprise.objects.in_bulk([hit.enterprise_id for hit in hits[:PAGE]])
    context = {
        "draft": draft,
        "policy": draft.policy,
        "simulation": simulated(draft, today),
        "verdict": verdict,
        "hits": [(names[hit.enterprise_id], hit.amount) for hit in hits[:PAGE]],
        "earlier": f"?verdict={verdict.value}&page={page - 1}" if page > 1 else "",
        "later": f"?verdict={verdict.value}&page={page + 1}" if len(hits) > PAGE else "",
        "amount": amounts.amount_words(draft),
    }
    return render(request, "funds/policy_simulation.html", context)


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return max(1, min(int(text), MOST_PAGES)) if text.isdecimal() and len(text) < 6 else 1


def _hits(draft: PolicyVersion, today: date, verdict: Verdict, first: int) -> list[Hit]:
    """One more than a page shows; none where a condition cannot be asked."""
    criteria = list(draft.criteria.all())
    if any(mistake(criterion) for criterion in criteria):
        return []
    return matching.matched(draft, criteria, today, verdict, first, PAGE + 1)


@require_http_methods(["GET", "POST"])
@keepers
def policy_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """What publishing would change, for whom, at what cost; then somebody who has not written it does it."""
    draft = version_of(kept(request, pk), _draft(request, pk).number)
    by = actor_of(request).user
    form = PublishPolicyForm(request.POST or None, initial={"seen": actions.mark(draft)})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        actions.publish_version(draft, by=by, note=given["note"], now=now(), seen=given["seen"])
        said = _("Version %(n)s is published: new claims are filed under it.")
        messages.success(request, said % {"n": draft.number})
        return redirect("funds:policy_manage", pk=pk)
    last = _published(draft.policy)
    context = {
        "draft": draft, "policy": draft.policy, "form": form, "last": last,
        "mistakes": actions.policy_mistakes(draft), "wrote": actions.wrote(draft, by),
        "differences": compared(last, draft) if last is not None else None,
        "simulation": simulated(draft, local(now()).date()),
    }  # fmt: skip
    return render(request, "funds/policy_publish.html", context, status=422 if form.errors else 200)


def _published(policy: Policy) -> PolicyVersion | None:
    last = policy.versions.filter(published_at__isnull=False).order_by("-number").first()
    return version_of(policy, last.number) if last is not None else None


@require_http_methods(["GET", "POST"])
@keepers
def policy_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once, then take the draft away; what is published stays."""
    draft = _draft(request, pk)
    if request.method == "POST":
        actions.discard_draft(draft, seen=request.POST.get("seen", ""))
        messages.success(request, _("The draft is discarded. What is published has not changed."))
        return redirect("funds:policy_manage", pk=pk)
    context = {"draft": draft, "policy": draft.policy, "seen": actions.mark(draft)}
    context["last"] = _published(draft.policy)
    return render(request, "funds/policy_discard.html", context)
