"""Budgets: where each yuan is, what waits, who moved what; more, less, between two, into the next year."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from funds import actions
from funds.access import in_finance, leads_finance, sees_all_money
from funds.forms import BudgetForm, ChangeForm, DecideForm, TransferForm
from funds.models import Budget, Transfer
from funds.presenting import budgets
from portal.cases.errors import Refused
from portal.cases.views.common import actor_of, refusals
from portal.worktime.now import now


def _budgets(request: HttpRequest) -> Any:
    """The budgets that exist for this person. Raises PermissionDenied for the other side."""
    actor = actor_of(request)
    if not (sees_all_money(actor) or actor.memberships):
        raise PermissionDenied
    return budgets.budgets_of(actor)


def _budget(request: HttpRequest, pk: int) -> Budget:
    budget: Budget = get_object_or_404(_budgets(request).select_related("team"), pk=pk)
    return budget


@require_http_methods(["GET", "POST"])
@refusals
def budget_list(request: HttpRequest) -> HttpResponse:
    """The budgets of a year, each as a bar; its head opens another one here."""
    actor, mine = actor_of(request), _budgets(request)
    form = BudgetForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not leads_finance(actor):
            raise PermissionDenied
        if form.is_valid():
            made = form.save()
            messages.success(request, _("Opened: %(budget)s.") % {"budget": made})
            return redirect("funds:budget_view", pk=made.pk)
    years = sorted(set(mine.order_by().values_list("year", flat=True)), reverse=True)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and int(asked[:4]) in years else (years[0] if years else None)
    found = budgets.listed(mine.filter(year=year)) if year else []
    context = {
        "rows": found,
        "years": years,
        "year": year,
        "form": form if leads_finance(actor) else None,
        "pays": sees_all_money(actor),
    }
    return render(request, "funds/budget_list.html", context, status=422 if form.errors else 200)


@require_safe
@refusals
def budget_view(request: HttpRequest, pk: int) -> HttpResponse:
    """One budget: parts, the line of those who wait, transfers, accounts, and every line of its ledger."""
    return _page(request, _budget(request, pk))


def _page(request: HttpRequest, budget: Budget, **forms: Form) -> HttpResponse:
    actor = actor_of(request)
    lines, later = budgets.ledger(budget, request.GET.get("before", ""))
    transfers = Transfer.objects.filter(source=budget) | Transfer.objects.filter(target=budget)
    context = {
        "budget": budget,
        "parts": budgets.parts(budget),
        "waiting": budgets.waiting_for(budget),
        "accounts": budgets.accounts_of(budget),
        "lines": lines,
        "later": f"?before={later}" if later else "",
        "transfers": transfers.select_related("source", "target", "asked_by", "decided_by")[:20],
        "whole": sees_all_money(actor),
        "change": leads_finance(actor) and (forms.get("change") or ChangeForm(initial={"key": uuid4().hex})),
        "transfer": in_finance(actor) and (forms.get("transfer") or TransferForm(source=budget)),
        "decides": in_finance(actor),
        "me": actor.user.pk,
    }
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "funds/budget_view.html", context, status=status)


@require_POST
@refusals
def budget_change(request: HttpRequest, pk: int) -> HttpResponse:
    """More, or less, with a reason; by the head of the finance office."""
    budget, form = _budget(request, pk), ChangeForm(request.POST)
    if not leads_finance(actor_of(request)):
        raise PermissionDenied
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.change_budget(
                budget,
                form.signed_amount,
                note=given["note"],
                key=given["key"],
                by=actor_of(request),
                now=now(),
            )
        except Refused as error:
            form.add_error("amount", str(error))
    if form.errors:
        return _page(request, budget, change=form)
    messages.success(request, _("Written into the ledger."))
    return redirect("funds:budget_view", pk=pk)


@require_POST
@refusals
def transfer_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for money of this budget for another."""
    budget = _budget(request, pk)
    if not in_finance(actor_of(request)):
        raise PermissionDenied
    form = TransferForm(request.POST, source=budget)
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.ask_transfer(
                budget,
                given["target"],
                given["amount"],
                reason=given["reason"],
                by=actor_of(request),
                now=now(),
            )
        except Refused as error:
            form.add_error("amount", str(error))
    if form.errors:
        return _page(request, budget, transfer=form)
    messages.success(request, _("Asked for. Another person of the office decides."))
    return redirect("funds:budget_view", pk=pk)


@require_POST
@refusals
def transfer_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person grants or declines."""
    transfer = get_object_or_404(Transfer.objects.filter(source__in=_budgets(request)), pk=pk)
    if not in_finance(actor_of(request)):
        raise PermissionDenied
    form = DecideForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Please say yes or no."))
    given = form.cleaned_data
    actions.decide_transfer(
        transfer, granted=given["granted"], by=actor_of(request), now=now(), note=given["note"]
    )
    messages.success(request, _("Granted.") if given["granted"] else _("Declined."))
    return redirect("funds:budget_view", pk=transfer.source_id)


@require_http_methods(["GET", "POST"])
@refusals
def carry_over(request: HttpRequest, pk: int) -> HttpResponse:
    """GET shows what goes into the next year, and what stays; POST asks for it."""
    budget = _budget(request, pk)
    if not in_finance(actor_of(request)):
        raise PermissionDenied
    if request.method == "POST":
        asked = actions.ask_carry_over(budget, by=actor_of(request), now=now())
        told = _("Asked for. Another person of the office decides.") if asked else _("The year is closed.")
        messages.success(request, told)
        return redirect("funds:budget_view", pk=pk)
    context = {
        "budget": budget,
        "code": actions.next_code(budget),
        "year": budget.year + 1,
        "parts": budgets.parts(budget),
        "waiting": len(budgets.waiting_for(budget)),
        "policies": list(budget.policies.all()[:50]),
    }
    return render(request, "funds/carry_over.html", context)
