"""Who may administer: the duty, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from portal.accounts.models import Duty
from portal.cases.views.common import actor_of
from portal.park.acting import Actor

View = Callable[..., HttpResponse]


def administrators(view: View) -> View:
    """Only for people with the duty of system administrator."""
    return _only(lambda actor: actor.holds(Duty.ADMINISTRATOR), view)


def staff_side(view: View) -> View:
    """For everybody who works in a team or holds a duty."""
    return _only(lambda actor: actor.is_staff_side, view)


def auditors(view: View) -> View:
    """For auditors, and for administrators, who answer to them."""
    return _only(lambda actor: actor.holds(Duty.AUDITOR, Duty.ADMINISTRATOR), view)


def record_readers(view: View) -> View:
    """For those who read the record of everybody: audit, discipline, administrators (log only)."""
    return _only(lambda actor: actor.holds(Duty.AUDITOR, Duty.DISCIPLINE, Duty.ADMINISTRATOR), view)


def _only(allowed: Callable[[Actor], bool], view: View) -> View:
    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not allowed(actor_of(request)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wrapped
