"""Puts the acting person on every request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from portal.accounts.models import User
from portal.park.acting import Actor

ACTING_FOR = "acting_for"


class ActorMiddleware:
    """Sets `request.actor` (None when nobody is signed in)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        request.actor = (  # type: ignore[attr-defined]
            Actor(user, enterprise_id=request.session.get(ACTING_FOR)) if isinstance(user, User) else None
        )
        return self.get_response(request)
