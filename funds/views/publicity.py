"""In public, without a sign-in: what was approved, an objection to one line, what was paid by month."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from funds.forms import ObjectionForm
from funds.presenting import publicity
from portal.accounts.often import too_often
from portal.cases import engine
from portal.cases.errors import CaseError, Invalid
from portal.worktime.now import now

MOST, WITHIN_S = 5, 3600  # objections from one address


@require_safe
def publicity_list(request: HttpRequest) -> HttpResponse:
    """What is public now, each with its last day; and what was."""
    past, later = publicity.past(request.GET.get("before", "")[:40])
    context = {
        "current": [] if "before" in request.GET else publicity.current(),
        "is_first": "before" not in request.GET,
        "past": past,
        "later": f"?before={later}" if later else "",
        "open": publicity.OPEN,
    }
    return render(request, "funds/publicity_list.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
def publicity_object(request: HttpRequest, pk: int) -> HttpResponse:
    """Anybody objects to one line: it is held until that is answered, the others go on."""
    claim = get_object_or_404(publicity.public_claims(), pk=pk)
    if claim.case.step != publicity.OPEN:
        return render(request, "funds/publicity_over.html", {"claim": claim}, status=409)
    form: Any = ObjectionForm(case=claim.case, actor=None, bound=False)
    status = 200
    if request.method == "POST":
        form, status = _object(request, claim)
        if form is None:
            return redirect("funds:publicity_received", pk=pk)
    return render(request, "funds/publicity_object.html", {"claim": claim, "form": form}, status=status)


def _object(request: HttpRequest, claim: Any) -> tuple[Any, int]:
    """The form again with what is wrong, and the status of the page; no form once it is done."""
    form = ObjectionForm(request.POST, case=claim.case, actor=None)
    if not form.is_valid():
        return form, 422
    if too_often(request, "objection", most=MOST, within_s=WITHIN_S):
        form.add_error(None, _("So many objections came from here that we take no more for an hour."))
        return form, 429
    try:
        engine.perform(claim.pk, "object", by=None, data=request.POST, now=now())
    except Invalid as error:
        return error.form, 422
    except CaseError as error:
        form.add_error(None, str(error))
        return form, error.status
    return None, 302


@require_safe
def publicity_received(request: HttpRequest, pk: int) -> HttpResponse:
    """That an objection has come in, and what becomes of it."""
    claim = get_object_or_404(publicity.public_claims(), pk=pk)
    return render(request, "funds/publicity_received.html", {"claim": claim})


@require_safe
def payout_list(request: HttpRequest) -> HttpResponse:
    """What was paid, by month and policy; no names."""
    years, asked = publicity.years(), request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 and int(asked) in years else None
    year = year or (years[0] if years else None)
    months, total = publicity.payouts(year) if year else ([], None)
    context = {"years": years, "year": year, "months": months, "total": total}
    return render(request, "funds/payout_list.html", context)
