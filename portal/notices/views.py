"""The centre of notices."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from portal.notices.models import Notice
from portal.notices.texts import render as text_of
from portal.worktime.clock import local
from portal.worktime.now import now

PAGE = 30


@require_safe
@login_required
def notice_list(request: HttpRequest) -> HttpResponse:
    """What I was told, newest first."""
    found = Notice.objects.filter(recipient_id=request.user.pk)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 18:
        found = found.filter(pk__lt=int(before))
    page = list(found.order_by("-pk")[: PAGE + 1])
    rows = [
        (n, text_of(n.key, n.params, n.case_id), local(n.created_at).strftime("%m-%d %H:%M"))
        for n in page[:PAGE]
    ]
    later = page[PAGE - 1].pk if len(page) > PAGE else None
    return render(request, "notices/notice_list.html", {"rows": rows, "later": later})


@require_POST
@login_required
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read and go where it leads."""
    notice = get_object_or_404(Notice, pk=pk, recipient_id=request.user.pk)
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=now())
    return redirect(text_of(notice.key, notice.params, notice.case_id).path)


@require_POST
@login_required
def notice_read_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    Notice.objects.filter(recipient_id=request.user.pk, read_at=None).update(read_at=now())
    return redirect("notices:notice_list")
