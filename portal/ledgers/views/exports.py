"""Taking ledgers out: small ones at once, large ones with a bar to watch."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.models import Duty
from portal.cases.views.common import actor_of
from portal.ledgers import exports
from portal.ledgers.access import exportable
from portal.ledgers.declaration import LEDGERS, in_order
from portal.ledgers.exporting import TooLarge
from portal.ledgers.forms import ExportForm
from portal.ledgers.models import ExportRun
from portal.ledgers.views.common import exporters

SHOWN_RUNS = 20
State = ExportRun.State
LIGHTS = {State.DONE: "done", State.BROKEN: "late", State.FAILED: "late"}


def shown(run: ExportRun) -> dict[str, Any]:
    """What a page says of an export."""
    state = State.BROKEN if exports.is_dead(run) else State(run.state)
    percent = min(99, run.rows * 100 // run.total_rows) if run.total_rows else None
    return {
        "run": run, "state": state.value, "label": state.label, "light": LIGHTS.get(state, "warn"),
        "percent": percent, "working": state in (State.QUEUED, State.WORKING),
        "names": [LEDGERS[key].label if key in LEDGERS else key for key in run.ledgers],
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
@exporters
def export_ask(request: HttpRequest) -> HttpResponseBase:
    """Choose ledgers and form; the file comes at once, or the worker makes it."""
    actor = actor_of(request)
    mine = in_order(ledger.key for ledger in exportable(actor))
    form = ExportForm(mine, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        wish = exports.Wish([m for m in mine if m.key in given["ledgers"]], given["form"], given["headers"])
        try:
            run, file = exports.ask(wish, actor)
        except TooLarge as error:
            form.add_error("form", str(error))
        else:
            return _sent(run, file) if file else redirect("ledgers:export_view", pk=run.pk)
    context = {
        "form": form, "lines": [shown(run) for run in _runs(request)[:SHOWN_RUNS]],
        "notes": [(m.label, m.note) for m in mine], "everybody": actor.holds(Duty.ADMINISTRATOR),
    }  # fmt: skip
    return render(request, "ledgers/export_ask.html", context, status=422 if form.errors else 200)


def _runs(request: HttpRequest) -> Any:
    """Administrators see all exports, others their own."""
    actor = actor_of(request)
    found = ExportRun.objects.select_related("asked_by")
    return found if actor.holds(Duty.ADMINISTRATOR) else found.filter(asked_by=actor.user)


def _sent(run: ExportRun, file: Any) -> FileResponse:
    ending = "xlsx" if run.form == ExportRun.Form.XLSX else "zip"
    name = run.ledgers[0] if len(run.ledgers) == 1 else "ledgers"
    day = timezone.localdate(run.asked_at)
    return FileResponse(file, as_attachment=True, filename=f"{name}-{day:%Y%m%d}.{ending}")


@require_safe
@exporters
def export_view(request: HttpRequest, pk: int) -> HttpResponse:
    """One export: its progress, or its file."""
    run = get_object_or_404(_runs(request), pk=pk)
    mine = run.asked_by_id == actor_of(request).user.pk
    return render(request, "ledgers/export_view.html", {**shown(run), "mine": mine})


@require_safe
@exporters
def export_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The bar alone, asked for again and again."""
    context = shown(get_object_or_404(_runs(request), pk=pk))
    answer = render(request, "ledgers/_export_progress.html", context)
    if not context["working"]:
        answer["HX-Refresh"] = "true"
    return answer


@require_safe
@exporters
def export_file(request: HttpRequest, pk: int) -> FileResponse:
    """The file of a large export, for the person who asked for it: rights differ from person to person."""
    actor = actor_of(request)
    run = get_object_or_404(ExportRun, pk=pk, asked_by=actor.user, state=State.DONE)
    allowed = {ledger.key for ledger in exportable(actor)}
    if not run.stored_name or not allowed.issuperset(run.ledgers):
        raise Http404(_("The file is no longer kept. Please take the ledgers out again."))
    return _sent(run, default_storage.open(run.stored_name, "rb"))
