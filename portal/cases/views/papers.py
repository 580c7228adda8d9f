"""One paper: its facts, its content in the page, its file; its title and date put right."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.cases import papers
from portal.cases.access import visible_to
from portal.cases.enterprise_views.papers import may_correct, visible_documents
from portal.cases.errors import Conflict, Refused
from portal.cases.models import Document
from portal.cases.papers import pdf
from portal.cases.views.common import actor_of, refusals
from portal.day_input import DayInput
from portal.worktime.now import now

PAGES_SHOWN = 40
_SCAN_LIGHTS = {"clean": "ok", "pending": "hold", "failed": "warn", "infected": "late"}


class CorrectionForm(forms.Form):
    """What can be put right about a paper. The file itself never changes: another file is another paper."""

    title = forms.CharField(label=_("Title"), max_length=200)
    valid_until_on = forms.DateField(
        label=_("Valid until"), required=False, widget=DayInput(),
        help_text=_("You are reminded 30 and 7 days before."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)


def usable(request: HttpRequest, pk: int) -> Document:
    """A paper within sight whose content may be shown. Raises Http404, PermissionDenied (not clean)."""
    document = get_object_or_404(visible_documents(actor_of(request)), pk=pk)
    if not document.is_clean:
        raise PermissionDenied(gettext("This paper has not passed the virus scan."))
    return document


@require_safe
@refusals
def document_view(request: HttpRequest, pk: int) -> HttpResponse:
    """A paper with its pages in the page."""
    actor = actor_of(request)
    seen = visible_documents(actor).select_related("enterprise", "team", "uploaded_by")
    document = get_object_or_404(seen, pk=pk)
    return render(request, "cases/document_view.html", _page(request, document, _form(document)))


def _form(document: Document) -> CorrectionForm:
    return CorrectionForm(
        initial={
            "title": document.title, "valid_until_on": document.valid_until_on, "version": document.version,
        }
    )  # fmt: skip


def _page(request: HttpRequest, document: Document, form: CorrectionForm) -> dict[str, Any]:
    actor, today = actor_of(request), now().date()
    count = _page_count(document)
    uses = document.attachments.all() if actor.is_staff_side else document.attachments.filter(internal=False)
    cases = visible_to(actor).filter(pk__in=uses.values("case"))
    return {
        "paper": document,
        "kind": papers.TYPES.get(document.content_type, document.content_type),
        "count": count,
        "pages": range(1, min(count, PAGES_SHOWN) + 1),
        "more_pages": max(count - PAGES_SHOWN, 0),
        "expired": document.valid_until_on is not None and document.valid_until_on < today,
        "cases": cases.order_by("-pk")[:20],
        "scan_light": _SCAN_LIGHTS[document.scan_state],
        "own_checks": document.scan_engine in ("", "content"),
        "form": form if may_correct(actor, document) else None,
    }


def _page_count(document: Document) -> int:
    """The pages that can be shown; counted anew where nobody has (letters of our own, older papers)."""
    if not document.is_clean or document.content_type != "application/pdf" or document.pages:
        return document.pages if document.has_pages else 0
    try:
        with document.file.open("rb") as file:
            return pdf.page_count(file)
    except (Refused, OSError):
        return 0


@require_http_methods(["POST"])
@refusals
def document_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Put title or date right. Of two who do so at once the second is told, and sees both versions."""
    actor = actor_of(request)
    document = get_object_or_404(visible_documents(actor), pk=pk)
    if not may_correct(actor, document):
        raise PermissionDenied
    form = CorrectionForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            papers.correct(pk, **form.cleaned_data)
        except Conflict as error:
            document.refresh_from_db()
            form, status = _both(request, document, str(error)), error.status
        else:
            messages.success(request, gettext("Saved."))
            return redirect("cases:document_view", pk=pk)
    return render(request, "cases/document_view.html", _page(request, document, form), status=status)


def _both(request: HttpRequest, document: Document, message: str) -> CorrectionForm:
    """What was typed, with what stands there now beside it; sending it again overwrites."""
    form = CorrectionForm({**request.POST.dict(), "version": document.version})
    form.add_error(None, message)
    for name, present in (("title", document.title), ("valid_until_on", document.valid_until_on or "—")):
        if str(present) != (request.POST.get(name) or "—"):
            form.add_error(name, gettext("now: “%(now)s”") % {"now": present})
    return form


@require_safe
@refusals
def document_page(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A page of a PDF file as a picture: nothing of the file itself runs in the browser."""
    document = usable(request, pk)
    if document.content_type != "application/pdf" or not 1 <= number <= (document.pages or PAGES_SHOWN):
        raise Http404
    with document.file.open("rb") as file:
        drawn = pdf.picture(file, number)
    if drawn is None:
        raise Http404
    answer = HttpResponse(drawn, content_type="image/webp")
    answer["Cache-Control"] = "private, max-age=3600"
    return hardened(answer)


@require_safe
@refusals
def document_download(request: HttpRequest, pk: int) -> HttpResponse:
    """The file itself; only types that are harmless are shown in the browser."""
    document = usable(request, pk)
    inline = document.content_type in papers.SHOWN_IN_BROWSER and "download" not in request.GET
    answer = FileResponse(
        document.file.open("rb"),
        content_type=document.content_type,
        as_attachment=not inline,
        filename=document.original_name,
    )
    return hardened(cast("HttpResponse", answer))


def hardened(answer: HttpResponse) -> HttpResponse:
    """The answer so that no browser takes the file for a page, or runs anything in it."""
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
