"""Bringing ledgers in: upload, preview, confirm, result."""

from __future__ import annotations

import tempfile
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.cases.views.common import actor_of
from portal.ledgers import runs
from portal.ledgers.declaration import LEDGERS
from portal.ledgers.forms import ConfirmForm, UploadForm
from portal.ledgers.mending import write_rejected
from portal.ledgers.models import ImportRun, RejectedLine
from portal.ledgers.views.common import importers

SHOWN_RUNS = 20
SHOWN_ROWS = 50
State = ImportRun.State
LIGHTS = {
    State.DONE: "done", State.PREVIEW: "ok", State.CANCELLED: "hold", State.STALE: "warn",
    State.BROKEN: "late", State.FAILED: "late",
}  # fmt: skip


def shown(run: ImportRun) -> dict[str, Any]:
    """What a page says of a run. One whose worker is gone is broken off, whatever its row says."""
    state = State.BROKEN if runs.is_dead(run) else State(run.state)
    percent = min(99, run.done_bytes * 100 // run.total_bytes) if run.total_bytes else None
    return {
        "run": run, "state": state.value, "label": state.label, "light": LIGHTS.get(state, "warn"),
        "percent": percent, "working": state in ImportRun.ACTIVE, "writing": run.state == State.WRITING,
        "stopping": state in ImportRun.WORKING and run.cancel_asked_at is not None,
        "stuck": runs.is_stuck(run), "changes": runs.changes(run),
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
@importers
def import_list(request: HttpRequest) -> HttpResponse:
    """Upload a file; what was brought in before, by whom."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            run = runs.upload(form.cleaned_data["file"], form.file_name, by=actor_of(request).user)
            return redirect("ledgers:import_view", pk=run.pk)
        except runs.Refused as refused:
            form.add_error("file", str(refused))
    found = ImportRun.objects.select_related("uploaded_by", "confirmed_by")
    page = Paginator(found, SHOWN_RUNS).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "lines": [shown(run) for run in page]}
    return render(request, "ledgers/import_list.html", context, status=422 if form.errors else 200)


def _run(pk: int) -> ImportRun:
    found = ImportRun.objects.select_related("uploaded_by", "confirmed_by", "cancel_asked_by")
    return get_object_or_404(found, pk=pk)


@require_safe
@importers
def import_view(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: its progress, its preview with every rejected row, or its result."""
    run = _run(pk)
    rows = Paginator(run.rejected_lines.all(), SHOWN_ROWS).get_page(request.GET.get("page"))
    context = {
        **shown(run),
        "counts": [(LEDGERS[k].label if k in LEDGERS else k, c) for k, c in run.counts.items()],
        "rows": rows,
        "lines": [_problem(line, *told) for line in rows for told in line.problems],
        "form": ConfirmForm(initial={"digest": run.digest}),
        "may_write": runs.writable(run, good_rows=False),
        "may_write_good": runs.writable(run, good_rows=True),
    }
    return render(request, "ledgers/import_view.html", context)


def _problem(line: RejectedLine, column: str, value: str, reason: str) -> dict[str, Any]:
    """One thing that is wrong with a row; the column by the name that people read."""
    known = {c.key: c.label for c in LEDGERS[line.ledger].columns} if line.ledger in LEDGERS else {}
    return {"line": line, "key": column, "label": known.get(column, column), "value": value, "reason": reason}


@require_safe
@importers
def import_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The bar alone, asked for again and again; the whole page once there is more to see."""
    context = shown(_run(pk))
    answer = render(request, "ledgers/_import_progress.html", context)
    if not context["working"]:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
@importers
def import_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what the preview showed."""
    run, form = _run(pk), ConfirmForm(request.POST)
    if not form.is_valid():
        raise Http404
    return _try(
        request,
        run,
        lambda: runs.confirm(
            run,
            by=actor_of(request).user,
            digest=form.cleaned_data["digest"],
            good_rows=form.cleaned_data["good_rows"],
        ),
    )


@require_POST
@importers
def import_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop it; nothing of it is written."""
    run = _run(pk)
    return _try(request, run, lambda: runs.cancel(run, by=actor_of(request).user))


@require_POST
@importers
def import_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Check the same file anew."""
    run = _run(pk)
    return _try(request, run, lambda: runs.again(run))


def _try(request: HttpRequest, run: ImportRun, work: Any) -> HttpResponse:
    try:
        work()
    except runs.Refused as refused:
        messages.error(request, str(refused))
    return redirect("ledgers:import_view", pk=run.pk)


@require_safe
@importers
def import_rejected(request: HttpRequest, pk: int) -> FileResponse:
    """The rejected rows as files of the same form, with the reason in a last column."""
    run = _run(pk)
    if not run.rejected_lines.exists():
        raise Http404(_("No row was rejected, or the rows are no longer kept."))
    file = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - the answer closes it
    write_rejected(file, run)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"rejected-{run.pk}.zip")
