"""Quiet nights and the time of the daily mail."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.administration.common import administrators
from portal.administration.notices.forms import HoursForm
from portal.administration.notices.history import changes
from portal.notices.models import Hours


@require_http_methods(["GET", "POST"])
@administrators
def notice_hours(request: HttpRequest) -> HttpResponse:
    """What holds for everybody; what waits already keeps its moment."""
    post = request.method == "POST"
    with transaction.atomic():
        list(Hours.objects.select_for_update()) if post else []
        form = HoursForm(request.POST if post else None, instance=Hours.current())
        if post and form.is_valid():
            form.save()
            messages.success(request, _("Saved. It holds from the next notice on."))
            return redirect("administration:notice_hours")
    status = (409 if form.stale else 422) if form.errors else 200
    if form.stale:
        form.renew()
    context = {"form": form, "changes": changes(Hours, 1)}
    return render(request, "administration/notice_hours.html", context, status=status)
