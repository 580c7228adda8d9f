"""How DRF learns who calls: a personal token, or the session with its CSRF token."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from portal.api.models import Token


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer psp_…`; the token was looked up by `TokenMiddleware`."""

    def authenticate(self, request: Request) -> tuple[Any, Token] | None:
        token: Token | None = getattr(request._request, "token", None)
        if token is not None:
            return token.user, token
        if getattr(request._request, "token_refused", False):
            raise exceptions.AuthenticationFailed(_("The token is unknown, has expired or was revoked."))
        return None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class SessionAuthentication(authentication.SessionAuthentication):
    """The session of the pages; changes need the CSRF token."""


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers by subclassing
    """The token in the OpenAPI document."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "Personal token, made in the profile."}


class PortalSessionScheme(SessionScheme):  # type: ignore[no-untyped-call]  # registers by subclassing
    """The session in the OpenAPI document."""

    target_class = SessionAuthentication  # type: ignore[assignment]  # a class does as well as its path
    name = "session"
