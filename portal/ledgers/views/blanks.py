"""Empty forms to fill in, and what every column means."""

from __future__ import annotations

import tempfile

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.accounts.models import Duty
from portal.cases.views.common import actor_of
from portal.ledgers import blanks
from portal.ledgers.access import exportable
from portal.ledgers.declaration import in_order
from portal.ledgers.views.common import exporters

ALL = "all"


@require_safe
@exporters
def blank_list(request: HttpRequest) -> HttpResponse:
    """Every ledger with its columns."""
    mine = in_order(ledger.key for ledger in exportable(actor_of(request)))
    everybody = actor_of(request).holds(Duty.ADMINISTRATOR)
    context = {"everybody": everybody, "ledgers": [(ledger, blanks.notes(ledger)) for ledger in mine]}
    return render(request, "ledgers/blank_list.html", context)


@require_safe
@exporters
def blank_file(request: HttpRequest, key: str, form: str) -> FileResponse:
    """The empty form of one ledger, or of all; `headers=labels` for Chinese column names."""
    mine = {ledger.key: ledger for ledger in exportable(actor_of(request))}
    chosen = in_order(mine) if key == ALL else [mine[key]] if key in mine else []
    if not chosen:
        raise Http404
    labels = request.GET.get("headers") == "labels"
    file = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - the answer closes it
    if form == "xlsx":
        blanks.write_workbook(file, chosen, labels=labels)
    else:
        blanks.write_csv(file, chosen, labels=labels)
    file.seek(0)
    ending = "xlsx" if form == "xlsx" else "zip"
    return FileResponse(file, as_attachment=True, filename=f"{key}-blank.{ending}")
