"""Finds the owner of a personal token before anybody asks who is acting."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from portal.api import tokens

BASE = "/api/"


class TokenMiddleware:
    """Below `/api/` a bearer token says who calls; `request.token` is None for a session.

    A token that is not good leaves nobody signed in, whatever cookie came along: the API then
    answers 401. Stands between Django's authentication and `ActorMiddleware`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.token = None  # type: ignore[attr-defined]
        request.token_refused = False  # type: ignore[attr-defined]
        if request.path_info.startswith(BASE):
            kind, _space, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
            if kind.lower() == "bearer":
                self._identify(request, text.strip())
        return self.get_response(request)

    @staticmethod
    def _identify(request: HttpRequest, text: str) -> None:
        moment = timezone.now()
        token = tokens.find(text, moment)
        if token is None:
            request.token_refused = True  # type: ignore[attr-defined]
            request.user = AnonymousUser()
            return
        tokens.seen(token, moment)
        request.token = token  # type: ignore[attr-defined]
        request.user = token.user
        if token.user.language and "HTTP_ACCEPT_LANGUAGE" not in request.META:
            translation.activate(token.user.language)
            request.LANGUAGE_CODE = translation.get_language()
