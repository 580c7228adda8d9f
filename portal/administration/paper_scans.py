"""The virus scan of papers: what waits, what is out, whether the scanner answers; scan again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from portal.administration.common import administrators
from portal.cases.models import Document
from portal.cases.papers import clamd, scanning
from portal.worktime.now import now

SHOWN = 100
LIGHTS = {"clean": "ok", "pending": "hold", "failed": "warn", "infected": "late"}


@require_safe
@administrators
def paper_scans(request: HttpRequest) -> HttpResponse:
    """Counts per state, and every paper that is not clean. No titles: administrators see no case content."""
    counts = dict(Document.objects.values_list("scan_state").annotate(n=Count("pk")).order_by())
    states = [(LIGHTS[s.value], s.label, counts.get(s.value, 0)) for s in Document.Scan]
    unclean = Document.objects.exclude(scan_state=Document.Scan.CLEAN).select_related("enterprise", "team")
    rows = [(LIGHTS[d.scan_state], d) for d in unclean.order_by("-pk")[:SHOWN]]
    context = {"states": states, "rows": rows, "shown": SHOWN, "scanner": _scanner()}
    return render(request, "administration/paper_scans.html", context)


def _scanner() -> dict[str, Any]:
    """Whether there is a scanner, and what it says of itself."""
    if not settings.CLAMAV_URL:
        return {"on": False}
    try:
        return {"on": True, "version": clamd.version(wait_s=3)}
    except clamd.Away as error:
        return {"on": True, "away": str(error)}


@require_POST
@administrators
def scan_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Have one paper scanned again, at the next minute."""
    document = get_object_or_404(Document, pk=pk)
    return _asked(request, scanning.ask_again(document.pk, now()))


@require_POST
@administrators
def scan_all_again(request: HttpRequest) -> HttpResponse:
    """Have every paper scanned again, after new signatures say."""
    return _asked(request, scanning.ask_again(None, now()))


def _asked(request: HttpRequest, papers: int) -> HttpResponse:
    if papers:
        text = ngettext(
            "%(n)s paper is scanned again within the next minutes.",
            "%(n)s papers are scanned again within the next minutes.",
            papers,
        )
        messages.success(request, text % {"n": papers})
    else:
        messages.error(request, _("No virus scanner is set up (CLAMAV_URL)."))
    return redirect("administration:paper_scans")
