"""The centre of notices, and what a reader chooses about them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.models import User
from portal.notices.forms import PreferencesForm
from portal.notices.models import Hours, Kind, Notice
from portal.notices.queries import centre, unread_count
from portal.notices.texts import render as text_of
from portal.worktime.clock import local
from portal.worktime.now import now

PAGE = 30


@require_safe
@login_required
def notice_list(request: HttpRequest) -> HttpResponse:
    """What I was told, newest first; all, only the unread ones, or one kind."""
    found = centre(request.user.pk or 0)
    chosen = request.GET.get("about", "")
    if chosen == "unread":
        found = found.filter(read_at=None)
    elif chosen in Kind.values:
        found = found.filter(kind=chosen)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 18:
        found = found.filter(pk__lt=int(before))
    page = list(found.order_by("-pk")[: PAGE + 1])
    rows = [
        (n, text_of(n.key, n.params, n.case_id), local(n.created_at).strftime("%m-%d %H:%M"))
        for n in page[:PAGE]
    ]
    later = page[PAGE - 1].pk if len(page) > PAGE else None
    context = {"rows": rows, "later": later, "kinds": Kind.choices, "chosen": chosen}
    return render(request, "notices/notice_list.html", context)


@require_safe
@never_cache
def notice_unread(request: HttpRequest) -> HttpResponse:
    """The badge alone, asked every minute: one statement beside those of the sign-in, nothing written."""
    if not request.user.is_authenticated:
        return HttpResponse(status=403)  # no redirect: the sign-in page must not land in the badge
    return render(request, "notices/_badge.html", {"unread": unread_count(request.user.pk)})


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


@require_http_methods(["GET", "POST"])
@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    """By which ways I want to hear of what."""
    user: User = request.user  # type: ignore[assignment]  # signed in
    form = PreferencesForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("notices:preferences")
    context = {"form": form, "hours": Hours.current()}
    return render(request, "notices/preferences.html", context, status=422 if form.errors else 200)
