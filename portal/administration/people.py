"""People as an administrator looks after them: who is who, locked out, leaving with open work."""

from __future__ import annotations

from typing import Any

from axes.utils import reset as forget_failures
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts import factor, history, sessions
from portal.accounts.history import What
from portal.accounts.models import User
from portal.administration.common import administrators
from portal.administration.watching import lock_outs
from portal.cases.models import Case
from portal.cases.views.common import actor_of
from portal.notices import outbox
from portal.worktime.now import now

PAGE = 50
SHOWN = 100
EVENTS = 30


@require_safe
@administrators
def people(request: HttpRequest) -> HttpResponse:
    """Everybody with an account, searched by name, sign-in name or phone."""
    asked = request.GET.get("q", "").strip()[:60]
    page = Paginator(_found(asked), PAGE).get_page(request.GET.get("page"))
    locked = set(lock_outs(timezone.now()).values_list("username", flat=True))
    context = {"page": page, "asked": asked, "locked": locked}
    return render(request, "administration/people.html", context)


def _found(asked: str) -> QuerySet[User, Any]:
    found = User.objects.order_by("-is_active", "username")
    if asked:
        found = found.filter(
            Q(username__icontains=asked) | Q(display_name__icontains=asked) | Q(phone__icontains=asked)
        )
    held = Case.objects.open().filter(assignee=OuterRef("pk")).order_by().values("assignee")
    count = Subquery(held.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    return found.annotate(open_work=Coalesce(count, 0)).prefetch_related(
        "duty_grants", "memberships__team", "agencies__enterprise"
    )


@require_safe
@administrators
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person with what he or she holds. Numbers and teams only: no case content here."""
    chosen = get_object_or_404(
        User.objects.prefetch_related("duty_grants", "memberships__team", "agencies__enterprise"), pk=pk
    )
    held = Case.objects.open().filter(assignee=chosen).select_related("team").order_by("due_at", "pk")
    context = {
        "factor": factor.of(chosen),
        "visits": sessions.visits(chosen),
        "events": chosen.account_events.select_related("by")[:EVENTS],
        "chosen": chosen,
        "held": held[:SHOWN],
        "held_count": held.count(),
        "locked": lock_outs(timezone.now()).filter(username=chosen.username).exists(),
        "is_self": chosen.pk == actor_of(request).user.pk,
    }
    return render(request, "administration/person.html", context)


@require_POST
@administrators
def person_activate(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch an account off or on. Open work stays where it is: the head of the team hands it on."""
    chosen = get_object_or_404(User, pk=pk)
    wanted = request.POST.get("active") == "1"
    if chosen.pk == actor_of(request).user.pk:
        messages.error(request, _("You cannot switch off your own account."))
    elif not User.objects.filter(pk=pk, is_active=not wanted).update(is_active=wanted):
        messages.error(request, _("Somebody has changed this account meanwhile. Please look again."))
    elif wanted:
        messages.success(request, _("The account is switched on."))
    else:
        messages.success(request, _("The account is switched off."))
    return redirect("administration:person", pk=pk)


@require_POST
@administrators
def person_unlock(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a person who typed too many wrong passwords sign in again at once."""
    chosen = get_object_or_404(User, pk=pk)
    forget_failures(username=chosen.username)
    messages.success(request, _("This person can sign in again."))
    return redirect("administration:person", pk=pk)


@require_POST
@administrators
def person_factor_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Take away the second factor of somebody who has lost it. Recorded; the person is told."""
    chosen, me = get_object_or_404(User, pk=pk), actor_of(request).user
    reason = request.POST.get("reason", "").strip()[:300]
    if chosen.pk == me.pk:
        messages.error(request, _("You cannot reset your own second factor: another administrator can."))
    elif not reason:
        messages.error(request, _("Please say why, and how you made sure who is asking."))
    else:
        with transaction.atomic():
            if not factor.remove(chosen):
                messages.error(request, _("This person has no second factor."))
                return redirect("administration:person", pk=pk)
            sessions.end(sessions.visits(chosen))
            history.record(request, chosen, What.FACTOR_RESET, at=timezone.now(), by=me, reason=reason)
            outbox.tell([chosen.pk], "account.factor_reset", {"who": str(me)}, now=now())
        messages.success(request, _("The second factor has been reset. The person has been told."))
    return redirect("administration:person", pk=pk)


@require_POST
@administrators
def person_sign_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign somebody out everywhere: a device was lost."""
    chosen, me = get_object_or_404(User, pk=pk), actor_of(request).user
    if sessions.end(sessions.visits(chosen).exclude(session_key=request.session.session_key or "")):
        history.record(request, chosen, What.SESSIONS_ENDED, at=timezone.now(), by=me)
    messages.success(request, _("This person is signed out everywhere."))
    return redirect("administration:person", pk=pk)
