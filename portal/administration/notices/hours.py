"""Quiet nights and the time of the daily mail."""

from __future__ import annotations

from django.contrib import messages
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
    form = HoursForm(request.POST if request.method == "POST" else None, instance=Hours.current())
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved. It holds from the next notice on."))
        return redirect("administration:notice_hours")
    context = {"form": form, "changes": changes(Hours, 1)}
    return render(request, "administration/notice_hours.html", context, status=422 if form.errors else 200)
