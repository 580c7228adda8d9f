"""Writing and forgetting what happened to accounts."""

from __future__ import annotations

from datetime import datetime, timedelta

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessLog
from django.contrib.auth.signals import user_login_failed
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from portal.accounts.addresses import agent_of, client_address
from portal.accounts.models import AccountEvent, User, Visit

KEPT = timedelta(days=365)
What = AccountEvent.What


def record(
    request: HttpRequest,
    user: User,
    what: AccountEvent.What,
    *,
    at: datetime,
    by: User | None = None,
    reason: str = "",
) -> AccountEvent:
    """Keep that something happened to an account, with where the request came from."""
    return AccountEvent.objects.create(
        user=user,
        what=what,
        by=by,
        reason=reason,
        address=client_address(request),
        agent=agent_of(request),
        at=at,
    )


def is_locked_out(request: HttpRequest, username: str) -> bool:
    """Whether too many failures stand against this name and address. Marks the request, as axes expects."""
    credentials = {"username": username}
    if AxesProxyHandler.is_allowed(request, credentials):
        return False
    request.axes_locked_out = True  # type: ignore[attr-defined]  # read by the axes middleware
    request.axes_credentials = credentials  # type: ignore[attr-defined]  # likewise
    return True


def count_failure(request: HttpRequest, username: str) -> None:
    """Count a wrong password or code beyond the sign-in form to the same lock-out."""
    user_login_failed.send(sender=__name__, credentials={"username": username}, request=request)


def forget(now: datetime) -> int:
    """Drop sign-ins older than a year, dead sessions and the visits they were; the number of rows."""
    before = now - KEPT
    gone: int = AccountEvent.objects.filter(at__lt=before, what__in=AccountEvent.PASSING).delete()[0]
    gone += AccessLog.objects.filter(attempt_time__lt=before).delete()[0]
    gone += Session.objects.filter(expire_date__lt=now).delete()[0]
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    gone += Visit.objects.filter(~Exists(alive)).delete()[0]
    return gone
