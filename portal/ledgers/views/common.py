"""Who gets to the pages of ledgers."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from portal.accounts.models import Duty
from portal.cases.views.common import actor_of
from portal.ledgers.access import exportable
from portal.park.acting import Actor

View = Callable[..., HttpResponseBase]


def importers(view: View) -> View:
    """Only for administrators."""
    return _only(view, lambda actor: actor.holds(Duty.ADMINISTRATOR))


def exporters(view: View) -> View:
    """Only for people who may take some ledger out."""
    return _only(view, lambda actor: bool(exportable(actor)))


def _only(view: View, allows: Callable[[Actor], bool]) -> View:
    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not allows(actor_of(request)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wrapped
