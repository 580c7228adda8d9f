"""The account of an enterprise: seen masked, changed by the owner, read in full by who pays, on record."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from funds import actions
from funds.access import CLAIM
from funds.forms import OwnAccountForm
from funds.models import BankAccount
from portal.cases.views.common import actor_of, load, refusals
from portal.park.models import Enterprise
from portal.trust.models import ContactRead
from portal.worktime.now import now

SHOWN = 50


def _enterprise(request: HttpRequest) -> Enterprise:
    actor = actor_of(request)
    enterprise = get_object_or_404(Enterprise, pk=actor.enterprise_id or 0)
    if not actor.may_see_of(enterprise.pk, CLAIM):
        raise PermissionDenied
    return enterprise


@require_http_methods(["GET", "POST"])
@refusals
def account_view(request: HttpRequest) -> HttpResponse:
    """The account in use, what is proposed, who has read the number; POST names another one."""
    enterprise, actor = _enterprise(request), actor_of(request)
    form = OwnAccountForm(request.POST if request.method == "POST" else None, enterprise=enterprise)
    if request.method == "POST" and form.is_valid():
        actions.change_account(enterprise.pk, **form.cleaned_data, by=actor, now=now())
        in_use = actor.owns(enterprise.pk)
        told = _("In use from now on.") if in_use else _("Proposed. It is used once the owner confirms it.")
        messages.success(request, told)
        return redirect("funds:account_view")
    accounts = BankAccount.objects.filter(enterprise=enterprise).select_related("confirmed_by")
    reads = ContactRead.objects.filter(enterprise=enterprise, what=ContactRead.What.ACCOUNT)
    context = {
        "form": form if actor.may_act_for(enterprise.pk, CLAIM) else None,
        "current": accounts.filter(active=True).first(),
        "proposed": accounts.filter(active=False, confirmed_at=None).order_by("-pk").first(),
        "earlier": accounts.filter(active=False, confirmed_at__isnull=False).order_by("-pk")[:10],
        "reads": reads.select_related("reader", "case").order_by("-pk")[:SHOWN],
        "owns": actor.owns(enterprise.pk),
    }
    return render(request, "funds/account_view.html", context, status=422 if form.errors else 200)


@require_POST
@refusals
def account_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The owner stands for an account that somebody else has named."""
    enterprise = _enterprise(request)
    account = get_object_or_404(BankAccount, pk=pk, enterprise=enterprise)
    actions.confirm_account(account, by=actor_of(request), now=now())
    messages.success(request, _("In use from now on."))
    return redirect("funds:account_view")


@require_POST
@never_cache
@refusals
def account_show(request: HttpRequest, pk: int) -> HttpResponse:
    """One deliberate click: the whole number of a claim's account, and the record that it was read."""
    case = load(request, pk)
    if case.kind != CLAIM:
        raise Http404
    account = actions.read_number(case.claim, by=actor_of(request), now=now())
    part = bool(getattr(request, "htmx", False))
    template = "funds/_account_number.html" if part else "funds/account_number.html"
    return render(request, template, {"case": case, "account": account})
