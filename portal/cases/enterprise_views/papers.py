"""The archive of papers, and papers in cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.cases import engine, keyset, papers
from portal.cases.access import check_acts, is_staff_for, own_papers, usable_papers, visible_to
from portal.cases.errors import CaseError, Refused, TooLong
from portal.cases.models import Attachment, Case, Document, MissingItem
from portal.cases.presenting.papers import paper
from portal.cases.views.case import case_page
from portal.cases.views.common import actor_of, back_to, load, refusals
from portal.day_input import DayInput
from portal.park.acting import Actor
from portal.worktime.clock import local
from portal.worktime.now import now

PAGE = 30
MOST_MB = settings.DOCUMENT_MAX_BYTES // 2**20


class PaperForm(forms.Form):
    """A new paper for the archive."""

    file = forms.FileField(
        label=_("File"),
        help_text=format_lazy(_("PDF, photo, Word or Excel, up to {most} MB."), most=MOST_MB),
        widget=forms.ClearableFileInput(attrs={"accept": "image/*,.pdf,.docx,.xlsx"}),
    )
    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    valid_until_on = forms.DateField(label=_("Valid until"), required=False, widget=DayInput())


@require_http_methods(["GET", "POST"])
@refusals
def document_list(request: HttpRequest) -> HttpResponse:
    """The enterprise's papers: each is there once and is offered wherever it fits."""
    actor = actor_of(request)
    if not actor.agencies:
        raise PermissionDenied
    if request.method == "POST" and not actor.may_act_for(actor.enterprise_id):
        raise PermissionDenied
    form = PaperForm(request.POST, request.FILES) if request.method == "POST" else PaperForm()
    if request.method == "POST" and stored(form, actor) is not None:
        messages.success(request, gettext("The paper is in your archive."))
        return redirect("cases:document_list")
    mine = Document.objects.filter(own_papers(actor), enterprise=actor.enterprise_id)
    before = request.GET.get("before", "")
    found, later = keyset.page(mine, "uploaded_at", before, PAGE)
    uses, today = _uses(found), local(now()).date()
    page = {
        "documents": [{"line": paper(d, today), "uses": uses.get(d.pk, 0)} for d in found],
        "later": urlencode({"before": later}) if later else "",
        "paged": bool(before),
        "form": form,
        "may_act": actor.may_act_for(actor.enterprise_id),
    }
    return render(request, "enterprise/document_list.html", page, status=422 if form.errors else 200)


def _uses(found: Sequence[Document]) -> dict[int, int]:
    """In how many cases each paper is used, as far as its enterprise may know."""
    used = Attachment.objects.filter(document__in=[d.pk for d in found], internal=False)
    counts = used.order_by().values("document").annotate(n=Count("pk"))
    return {row["document"]: row["n"] for row in counts}


def stored(form: PaperForm, actor: Actor) -> Document | None:
    """Store the upload in the archive of the enterprise acted for; None, with the errors in the form."""
    if not form.is_valid():
        return None
    from portal.park.models import Enterprise

    try:
        return papers.store(
            form.cleaned_data["file"],
            by=actor.user,
            now=now(),
            enterprise=Enterprise.objects.get(pk=actor.enterprise_id or 0),
            title=form.cleaned_data["title"],
            valid_until_on=form.cleaned_data["valid_until_on"],
        )
    except CaseError as error:
        form.add_error("file", str(error))
        return None


@require_POST
@refusals
def case_attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a paper to a case: one from the archive, or a new file."""
    case, actor = load(request, pk), actor_of(request)
    upload = cast("UploadedFile[bytes] | None", request.FILES.get("file"))
    add_paper(case, actor, upload, request.POST.get("document", ""), internal="internal" in request.POST)
    messages.success(request, gettext("The paper has been added."))
    return redirect("cases:case_view", pk=pk)


def add_paper(
    case: Case, actor: Actor, upload: UploadedFile[bytes] | None, chosen: str, *, internal: bool
) -> Attachment:
    """Use a new file in a case, or a paper of one's own archive (by its id). Raises Http404, CaseError."""
    check_acts(actor, case)
    inside = is_staff_for(actor, case)
    if upload is None and not chosen:
        raise Refused(gettext("Choose a paper of the archive, or send a file."))
    if upload is not None:
        owner: dict[str, Any] = {"team": case.team} if inside else {"enterprise": case.enterprise}
        document = papers.store(upload, by=actor.user, now=now(), **owner)
    else:
        document = _from_archive(case, actor, chosen)
    _check_scanned(document)
    return engine.attach(case, document, by=actor, internal=inside and internal, now=now())


def _check_scanned(document: Document) -> None:
    """A new file that still waits is no fault of who sent it: says that it is kept."""
    if document.scan_state == Document.Scan.PENDING:
        raise Refused(
            gettext("The file is kept and waits for the virus scan. Please add it again in a few minutes.")
        )


def _from_archive(case: Case, actor: Actor, chosen: str) -> Document:
    pk = int(chosen) if chosen.isdecimal() and len(chosen) < 18 else 0
    return get_object_or_404(Document.objects.filter(usable_papers(actor, case)), pk=pk)


@require_POST
@refusals
def case_supply(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Answer one missing item: a new file, a paper of the archive, or words."""
    case, actor = load(request, pk), actor_of(request)
    upload = cast("UploadedFile[bytes] | None", request.FILES.get("file"))
    chosen, answer = request.POST.get("document", ""), request.POST.get("answer", "")
    try:
        supply_item(case, actor, item, upload, chosen, answer)
    except TooLong as error:
        told = {"item": item, "answer": answer, "document": chosen, "error": str(error), "file": bool(upload)}
        return case_page(request, case, actor, status=422, supplying=told)
    messages.success(request, gettext("Thank you: it is in the case."))
    return back_to(request, pk)


def supply_item(
    case: Case, actor: Actor, item: int, upload: UploadedFile[bytes] | None, chosen: str, answer: str
) -> MissingItem:
    """Answer a missing item. A file that is sent goes into the archive of the enterprise first, unless
    nobody waits for it. Raises Http404, CaseError."""
    check_acts(actor, case)
    engine.check_supply(case, item, actor)
    engine.answer_text(answer)  # before a byte is kept
    document = None
    if upload is not None:
        document = papers.store(upload, by=actor.user, now=now(), enterprise=case.enterprise)
    elif chosen:
        document = _from_archive(case, actor, chosen)
    if document is not None:
        _check_scanned(document)
    return engine.supply(case, item, by=actor, document=document, answer=answer, now=now())


def visible_documents(actor: Actor) -> QuerySet[Document]:
    """Papers of one's own enterprises, and those in cases that one sees (internal ones: staff only)."""
    cases = visible_to(actor)
    attached = Attachment.objects.filter(case__in=cases.values("pk"))
    if not actor.is_staff_side:
        attached = attached.filter(internal=False)
    return Document.objects.filter(own_papers(actor) | Q(pk__in=attached.values("document")))


def may_correct(actor: Actor, document: Document) -> bool:
    """Title and dates belong to whoever keeps the paper: the enterprise, or the team whose proof it is."""
    if document.enterprise_id is not None:
        return actor.may_act_for(document.enterprise_id)
    return document.team_id in actor.team_ids
