"""The owner's page of who acts for the enterprise."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.forms import PasswordForm
from portal.accounts.models import User
from portal.cases.errors import CaseError
from portal.cases.views.common import actor_of, refusals
from portal.park.acting import Actor
from portal.park.models import Agency, Enterprise
from portal.trust import invitations, ownership
from portal.trust.forms import AgentForm, InviteForm, scope_words, today
from portal.trust.models import Answer, ContactRead, Invitation, OwnershipOffer
from portal.worktime.now import now

SHOWN = 50
HAPPENED = {
    "insert": gettext_lazy("may act"),
    "update": gettext_lazy("changed"),
    "delete": gettext_lazy("ended"),
}


def owned(request: HttpRequest) -> Enterprise:
    """The enterprise that the person acts for now and owns; else 403."""
    actor = actor_of(request)
    if not actor.owns(actor.enterprise_id):
        raise PermissionDenied
    return get_object_or_404(Enterprise, pk=actor.enterprise_id)


@require_safe
@refusals
def people(request: HttpRequest) -> HttpResponse:
    """Who acts for us, who is invited, what has changed, who read our contact details."""
    return _page(request, owned(request), InviteForm())


def _page(request: HttpRequest, enterprise: Enterprise, form: InviteForm) -> HttpResponse:
    moment = now()
    seats = Agency.objects.filter(enterprise=enterprise).select_related("user").order_by("-role", "pk")
    offers = OwnershipOffer.objects.filter(enterprise=enterprise, state=Answer.PENDING)
    page = {
        "enterprise": enterprise,
        "agents": [(s, scope_words(s.read_only, s.kinds), _ended(s)) for s in seats],
        "invitations": _invitations(enterprise, moment),
        "offer": offers.filter(valid_until__gt=moment).select_related("to_user").first(),
        "history": _history(enterprise),
        "reads": ContactRead.objects.filter(enterprise=enterprise, person=None)
        .select_related("reader", "case")
        .order_by("-pk")[:SHOWN],
        "form": form,
    }
    return render(request, "trust/people.html", page, status=422 if form.errors else 200)


def _ended(seat: Agency) -> bool:
    return seat.expires_on is not None and seat.expires_on < today()


def _invitations(enterprise: Enterprise, moment: Any) -> list[dict[str, Any]]:
    """The newest invitations, those that wait first."""
    found = Invitation.objects.filter(enterprise=enterprise).prefetch_related("letters")[:SHOWN]
    rows = [
        {
            "invitation": one,
            "open": one.is_open(moment),
            "lapsed": one.has_lapsed(moment),
            "link": invitations.link(one) if one.is_open(moment) else "",
            "scope": scope_words(one.read_only, one.kinds),
            "letter": next((m for m in one.letters.all() if m.sending == one.sendings), None),
        }
        for one in found
    ]
    return sorted(rows, key=lambda row: row["invitation"].state != Answer.PENDING)


def _history(enterprise: Enterprise) -> list[dict[str, Any]]:
    """What was recorded of the agencies of this enterprise, newest first."""
    events = apps.get_model("park", "AgencyEvent").objects.filter(enterprise_id=enterprise.pk)
    rows = list(events.select_related("pgh_context").order_by("-pgh_id")[:SHOWN])
    by = [(row.pgh_context.metadata.get("user") if row.pgh_context else None) for row in rows]
    names = User.objects.in_bulk({*(row.user_id for row in rows), *(pk for pk in by if pk)})
    return [
        {
            "at": row.pgh_created_at,
            "who": names.get(row.user_id),
            "what": HAPPENED.get(row.pgh_label, row.pgh_label),
            "role": Agency.Role(row.role).label,
            "scope": scope_words(row.read_only, row.kinds),
            "until": row.expires_on,
            "by": names.get(doer) if doer else None,
        }
        for row, doer in zip(rows, by, strict=True)
    ]


@require_POST
@refusals
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody."""
    enterprise = owned(request)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _page(request, enterprise, form)
    data = {"name": form.cleaned_data["name"], "email": form.cleaned_data["email"], **form.granted()}
    try:
        invitations.invite(enterprise, by=actor_of(request), data=data, now=now())
    except CaseError as error:
        form.add_error(None, str(error))
        return _page(request, enterprise, form)
    if data["email"]:
        messages.success(request, _("The invitation is on its way. You can also copy its link below."))
    else:
        messages.success(request, _("The invitation is ready: copy its link below and pass it on."))
    return redirect("trust:people")


def _invitation(request: HttpRequest, pk: int) -> Invitation:
    return get_object_or_404(Invitation, pk=pk, enterprise=owned(request))


@require_POST
@refusals
def invitation_resend(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link, valid for seven more days."""
    invitations.resend(_invitation(request, pk).pk, by=actor_of(request), now=now())
    messages.success(request, _("There is a new link, valid for seven days; the former one is void."))
    return redirect("trust:people")


@require_POST
@refusals
def invitation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    invitations.withdraw(_invitation(request, pk).pk, by=actor_of(request), now=now())
    messages.success(request, _("The invitation has been withdrawn."))
    return redirect("trust:people")


def _agent(request: HttpRequest, pk: int, *, held: bool = False) -> Agency:
    seats = Agency.objects.select_related("user").exclude(role=Agency.Role.OWNER)
    if held:
        seats = seats.select_for_update(of=("self",))
    return get_object_or_404(seats, pk=pk, enterprise=owned(request))


@require_http_methods(["GET", "POST"])
@refusals
def agent(request: HttpRequest, pk: int) -> HttpResponse:
    """An agent's scope and last day; ending it; handing the enterprise over."""
    post = request.method == "POST"
    with transaction.atomic():
        seat = _agent(request, pk, held=post)
        form = AgentForm(request.POST if post else None, seat=seat)
        if post and form.is_valid():
            invitations.change_agent(seat.pk, by=actor_of(request), now=now(), **form.granted())
            messages.success(request, _("Saved."))
            return redirect("trust:people")
    status = (409 if form.stale else 422) if form.errors else 200
    if form.stale:
        form.renew()
    me: Actor = actor_of(request)
    page = {"seat": seat, "form": form, "password_form": PasswordForm(request=request, user=me.user)}
    return render(request, "trust/agent.html", page, status=status)


@require_POST
@refusals
def agent_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an agency at once."""
    seat = _agent(request, pk)
    invitations.end_agent(seat.pk, by=actor_of(request), now=now())
    messages.success(request, _("%(who)s does not act for the enterprise any more.") % {"who": seat.user})
    return redirect("trust:people")


@require_POST
@refusals
def ownership_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer the enterprise to an agent: the owner's password is asked."""
    seat, me = _agent(request, pk), actor_of(request)
    form = PasswordForm(request.POST, request=request, user=me.user)
    if not form.is_valid():
        page = {"seat": seat, "form": AgentForm(seat=seat), "password_form": form, "offering": True}
        return render(request, "trust/agent.html", page, status=422)
    ownership.offer(seat.pk, by=me, now=now())
    messages.success(request, _("Offered. You stay the owner until %(who)s accepts.") % {"who": seat.user})
    return redirect("trust:people")


@require_http_methods(["GET", "POST"])
@refusals
def ownership_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The other side's page: accept or decline; the owner may take the offer back here."""
    me = actor_of(request)
    offers = OwnershipOffer.objects.select_related("enterprise", "from_user", "to_user")
    found = get_object_or_404(offers, pk=pk)
    mine, own = found.to_user_id == me.user.pk, me.owns(found.enterprise_id)
    if not mine and not own:
        raise Http404
    if request.method == "GET":
        page = {"offer": found, "mine": mine, "open": found.is_open(now())}
        return render(request, "trust/ownership.html", page)
    calls = {"accept": ownership.accept, "decline": ownership.decline, "withdraw": ownership.withdraw}
    call = calls.get(request.POST.get("answer", ""))
    if call is None:
        raise PermissionDenied
    call(found.pk, by=me, now=now())
    messages.success(request, _("Saved."))
    return redirect("home")
