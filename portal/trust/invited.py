"""The pages of the link: what one is invited to, accepting with an account or a new one, declining."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from portal.accounts import history
from portal.accounts.history import What
from portal.accounts.models import User
from portal.accounts.views import BACKEND
from portal.cases.errors import CaseError, Conflict
from portal.park.middleware import ACTING_FOR
from portal.trust import invitations
from portal.trust.forms import JoinForm, scope_words
from portal.trust.invitations import MOST_TRIES
from portal.trust.models import Invitation
from portal.worktime.now import now


def _found(token: str) -> Invitation:
    found = invitations.find(token)
    if found is None:
        raise Http404
    return found


@require_safe
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What the invitation says, or why it leads nowhere any more."""
    found = _found(token)
    return _page(request, token, found, JoinForm(initial={"display_name": found.name}))


def _page(request: HttpRequest, token: str, found: Invitation, form: JoinForm) -> HttpResponse:
    moment = now()
    page = {
        "token": token,
        "invitation": found,
        "open": found.is_open(moment),
        "because": invitations.closed_because(found, moment),
        "scope": scope_words(found.read_only, found.kinds),
        "form": form,
        "sign_in": f"{reverse('accounts:sign_in')}?{urlencode({'next': request.path})}",
        "exhausted": found.tries >= MOST_TRIES,
    }
    status = 422 if form.errors else (200 if page["open"] else 410)
    return render(request, "trust/invitation.html", page, status=status)


def _refused(request: HttpRequest, error: CaseError) -> HttpResponse:
    return render(
        request, "cases/refusal.html", {"message": str(error), "status": error.status}, status=error.status
    )


@require_POST
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Accept with the account that is signed in."""
    user, found = request.user, _found(token)
    if not isinstance(user, User):
        back = reverse("trust:invitation", args=[token])
        return redirect(f"{reverse('accounts:sign_in')}?{urlencode({'next': back})}")
    try:
        invitations.accept(found, user, now=now())
    except CaseError as error:
        return _refused(request, error)
    return _welcome(request, found)


def _welcome(request: HttpRequest, found: Invitation) -> HttpResponse:
    request.session[ACTING_FOR] = found.enterprise_id
    messages.success(request, _("You act for %(enterprise)s now.") % {"enterprise": found.enterprise})
    return redirect("home")


@sensitive_post_parameters("password1", "password2")
@require_POST
def invitation_join(request: HttpRequest, token: str) -> HttpResponse:
    """Make an account and accept with it, in one."""
    found = _found(token)
    if isinstance(request.user, User):  # the second click of a double click
        return invitation_accept(request, token)
    if found.tries >= MOST_TRIES or not found.is_open(now()):
        return _page(request, token, found, JoinForm())
    form = JoinForm(request.POST)
    if not form.is_valid():
        if form.has_error("username", "unique"):
            invitations.count_try(found)
        return _page(request, token, found, form)
    try:
        user = _joined(form, found)
    except Conflict as error:
        return _refused(request, error)
    login(request, user, backend=BACKEND)
    history.record(request, user, What.SIGNED_IN, at=now())
    return _welcome(request, found)


def _joined(form: JoinForm, found: Invitation) -> User:
    with transaction.atomic():
        user: User = form.save(commit=False)
        user.email = found.email
        user.save()
        invitations.accept(found, user, now=now())
    return user


@require_POST
def invitation_decline(request: HttpRequest, token: str) -> HttpResponse:
    """Say no. No account is needed for that."""
    user = request.user
    try:
        invitations.decline(_found(token), user if isinstance(user, User) else None, now=now())
    except CaseError as error:
        return _refused(request, error)
    return redirect("trust:invitation", token=token)
