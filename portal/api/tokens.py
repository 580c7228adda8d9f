"""Making, finding and revoking personal tokens.

Moments here are the machine's own: a token is a matter of security, not of the park's working days.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q

from portal.accounts.models import User
from portal.api.models import Scope, Token

MARK = "psp"  # lets secret scanners recognise one
MOST_TOKENS = 20
SEEN_EVERY = timedelta(minutes=1)
_FORM = re.compile(rf"{MARK}_[0-9a-f]{{8}}_[A-Za-z0-9_-]{{43}}")


class TooMany(Exception):
    """The person has as many tokens as one may have."""


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def make(
    user: User, *, name: str, scopes: Iterable[str], lifetime: timedelta, now: datetime
) -> tuple[Token, str]:
    """A new token and its text, which nobody can read again. Raises TooMany, ValueError (scope)."""
    wanted = [Scope(scope).value for scope in scopes]
    if good_of(user, now) >= MOST_TOKENS:
        raise TooMany
    prefix = f"{MARK}_{secrets.token_hex(4)}"
    text = f"{prefix}_{secrets.token_urlsafe(32)}"
    token = Token.objects.create(
        user=user,
        name=name,
        prefix=prefix,
        digest=digest_of(text),
        scopes=wanted,
        created_at=now,
        expires_at=now + lifetime,
    )
    return token, text


def good_of(user: User, now: datetime) -> int:
    """How many of a person's tokens still open something."""
    return Token.objects.filter(user=user, revoked_at=None, expires_at__gt=now).count()


def find(text: str, now: datetime) -> Token | None:
    """The token of this text, if it is good and its owner may still sign in."""
    if not _FORM.fullmatch(text):
        return None
    token = Token.objects.select_related("user").filter(digest=digest_of(text)).first()
    if token is None or not token.is_good(now) or not token.user.is_active:
        return None
    return token


def seen(token: Token, now: datetime) -> None:
    """Note the use of a token, at most once a minute."""
    if token.last_used_at is None or token.last_used_at <= now - SEEN_EVERY:
        due = Q(last_used_at=None) | Q(last_used_at__lte=now - SEEN_EVERY)
        Token.objects.filter(due, pk=token.pk).update(last_used_at=now)


def revoke(token: Token, now: datetime) -> None:
    """End a token at once; a second time changes nothing."""
    Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now)
