"""Rows from a spreadsheet: pasted, looked through with a verdict for each, written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from investment.access import registers_leads
from investment.actions import pasting
from investment.presenting.pasting import read
from portal.cases.errors import Refused
from portal.cases.views.common import actor_of, refusals
from portal.cases.views.desk import filing_token
from portal.worktime.now import now


class PasteForm(forms.Form):
    """Tab-separated rows with a line of column names."""

    text = forms.CharField(
        label=gettext_lazy("Rows from the spreadsheet, with their column names"),
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        strip=False,
    )


@require_http_methods(["GET", "POST"])
@refusals
def lead_paste(request: HttpRequest) -> HttpResponse:
    """Nothing is written before every row has been looked through and the person has said so."""
    actor, token = actor_of(request), filing_token(request)
    if not registers_leads(actor):
        raise PermissionDenied
    form = PasteForm(request.POST if request.method == "POST" else None)
    shown: dict[str, Any] = {"form": form, "token": token}
    status = 200
    if request.method == "POST" and form.is_valid():
        wish = request.POST.get("wish", "")
        try:
            pasted = read(form.cleaned_data["text"], actor)
        except Refused as error:
            shown["refused"], status = str(error), 422
        else:
            shown["unknown"] = pasted.unknown
            if wish in ("all", "good"):
                verdicts, written = pasting.write_rows(
                    pasted.rows, by=actor, now=now(), token=token, only_good=wish == "good"
                )
                if written:
                    return _done(request, verdicts)
                status = 422
            else:
                verdicts = pasting.try_rows(pasted.rows, by=actor, now=now(), token=token)
            shown |= _counted(verdicts)
    elif request.method == "POST":
        status = 422
    return render(request, "investment/table_paste.html", shown, status=status)


def _counted(verdicts: list[pasting.Verdict]) -> dict[str, Any]:
    wrong = sum(verdict.outcome == "wrong" for verdict in verdicts)
    good = sum(verdict.is_good for verdict in verdicts)
    return {"verdicts": verdicts, "wrong": wrong, "good": good}


def _done(request: HttpRequest, verdicts: list[pasting.Verdict]) -> HttpResponse:
    numbers = {
        outcome: sum(verdict.outcome == outcome for verdict in verdicts)
        for outcome in ("new", "changed", "wrong")
    }
    said = _("Registered: %(new)s. Changed: %(changed)s. Left out: %(wrong)s.") % numbers
    messages.success(request, said)
    return redirect("investment:lead_list")
