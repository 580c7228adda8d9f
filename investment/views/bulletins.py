"""周调度表、月通报: their list, each of them, what is behind each number, and their files."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from investment import letters
from investment.access import follows_investment, steers_investment
from investment.actions import bulletins as actions
from investment.forms.bulletins import RemarksForm
from investment.models import Bulletin
from investment.presenting import behind
from investment.presenting import bulletins as presenting
from portal.cases.views.common import actor_of, refusals
from portal.park.acting import Actor
from portal.reports.export import xlsx
from portal.worktime.now import now

PAGE = 26
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _reader(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not follows_investment(actor):
        raise PermissionDenied
    return actor


def _bulletin(pk: int) -> Bulletin:
    found: Bulletin = get_object_or_404(Bulletin.objects.select_related("issued_by"), pk=pk)
    return found


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


@require_safe
@refusals
def bulletin_list(request: HttpRequest) -> HttpResponse:
    """The newest first, of both kinds or of one."""
    _reader(request)
    found = Bulletin.objects.defer("numbers").order_by("-starts_on", "kind")
    kind = request.GET.get("kind", "")
    if kind in Bulletin.Kind.values:
        found = found.filter(kind=kind)
    if before := _day(request.GET.get("before", "")):
        found = found.filter(starts_on__lt=before)
    rows = list(found[: PAGE + 1])
    later = (
        f"?{urlencode({'kind': kind, 'before': str(rows[PAGE - 1].starts_on)})}" if len(rows) > PAGE else ""
    )
    context = {
        "rows": [(one, presenting.title(one)) for one in rows[:PAGE]],
        "kinds": Bulletin.Kind.choices,
        "kind": kind,
        "later": later,
    }
    return render(request, "investment/bulletin_list.html", context)


@require_safe
@refusals
def bulletin_view(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them; who steers investment writes the remarks, has it counted anew, and issues it."""
    actor, bulletin = _reader(request), _bulletin(pk)
    steers = steers_investment(actor) and not bulletin.is_issued
    context = {
        "bulletin": bulletin,
        "title": presenting.title(bulletin),
        "grids": presenting.grids(bulletin),
        "form": RemarksForm({"remarks": bulletin.remarks}) if steers else None,
    }
    return render(request, "investment/bulletin_view.html", context)


@require_safe
@refusals
def bulletin_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """The leads behind one number."""
    actor, bulletin = _reader(request), _bulletin(pk)
    team, cell = request.GET.get("team", ""), request.GET.get("cell", "")
    ids = presenting.ids_of(bulletin, team, cell)
    if ids is None:
        raise Http404
    found = behind.leads_behind(ids, actor, request.GET.get("after", ""))
    context = {
        "title": presenting.title(bulletin),
        "about": presenting.cell_label(bulletin, team, cell),
        "points": None,
        "found": found,
        "back": reverse("investment:bulletin_view", args=[pk]),
        "later": f"?{urlencode({'team': team, 'cell': cell, 'after': found.later})}" if found.later else "",
    }
    return render(request, "investment/behind.html", context)


@require_safe
@refusals
def bulletin_file(request: HttpRequest, pk: int) -> HttpResponse:
    """As PDF, or with `form=xlsx` as a workbook."""
    _reader(request)
    bulletin = _bulletin(pk)
    tables, name = presenting.tables(bulletin), f"{bulletin.kind}-{bulletin.starts_on:%Y-%m-%d}"
    if request.GET.get("form") == "xlsx":
        header, rows = presenting.sheet(tables)
        answer = HttpResponse(xlsx(header, rows), content_type=XLSX)
        answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
        return answer
    content = letters.pdf(
        presenting.title(bulletin), "", tables, remarks=bulletin.remarks,
        path=reverse("investment:bulletin_view", args=[pk]), issued_at=bulletin.issued_at, now=now(),
    )  # fmt: skip
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return answer


@require_POST
@refusals
def bulletin_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the remarks; with them count anew (`do=redraft`) or issue it (`do=issue`)."""
    actor = actor_of(request)
    if not steers_investment(actor):
        raise PermissionDenied
    bulletin, form = _bulletin(pk), RemarksForm(request.POST)
    if form.is_valid():
        remarks = form.cleaned_data["remarks"]
        if request.POST.get("do") == "issue":
            actions.issue(bulletin, by=actor.user, now=now(), remarks=remarks)
            messages.success(request, _("Issued. It stays as it is."))
        else:
            actions.remark(bulletin, remarks)
            if request.POST.get("do") == "redraft":
                actions.redraft(bulletin, now=now())
            messages.success(request, _("Kept."))
    return redirect("investment:bulletin_view", pk=pk)
