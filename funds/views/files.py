"""One file for the bank: its lines, the second person, what the bank answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from funds import actions, letters
from funds.access import in_finance
from funds.bankfiles import LAYOUTS
from funds.models import BankResult, PaymentFile, PaymentLine, ResultLine
from funds.presenting import plans
from funds.tasks import apply_results
from funds.views.plans import check_pays, money_staff, plan_of
from portal import money
from portal.cases.errors import Refused
from portal.cases.letters.making import CHINESE, ENGLISH
from portal.cases.views.common import actor_of, refusals
from portal.jobs.asking import ask_for
from portal.worktime.clock import local
from portal.worktime.now import now

MOST_ANSWER = 8 * 2**20  # bytes of what a bank sends back
MOST_ANSWERS = 20
SHOWN = 200  # differences of one answer on the page


def _file(request: HttpRequest, pk: int) -> PaymentFile:
    """A file of a plan that exists for this person. Raises Http404, PermissionDenied."""
    money_staff(request)
    near = ("made_by", "plan", "release__released_by")
    file = get_object_or_404(PaymentFile.objects.select_related(*near).defer("content"), pk=pk)
    if file.plan_id is not None:
        plan_of(request, file.plan_id)
    return file


@dataclass(frozen=True)
class Answered:
    """What came of one answer of the bank; `left`: payments that are not booked yet."""

    result: BankResult
    matched: int
    paid: int
    returned: int
    left: int

    @property
    def done(self) -> int:
        return self.matched - self.left


def _answers(file: PaymentFile) -> list[Answered]:
    counted: Any = file.results.select_related("taken_by").defer("content")
    counted = counted.annotate(
        matched=Count("lines"),
        paid=Count("lines", filter=Q(lines__outcome=ResultLine.Outcome.PAID)),
        left=Count("lines", filter=actions.still_to_book("lines__")),
    )
    return [
        Answered(one, one.matched, one.paid, one.matched - one.paid, one.left)
        for one in counted[:MOST_ANSWERS]
    ]


@require_safe
@refusals
def file_view(request: HttpRequest, pk: int) -> HttpResponse:
    """A file: what was sent, who made and released it, what the bank says of each line."""
    file, actor = _file(request, pk), actor_of(request)
    if getattr(request, "htmx", False):
        return render(request, "funds/_answers.html", _answered(file))
    show = request.GET.get("show", "")
    lines, later = plans.page_of_payments(file, show, request.GET.get("after", ""))
    release = getattr(file, "release", None)
    context = {
        "file": file,
        "release": release,
        "capitals": money.capitals(file.total_amount),
        "lines": lines,
        "later": f"?{later}" if later else "",
        "show": show,
        "states": PaymentLine.State.choices,
        "pays": in_finance(actor),
        "may_release": in_finance(actor) and release is None and file.made_by_id != actor.user.pk,
        **_answered(file),
    }
    return render(request, "funds/file_view.html", context)


def _answered(file: PaymentFile) -> dict[str, object]:
    answers = _answers(file)
    return {"file": file, "answers": answers, "booking": any(a.left for a in answers), "most": SHOWN}


@require_POST
@never_cache
@refusals
def file_download(request: HttpRequest, pk: int) -> HttpResponse:
    """The bytes for the bank. A POST: that somebody took them is written down."""
    file = _file(request, pk)
    check_pays(request)
    content = actions.download_file(file, by=actor_of(request).user, now=now())
    layout = LAYOUTS[file.layout]
    answer = HttpResponse(content, content_type=layout.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{file.number}.{layout.suffix}"'
    return answer


@require_POST
@refusals
def file_release(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person lets the file go to the bank."""
    file = _file(request, pk)
    check_pays(request)
    actions.release_file(file, by=actor_of(request).user, now=now())
    messages.success(request, _("Released. It can go to the bank."))
    return redirect("funds:file_view", pk=pk)


@require_POST
@refusals
def file_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in what the bank has sent back; a long answer is booked in the background."""
    file, upload = _file(request, pk), request.FILES.get("answer")
    check_pays(request)
    if upload is None:
        raise Refused(_("Please choose the file that the bank has sent."))
    if (upload.size or 0) > MOST_ANSWER:
        raise Refused(_("The file is larger than %(most)s MB.") % {"most": MOST_ANSWER // 2**20})
    known = {answer.result.pk: answer.left for answer in _answers(file)}
    result = actions.take_result(file, upload.read(), by=actor_of(request).user, now=now())
    if result.pk in known:
        told = _("This answer was taken in on %(at)s already: nothing of it is booked twice.")
        messages.warning(request, told % {"at": f"{local(result.taken_at):%Y-%m-%d %H:%M}"})
    elif any(known.values()):
        messages.warning(request, _("An earlier answer is still being booked: this one is booked beside it."))
    _book(request, result)
    return redirect("funds:file_view", pk=pk)


def _book(request: HttpRequest, result: BankResult) -> None:
    """A long one is the worker's; this page tells how far it is."""
    if actions.left_to_apply(result.pk) > actions.AT_ONCE:
        ask_for(apply_results)
        messages.info(request, _("Taken in. It is being booked; this page tells how far it is."))
        return
    settled = actions.apply_result(result, now())
    told = ngettext("Taken in, %(n)s payment booked.", "Taken in, %(n)s payments booked.", settled)
    messages.success(request, told % {"n": settled})


@require_safe
@refusals
def file_voucher(request: HttpRequest, pk: int) -> HttpResponse:
    """支付凭证 as PDF."""
    file = _file(request, pk)
    language = ENGLISH if (get_language() or "").startswith("en") else CHINESE
    content = letters.voucher(file, now=now(), language=language)
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{file.number}.pdf"'
    return answer
