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

View = Callable[..., HttpResponse]


def administrators(view: View) -> View:
    """Only for people with the duty of system administrator."""
    return _holding(view, Duty.ADMINISTRATOR)


def auditors(view: View) -> View:
    """For auditors, and for administrators, who answer to them."""
    return _holding(view, Duty.AUDITOR, Duty.ADMINISTRATOR)


def _holding(view: View, *duties: Duty) -> View:
    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not actor_of(request).holds(*duties):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wrapped
