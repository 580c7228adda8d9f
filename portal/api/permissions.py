"""What a token was made for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from portal.api.models import Scope, Token
from portal.api.problems import Problem

if TYPE_CHECKING:
    from rest_framework.views import APIView

READING = (Scope.READ,)
WORKING = (Scope.WORK,)


def wanted_scopes(view: APIView, method: str | None) -> tuple[Scope, ...]:
    """The scopes of which a token needs one. A view names others in `scopes`, by method."""
    named: dict[str, tuple[Scope, ...]] = getattr(view, "scopes", {})
    method = "GET" if method in ("HEAD", None) else method
    return named.get(method, READING if method == "GET" else WORKING)


class HasScope(BasePermission):
    """A token opens only what it was made for; a session is not limited."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        token = request.auth
        if not isinstance(token, Token):
            return True
        wanted = wanted_scopes(view, request.method)
        if set(wanted).intersection(token.scopes):
            return True
        names = _(" or ").join(scope.value for scope in wanted)
        raise Problem(
            "insufficient-scope", _("This needs a token with the scope: %(names)s.") % {"names": names}
        )
