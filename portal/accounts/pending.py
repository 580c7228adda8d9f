"""Between password and code: who is about to sign in. Kept in the session; grants nothing."""

from __future__ import annotations

import secrets
import time

from django.http import HttpRequest

from portal.accounts.models import User

KEY = "signing_in"
WITHIN_S = 300


def begin(request: HttpRequest, user: User, target: str) -> None:
    """Remember whose password was right, and where the person wanted to go (already checked to be ours)."""
    request.session.cycle_key()
    request.session[KEY] = {
        "user": user.pk,
        "mark": user.get_session_auth_hash(),
        "at": int(time.time()),
        "next": target,
    }


def read(request: HttpRequest) -> tuple[User, str] | None:
    """Who is about to sign in, and where to; None when there is nobody, or it took too long."""
    kept = request.session.get(KEY)
    if not isinstance(kept, dict) or not 0 <= time.time() - kept["at"] <= WITHIN_S:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or not secrets.compare_digest(user.get_session_auth_hash(), kept["mark"]):
        return None
    return user, kept["next"]


def drop(request: HttpRequest) -> None:
    request.session.pop(KEY, None)
