"""线索表: the lead table, its cells, its columns and its files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from investment.access import LEAD, registers_leads
from investment.forms.editing import LeadEditForm
from investment.forms.table import LeadTableFilter
from investment.models import LeadColumns
from investment.presenting import columns as presented
from investment.presenting import table
from investment.presenting.kept import kept
from portal.cases import engine
from portal.cases.access import visible_to
from portal.cases.errors import CaseError, Conflict, Invalid, NotAllowed, Refused
from portal.cases.models import Case
from portal.cases.views.common import actor_of, refusals
from portal.park.acting import Actor
from portal.reports.export import csv_lines, xlsx
from portal.worktime.now import now

PAGE = 50
MOST_IN_FILE = 5_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON = "application/json"


def _reader(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not actor.is_staff_side:
        raise PermissionDenied
    return actor


def asked_of(request: HttpRequest) -> LeadTableFilter:
    return LeadTableFilter(request.GET, table.steps())


@require_safe
@refusals
def lead_list(request: HttpRequest) -> HttpResponse:
    """The leads that the person may know of, as the address narrows and orders them."""
    actor, moment, asked = _reader(request), now(), asked_of(request)
    columns, views = kept(actor)
    if not request.GET and (first := next((view for view in views if view.opens_first), None)):
        return redirect(f"{reverse('investment:lead_list')}?{first.query}")
    shown, sort = presented.chosen(actor, columns), asked.cleaned_data.get("sort") or ""
    cases, later = table.page(table.leads(actor, asked, moment), sort, request.GET.get("after", ""), PAGE)
    lines = table.lines(cases, shown, actor, moment)
    context = {
        "form": asked,
        "lines": lines,
        "columns": shown,
        "choices": _choices(shown) if any(line.editable for line in lines) else [],
        "offered": [(column, column in shown) for column in presented.COLUMNS],
        "views": views,
        "query": asked.query(),
        "seats": actor.seats,
        "later": asked.link(after=later) if later else "",
        "registers": registers_leads(actor),
    }
    return render(request, "investment/table.html", context)


def _choices(shown: list[presented.Column]) -> list[tuple[str, Any]]:
    """What the cells of a column may say, where that is a choice."""
    fields: Any = LeadEditForm.base_fields
    return [
        (column.key, fields[column.key].choices) for column in shown if column.kind in ("choice", "yes_no")
    ]


@require_safe
@refusals
def lead_sums(request: HttpRequest) -> HttpResponse:
    """What the rows of the table come to; asked for after the page, which does not wait for it."""
    actor, asked = _reader(request), asked_of(request)
    found = table.sums(table.leads(actor, asked, now()), asked)
    context = {
        "sums": found,
        "back": f"{reverse('investment:lead_list')}{asked.link()}",
        "base": "fragment.html" if getattr(request, "htmx", False) else "base.html",
    }
    return render(request, "investment/table_sums.html", context)


@require_safe
@refusals
def lead_file(request: HttpRequest, form: str) -> HttpResponse:
    """The rows of the table as a file, with the columns that the person sees."""
    actor, asked = _reader(request), asked_of(request)
    if form not in ("csv", "xlsx"):
        raise Http404
    shown, sort = presented.chosen(actor, kept(actor)[0]), asked.cleaned_data.get("sort") or ""
    cases, more = table.page(table.leads(actor, asked, now()), sort, "", MOST_IN_FILE)
    if more:
        raise Refused(_("These are more than 5,000 leads: narrow the table, or take the ledger out."))
    header = [_("Number"), _("Name of the project"), *(str(column.label) for column in shown)]
    rows = [_filed(case, shown, actor) for case in cases]
    if form == "xlsx":
        answer = HttpResponse(xlsx(header, rows), content_type=XLSX)
    else:
        answer = HttpResponse("".join(csv_lines(header, rows)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="leads.{form}"'
    return answer


def _filed(case: Case, shown: list[presented.Column], actor: Actor) -> list[Any]:
    own = case.team_id in actor.team_ids
    return [case.number, case.title, *(presented.filed(case, column, contacts=own) for column in shown)]


@require_http_methods(["GET", "POST"])
@refusals
def lead_edit(request: HttpRequest, number: str) -> HttpResponse:
    """A lead put right: one cell of the table (asked for as JSON), or the whole of it as a page."""
    actor = _reader(request)
    near = visible_to(actor).select_related("lead", *table.NEAR)
    case = get_object_or_404(near, kind=LEAD, number=number)
    request.case_pk = case.pk  # type: ignore[attr-defined]  # what a refusal is about
    if request.headers.get("Accept", "").startswith(JSON) and request.method == "POST":
        return _cell(request, case, actor)
    if not table.may_edit(actor, case):
        raise NotAllowed(_("The members of its task force put a lead right while it is open."))
    form: Any = LeadEditForm(case=case, actor=actor, bound=False)
    if request.method == "POST":
        try:
            engine.perform(case.pk, "edit", by=actor, data=request.POST, now=now(), version=_version(request))
        except Invalid as error:
            form = error.form
        else:
            messages.success(request, _("Saved: %(number)s.") % {"number": case.number})
            return redirect("investment:lead_list")
    context = {"case": case, "form": form}
    return render(request, "investment/table_edit.html", context, status=422 if form.is_bound else 200)


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _cell(request: HttpRequest, case: Case, actor: Actor) -> JsonResponse:
    """What was typed into a cell; the whole row as it stands then. A conflict says what stands there now."""
    said, status = "", 200
    try:
        engine.perform(case.pk, "edit", by=actor, data=request.POST, now=now(), version=_version(request))
    except Invalid as error:
        said = " ".join(str(line) for lines in error.form.errors.values() for line in lines)
        status = error.status
    except Conflict as error:
        said, status = str(error), error.status
    except CaseError as error:
        return JsonResponse({"message": str(error)}, status=error.status)
    present = visible_to(actor).select_related("lead", *table.NEAR).get(pk=case.pk)
    own, editable = present.team_id in actor.team_ids, table.may_edit(actor, present)
    cells = {
        column.key: table.cell(present, column, contacts=own, editable=editable)
        for column in presented.chosen(actor, kept(actor)[0])
    }
    row = {key: {"text": one.text, "value": one.value} for key, one in cells.items()}
    return JsonResponse({"message": said, "version": present.version, "cells": row}, status=status)


@require_POST
@refusals
def columns_save(request: HttpRequest) -> HttpResponse:
    """Which columns the person sees from now on; none: those of the beginning."""
    actor = _reader(request)
    keys = [column.key for column in presented.COLUMNS if column.key in request.POST.getlist("column")]
    if keys and "again" not in request.POST:
        LeadColumns.objects.update_or_create(user=actor.user, defaults={"columns": keys})
    else:
        LeadColumns.objects.filter(user=actor.user).delete()
    asked = LeadTableFilter(_sent(request), table.steps())
    return redirect(f"{reverse('investment:lead_list')}{asked.link()}")


def _sent(request: HttpRequest) -> QueryDict:
    return QueryDict(request.POST.get("query", "")[:2000])
