"""Pages of the whole house: the first page, the look, whom one acts for."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.models import Duty, User
from portal.accounts.views import remember_language
from portal.cases.enterprise_views import home as enterprise_home
from portal.park.acting import Actor
from portal.park.middleware import ACTING_FOR


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The page of what one has to do first."""
    actor: Actor | None = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    if actor is None:
        return redirect("accounts:sign_in")
    if actor.agencies:
        return enterprise_home.home(request)
    if actor.memberships:
        return redirect("cases:queue")
    if actor.holds(Duty.ADMINISTRATOR):
        return redirect("administration:home")
    if actor.duties:
        return redirect("cases:escalations")
    return enterprise_home.nothing_yet(request)


@require_POST
def acting_for(request: HttpRequest) -> HttpResponse:
    """Act for another of one's own enterprises."""
    actor: Actor | None = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    chosen = request.POST.get("enterprise", "")
    if actor is None or not chosen.isdecimal() or int(chosen) not in actor.agencies:
        raise Http404
    request.session[ACTING_FOR] = int(chosen)
    return redirect("home")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light or dark, kept in a cookie."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}):
        target = "/"
    answer = redirect(target)
    if request.POST.get("theme") in ("light", "dark"):
        answer.set_cookie("theme", request.POST["theme"], max_age=365 * 86400, samesite="Lax", httponly=True)
    return answer


@require_POST
def demonstration_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the invented people. Exists in the demonstration park only."""
    if not settings.DEMONSTRATION:
        raise Http404
    user = get_object_or_404(
        User, username=request.POST.get("username", ""), is_demonstration=True, is_active=True
    )
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return remember_language(redirect("home"), user)
