"""Procedures as administrators see them: all of them, the versions of each, two side by side."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from approvals import actions
from approvals.forms import NewProcedureForm, ProcedureForm
from approvals.models import Procedure, ProcedureVersion
from approvals.views.procedure_compare import compared
from approvals.views.procedures import drawn
from portal.administration.common import administrators
from portal.cases.views.common import actor_of, refusals
from portal.worktime.now import now

PEOPLE = ("made_by", "changed_by", "published_by")


@dataclass(frozen=True)
class Kept:
    """A procedure with what holds, and what is being prepared."""

    procedure: Procedure
    published: ProcedureVersion | None
    draft: ProcedureVersion | None


@require_safe
@administrators
def procedure_overview(request: HttpRequest) -> HttpResponse:
    """All procedures: what is published, the draft if there is one, who changed it last."""
    versions = ProcedureVersion.objects.select_related(*PEOPLE)
    newest = versions.filter(published_at__isnull=False).order_by("procedure_id", "-number")
    published = {v.procedure_id: v for v in newest.distinct("procedure_id")}
    drafts = {v.procedure_id: v for v in versions.filter(published_at=None)}
    rows = [Kept(p, published.get(p.pk), drafts.get(p.pk)) for p in Procedure.objects.all()]
    context = {"rows": rows, "unconfirmed": any(row.procedure.is_default for row in rows)}
    return render(request, "approvals/procedure_overview.html", context)


@require_http_methods(["GET", "POST"])
@administrators
def procedure_create(request: HttpRequest) -> HttpResponse:
    """A procedure that there is not yet, with an empty draft to begin with."""
    form = NewProcedureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            made = form.save()
            actions.begin_draft(made, by=actor_of(request).user, now=now())
        messages.success(request, _("The procedure is there. Now add the items that it goes through."))
        return redirect("approvals:draft_edit", code=made.code)
    return render(
        request, "approvals/procedure_create.html", {"form": form}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
@administrators
def procedure_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Name, promise, whether it is in the guide and confirmed; the second of two is shown both versions."""
    with transaction.atomic():
        rows = Procedure.objects.select_for_update() if request.method == "POST" else Procedure.objects
        form = ProcedureForm(request.POST or None, instance=get_object_or_404(rows, code=code))
        if request.method == "POST" and form.is_valid():
            form.save()
            messages.success(request, _("Saved."))
            return redirect("approvals:procedure_manage", code=code)
    status = 422 if form.errors else 200
    if form.stale:
        form.renew()
        status = 409
    context = {"form": form, "procedure": Procedure.objects.get(code=code)}
    return render(request, "approvals/procedure_edit.html", context, status=status)


@require_safe
@administrators
def procedure_manage(request: HttpRequest, code: str) -> HttpResponse:
    """One procedure: its draft, and its history with who, when and why."""
    procedure = get_object_or_404(Procedure, code=code)
    versions = list(procedure.versions.select_related(*PEOPLE).order_by("-number"))
    published = [version for version in versions if not version.is_draft]
    kept = actions.open_projects(procedure)
    before = {new.pk: old.number for new, old in pairwise(versions)}
    context = {
        "procedure": procedure,
        "draft": next((version for version in versions if version.is_draft), None),
        "published": published[0] if published else None,
        "versions": [(v, before.get(v.pk), kept.get(v.number, 0)) for v in versions],
        "numbers": [version.number for version in versions],
    }
    return render(request, "approvals/procedure_manage.html", context)


def _version(code: str, number: int) -> ProcedureVersion:
    versions = ProcedureVersion.objects.select_related("procedure", *PEOPLE)
    return get_object_or_404(versions, procedure__code=code, number=number)


@require_safe
@administrators
def version_view(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One version as it is, or was."""
    version = _version(code, number)
    found = actions.timetable(version)
    context: dict[str, Any] = {"procedure": version.procedure, "version": version, "found": found}
    return render(request, "approvals/version_view.html", context | drawn(found))


@require_safe
@administrators
@refusals
def version_compare(request: HttpRequest, code: str) -> HttpResponse:
    """Two versions: what came, what went, what is different, and what it does to the longest way."""
    old, new = (_version(code, _number(request, name)) for name in ("old", "new"))
    context = {
        "procedure": new.procedure,
        "old": old,
        "new": new,
        "comparison": compared(actions.timetable(old), actions.timetable(new)),
        "numbers": new.procedure.versions.order_by("number").values_list("number", flat=True),
    }
    return render(request, "approvals/version_compare.html", context)


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    if not (text.isdecimal() and len(text) < 6):
        raise Http404
    return int(text)
