"""The sessions of a person: which browsers are signed in, and ending them."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from portal.accounts.addresses import agent_of, client_address
from portal.accounts.models import User, Visit

SEEN_EVERY = timedelta(minutes=1)
REMEMBERED = 20_000
# When this process last wrote that a session was seen. Only spares statements: the statement itself
# writes at most once a minute, however many processes there are.
_seen: OrderedDict[tuple[str, int], float] = OrderedDict()

_SEEN = """
INSERT INTO accounts_visit (user_id, session_key, address, agent, began_at, seen_at)
VALUES (%(user)s, %(key)s, %(address)s, %(agent)s, %(now)s, %(now)s)
ON CONFLICT (session_key) DO UPDATE
    SET seen_at = excluded.seen_at, address = excluded.address, agent = excluded.agent,
        user_id = excluded.user_id
    WHERE accounts_visit.seen_at <= excluded.seen_at - make_interval(secs => %(every)s)
"""


def seen(request: HttpRequest, user: User) -> None:
    """Note that this session is in use. One statement a minute and process, one write a minute in all."""
    key = request.session.session_key
    if not key:
        return
    mark, tick = (key, user.pk), time.monotonic()
    if tick - _seen.get(mark, float("-inf")) < SEEN_EVERY.total_seconds():
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _SEEN,
            {
                "user": user.pk,
                "key": key,
                "address": client_address(request),
                "agent": agent_of(request),
                "now": timezone.now(),
                "every": SEEN_EVERY.total_seconds(),
            },
        )
    _seen[mark] = tick
    _seen.move_to_end(mark)
    while len(_seen) > REMEMBERED:
        _seen.popitem(last=False)


def visits(user: User) -> QuerySet[Visit]:
    """The browsers in which a person is signed in now, the last used first."""
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=timezone.now())
    return Visit.objects.filter(Exists(alive), user=user)


def end(found: Iterable[Visit]) -> int:
    """Sign these browsers out at once; the number."""
    keys = [visit.session_key for visit in found]
    with transaction.atomic():
        Session.objects.filter(session_key__in=keys).delete()
        Visit.objects.filter(session_key__in=keys).delete()
    return len(keys)


def end_others(request: HttpRequest, user: User) -> int:
    """Sign out every browser but this one; the number."""
    return end(visits(user).exclude(session_key=request.session.session_key or ""))


def carry_over(request: HttpRequest, former_key: str | None) -> None:
    """A session that got a new key (after a change of password) stays the same visit."""
    if former_key and request.session.session_key:
        Visit.objects.filter(session_key=former_key).update(session_key=request.session.session_key)
