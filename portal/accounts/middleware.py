"""What holds for every request of a signed-in person: seen, second factor; and a clear end of a session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from portal.accounts import factor, sessions
from portal.accounts.models import User

GetResponse = Callable[[HttpRequest], HttpResponse]
# Set in the session once both factors were shown.
FACTOR_DONE = "second_factor"
# All that a member of staff without the second factor may reach while it is required.
WITHOUT_FACTOR = frozenset(
    {
        "accounts:second_factor_start",
        "accounts:second_factor_set_up",
        "accounts:second_factor_check",
        "accounts:sign_out",
        "accounts:sign_in",
        "set_language",
        "theme",
        "healthz",
        "readyz",
    }
)
TYPED_AT_LEAST = 4
# Asked for by an open page, not by the person in front of it.
BY_ITSELF = frozenset({"notices:notice_unread"})


class SecondFactorMiddleware:
    """Leads staff without a second factor to setting it up, where the operator requires one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        actor = getattr(request, "actor", None)
        if not settings.STAFF_SECOND_FACTOR or actor is None or request.session.get(FACTOR_DONE):
            return None
        match = request.resolver_match
        if (match is not None and match.view_name in WITHOUT_FACTOR) or not actor.is_staff_side:
            return None
        return _to_the_factor(request, actor.user)


def _to_the_factor(request: HttpRequest, user: User) -> HttpResponse:
    if request.path.startswith("/api/"):
        body = {
            "type": "about:blank",
            "title": _("Second factor required"),
            "status": 403,
            "detail": _("Set up or show your second factor in the portal first."),
        }
        return JsonResponse(body, status=403, content_type="application/problem+json")
    name = "second_factor_check" if factor.of(user) else "second_factor_start"
    target = reverse(f"accounts:{name}")
    if request.method == "GET":
        target = f"{target}?{urlencode({'next': request.get_full_path()})}"
    return _go(request, target)


def _go(request: HttpRequest, target: str) -> HttpResponse:
    """A redirect that also works for a part of a page that htmx fetches."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=200, headers={"HX-Redirect": target})
    return redirect(target)


class VisitMiddleware:
    """Notes which browsers are signed in, at most once a minute each."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user, match = request.user, request.resolver_match
        by_itself = match is not None and match.view_name in BY_ITSELF
        if isinstance(user, User) and not by_itself and not request.session.is_empty():
            sessions.seen(request, user)
        return response


class SessionEndMiddleware:
    """When a session has ended under somebody's hands: says so, shows what was typed, and the way back."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(request.user, User) or not isinstance(response, HttpResponseRedirect):
            return response
        asked = urlsplit(response.url)
        if asked.path != resolve_url(settings.LOGIN_URL) or "next" not in QueryDict(asked.query):
            return response
        if request.method == "POST":
            return _ended(request)
        if getattr(request, "htmx", False):
            back = urlencode({"next": way_back(request)})
            return HttpResponse(status=200, headers={"HX-Redirect": f"{asked.path}?{back}"})
        return response


def _ended(request: HttpRequest) -> HttpResponse:
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if isinstance(value, str) and len(value) >= TYPED_AT_LEAST and not _is_secret(name)
    ]
    back = way_back(request)
    page = {
        "typed": typed,
        "back": back,
        "sign_in": f"{reverse('accounts:sign_in')}?{urlencode({'next': back})}",
    }
    response = render(request, "accounts/session_ended.html", page, status=401)
    if getattr(request, "htmx", False):
        response["HX-Retarget"] = response["HX-Reselect"] = "#content"
        response["HX-Reswap"] = "outerHTML"
    return response


def _is_secret(name: str) -> bool:
    return name in settings.AXES_SENSITIVE_PARAMETERS or name in ("version", "token")


def way_back(request: HttpRequest) -> str:
    """The page on which the form stood: the referring page if it is ours, else the first page."""
    referer = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if referer and url_has_allowed_host_and_scheme(referer, {request.get_host()}):
        parts = urlsplit(referer)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"
    return "/"
