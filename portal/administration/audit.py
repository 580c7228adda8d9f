"""The pages of the audit search, and its export, which is itself recorded."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.administration import auditing
from portal.administration.common import record_readers
from portal.cases import keyset
from portal.cases.models import AuditExport, Event
from portal.cases.views.common import actor_of
from portal.park.acting import Actor
from portal.reports import export
from portal.worktime.now import now

EXPORTS = 20
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_safe
@record_readers
def audit(request: HttpRequest) -> HttpResponse:
    """Who did what when: one page of the record."""
    actor, form = actor_of(request), auditing.AuditForm(request.GET)
    shown: list[Event] = []
    later = ""
    if form.is_valid():
        events, after = auditing.search(form, actor), request.GET.get("after", "")
        shown, later = keyset.page(events, "at", after, auditing.PAGE)
    kept = {k: v for k, v in request.GET.items() if k != "after" and v}
    context = {
        "form": form,
        "lines": list(auditing.lines(shown, actor)),
        "filters": kept,
        "later": "?" + urlencode({**kept, "after": later}) if later else "",
        "paged": "after" in request.GET,
        "exports": AuditExport.objects.select_related("by")[:EXPORTS],
    }
    return render(request, "administration/audit.html", context, status=422 if form.errors else 200)


@require_POST
@record_readers
def audit_export(request: HttpRequest) -> HttpResponse:
    """What was found as CSV or XLSX. Who took it out, when and with which filters is kept."""
    actor, form = actor_of(request), auditing.AuditForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please correct the filters first."))
        return redirect("administration:audit")
    events = list(auditing.search(form, actor)[: auditing.MOST_ROWS + 1])
    if len(events) > auditing.MOST_ROWS:
        text = _("These are more than %(most)s lines. Please choose a shorter period.")
        messages.error(request, text % {"most": auditing.MOST_ROWS})
        return redirect(f"{reverse('administration:audit')}?{urlencode(form.told())}")
    kind = "xlsx" if request.POST.get("form") == "xlsx" else "csv"
    content = _written(kind, list(auditing.lines(events, actor)))
    _recorded(actor, form, kind, len(events), content)
    answer = HttpResponse(content, content_type=TYPES[kind])
    answer["Content-Disposition"] = f'attachment; filename="audit-{timezone.localdate(now())}.{kind}"'
    return answer


def _written(kind: str, lines: list[auditing.Line]) -> bytes:
    header = [
        _("Moment"), _("Who"), _("What"), _("Case number"), _("Title"), _("Enterprise"), _("Details"),
        _("No. in the case"), "SHA-256",
    ]  # fmt: skip
    rows: list[list[Any]] = [
        [
            timezone.localtime(m.at).strftime("%Y-%m-%d %H:%M:%S"),
            m.who, m.what, m.number, m.title, m.enterprise, "\n".join(m.notes), m.seq, m.hash,
        ]
        for m in lines
    ]  # fmt: skip
    if kind == "xlsx":
        return export.xlsx(header, rows)
    return "".join(export.csv_lines(header, rows)).encode()


def _recorded(actor: Actor, form: auditing.AuditForm, kind: str, rows: int, content: bytes) -> None:
    with transaction.atomic():
        AuditExport.objects.create(
            by=actor.user,
            at=now(),
            filters=form.told(),
            form=kind,
            rows=rows,
            sha256=hashlib.sha256(content).hexdigest(),
        )
