"""For auditors: who has looked at whose contact details, filtered, and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta
from typing import cast
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from portal.administration.common import auditors
from portal.day_input import DayInput
from portal.reports.export import csv_lines
from portal.trust.models import ContactRead
from portal.worktime.clock import at, local

PAGE = 100
MIDNIGHT = time(0)


class FilterForm(forms.Form):
    """Whatever is not valid here filters nothing."""

    q = forms.CharField(label=gettext_lazy("Reader, enterprise or case"), max_length=80, required=False)
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=DayInput())
    until = forms.DateField(label=gettext_lazy("To"), required=False, widget=DayInput())

    def found(self) -> QuerySet[ContactRead]:
        """The reads that fit, newest first."""
        self.is_valid()
        rows = ContactRead.objects.select_related("reader", "enterprise", "person", "case").order_by("-pk")
        if text := self.cleaned_data.get("q"):
            who = Q(reader__display_name__icontains=text) | Q(reader__username__icontains=text)
            whose = Q(enterprise__name__icontains=text) | Q(person__display_name__icontains=text)
            rows = rows.filter(who | whose | Q(case__number__icontains=text))
        if day := self.cleaned_data.get("since"):
            rows = rows.filter(at__gte=at(day, MIDNIGHT))
        if day := self.cleaned_data.get("until"):
            rows = rows.filter(at__lt=at(day + timedelta(days=1), MIDNIGHT))
        return rows


@require_safe
@auditors
def contact_reads(request: HttpRequest) -> HttpResponse:
    """Who has looked at whose contact details, in which case, when. No case content."""
    form = FilterForm(request.GET)
    rows = form.found()
    before = request.GET.get("before", "")
    if before.isdigit() and len(before) < 18:
        rows = rows.filter(pk__lt=int(before))
    reads = list(rows[: PAGE + 1])
    kept = {k: v for k, v in request.GET.items() if k in form.fields and v}
    page = {
        "form": form,
        "reads": reads[:PAGE],
        "later": urlencode({**kept, "before": reads[PAGE - 1].pk}) if len(reads) > PAGE else "",
        "query": urlencode(kept),
    }
    return render(request, "administration/contact_reads.html", page)


@require_safe
@auditors
def contact_reads_export(request: HttpRequest) -> HttpResponse:
    """The same as a CSV file."""
    header = [_("Moment"), _("Who looked"), _("Enterprise"), _("Person"), _("What"), _("Case"), _("Reason")]
    lines = csv_lines(header, _cells(FilterForm(request.GET).found()))
    answer = StreamingHttpResponse(lines, content_type="text/csv")
    answer["Content-Disposition"] = 'attachment; filename="contact-reads.csv"'
    return cast("HttpResponse", answer)


def _cells(rows: QuerySet[ContactRead]) -> Iterator[list[str]]:
    for row in rows.iterator(chunk_size=2000):
        yield [
            local(row.at).strftime("%Y-%m-%d %H:%M"),
            str(row.reader),
            row.enterprise.name if row.enterprise else "",
            str(row.person or ""),
            row.get_what_display(),
            row.case.number if row.case else "",
            row.reason,
        ]
