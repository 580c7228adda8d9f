"""Letters of a case: reading the text before, a preview as PDF, issuing."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.cases import engine
from portal.cases.declaration import Letter
from portal.cases.letters import making
from portal.cases.models import Case
from portal.cases.presenting.letters import says
from portal.cases.views.common import actor_of, load, refusals
from portal.worktime.now import now


def _declared(case: Case, name: str) -> Letter:
    try:
        return case.flow.letter(name)
    except KeyError as error:
        raise Http404 from error


@require_http_methods(["GET", "POST"])
@refusals
def letter(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """GET shows what the letter will say; POST draws its number and keeps it.

    Where a character is in no typeface, it says which, and issues only for somebody who has read that.
    """
    case, actor = load(request, pk), actor_of(request)
    declared = _declared(case, name)
    engine.check_letter(case, declared, actor)
    boxes = making.unprintable(case, declared, now=now())
    if request.method == "POST" and (not boxes or "boxes" in request.POST):
        text = request.POST.get("version", "")
        version = int(text) if text.isdigit() and len(text) < 10 else None
        made = engine.issue_letter(case, name, by=actor, now=now(), version=version)
        messages.success(request, _("Issued as %(number)s.") % {"number": made.number})
        return redirect("cases:case_view", pk=pk)
    sheet = making.sheet(case, declared, number="", now=now(), language=get_language() or making.CHINESE)
    context = {"case": case, "letter": declared, "sheet": sheet, "says": says(declared)}
    context |= {"boxes": [(ch, f"U+{ord(ch):04X}") for ch in boxes], "unread": request.method == "POST"}
    return render(request, "letters/letter.html", context, status=422 if request.method == "POST" else 200)


@require_safe
@refusals
def letter_preview(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """The letter as PDF, marked as a preview, without a number. Nothing is kept."""
    case, actor = load(request, pk), actor_of(request)
    declared = _declared(case, name)
    engine.check_letter(case, declared, actor)
    language = making.ENGLISH if request.GET.get("language") == "en" else making.CHINESE
    content = making.pdf(case, declared, number="", now=now(), language=language)
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="preview-{case.number}.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer
