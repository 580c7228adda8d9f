"""Groups and other systems that are told: made, changed, tested, their secret renewed, events replayed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Max, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.administration.common import administrators
from portal.administration.notices.forms import EndpointForm, ReplayForm
from portal.administration.notices.history import changes
from portal.cases.views.common import actor_of
from portal.notices import letters
from portal.notices.channels import robots, webhook
from portal.notices.channels.failures import Failure
from portal.notices.models import Delivery, Endpoint, EndpointChannel
from portal.worktime.now import now

State = Delivery.State


@require_safe
@administrators
def endpoint_list(request: HttpRequest) -> HttpResponse:
    """All groups and systems with how they fare."""
    rows = Endpoint.objects.select_related("team").annotate(
        last_sent_at=Max("deliveries__sent_at"),
        waiting=Count("deliveries", filter=Q(deliveries__state=State.PENDING)),
        lost=Count("deliveries", filter=Q(deliveries__state=State.DEAD, deliveries__carried_by=None)),
    )
    context = {"rows": rows, "channels": EndpointChannel.choices}
    return render(request, "administration/endpoint_list.html", context)


@require_http_methods(["GET", "POST"])
@administrators
@never_cache
def endpoint_new(request: HttpRequest, channel: str) -> HttpResponse:
    """A new one. A webhook's secret is shown in the answer to this, and never again."""
    if channel not in EndpointChannel.values:
        raise Http404
    row = Endpoint(channel=channel)
    form = EndpointForm(request.POST if request.method == "POST" else None, instance=row)
    if request.method == "POST" and form.is_valid():
        row = form.save()
        if row.is_webhook:
            return _secret_page(request, row, row.signing_secret())
        messages.success(request, _("Saved. Send a test to see whether it arrives."))
        return redirect("administration:endpoint_edit", pk=row.pk)
    return _edit_page(request, row, form)


@require_http_methods(["GET", "POST"])
@administrators
def endpoint_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one, or switch it off: then what is due to it waits."""
    post = request.method == "POST"
    with transaction.atomic():
        row = get_object_or_404(Endpoint.objects.select_for_update() if post else Endpoint, pk=pk)
        form = EndpointForm(request.POST if post else None, instance=row)
        if post and form.is_valid():
            form.save()
            messages.success(request, _("Saved."))
            return redirect("administration:endpoint_edit", pk=pk)
    return _edit_page(request, row, form)


@require_POST
@administrators
def endpoint_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a test at once and say what came back."""
    row, moment = get_object_or_404(Endpoint, pk=pk), now()
    try:
        if row.is_webhook:
            webhook.deliver(
                row, f"test_{row.pk}_{int(moment.timestamp())}", webhook.test_event(moment), moment
            )
        else:
            with translation.override(row.language):
                text = _("Test from the park services portal: notices arrive here.")
            robots.say(row, text, moment)
    except Failure as failure:
        answer = {"what": failure.problem.label, "said": failure.said or "—"}
        messages.error(request, _("The test did not arrive. %(what)s Answer: %(said)s") % answer)
    else:
        messages.success(request, _("The test has arrived."))
    return redirect("administration:endpoint_edit", pk=pk)


@require_POST
@administrators
@never_cache
def endpoint_rotate(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret, shown once. The former one signs along for a day."""
    row = get_object_or_404(Endpoint, pk=pk, channel=EndpointChannel.WEBHOOK)
    return _secret_page(request, row, row.rotate(now()))


@require_POST
@administrators
def endpoint_replay(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the events of a period once more, under the same ids."""
    row = get_object_or_404(Endpoint, pk=pk, channel=EndpointChannel.WEBHOOK)
    form = ReplayForm(request.POST)
    if not form.is_valid():
        return _edit_page(request, row, EndpointForm(instance=row), form)
    since, until = form.period()
    n = letters.replay(row, since, until, by=actor_of(request).user, now=now())
    said = ngettext("%(n)s event is sent again.", "%(n)s events are sent again.", n)
    messages.success(request, said % {"n": n})
    return redirect("administration:endpoint_edit", pk=pk)


def _edit_page(
    request: HttpRequest, row: Endpoint, form: EndpointForm, replay: ReplayForm | None = None
) -> HttpResponse:
    failed = bool(form.errors) or bool(replay is not None and replay.errors)
    context: dict[str, Any] = {
        "row": row,
        "form": form,
        "replay": replay or ReplayForm(),
        "changes": changes(Endpoint, row.pk) if row.pk else [],
        "channel_label": EndpointChannel(row.channel).label,
    }
    status = 409 if form.stale else 422 if failed else 200
    if form.stale:
        form.renew()
    return render(request, "administration/endpoint_edit.html", context, status=status)


def _secret_page(request: HttpRequest, row: Endpoint, secret: str) -> HttpResponse:
    return render(request, "administration/endpoint_secret.html", {"row": row, "secret": secret})
