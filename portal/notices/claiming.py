"""The outbox as a queue: which delivery is next, who has it, what became of it.

A claim counts the try and moves the next one beyond the lease, in one statement: nobody else finds
the row, and a worker that dies gives it back by doing nothing. The number of the try is the token
with which the result is written: a worker that comes back after its lease writes nothing.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from portal.notices.channels.failures import Failure
from portal.notices.models import Channel, Delivery, Hours
from portal.worktime.clock import Calendar, local

# Longer than any exchange takes with all its time limits.
LEASE = timedelta(minutes=5)
# A way that stays closed this long is given up on; a lasting refusal at once.
GIVE_UP_AFTER = timedelta(days=3)
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=1)
# So many matters go into one message to a group at most.
TOGETHER = 20

_CLAIM = """
WITH next AS (
    SELECT d.id
    FROM notices_delivery d
    JOIN notices_notice n ON n.id = d.notice_id
    LEFT JOIN notices_endpoint e ON e.id = d.endpoint_id
    WHERE d.state = 'pending' AND d.next_try_at <= %(now)s
      AND d.channel = ANY(%(channels)s)
      AND coalesce(d.endpoint_id, 0) <> ALL(%(closed)s::bigint[])
      AND (e.id IS NULL OR e.active)
      -- At night only what is urgent, and what stands in the way of it.
      AND (NOT %(quiet)s OR n.urgent OR d.channel = 'webhook' OR EXISTS (
            SELECT 1 FROM notices_delivery u JOIN notices_notice un ON un.id = u.notice_id AND un.urgent
            WHERE u.lane = d.lane AND u.lane <> '' AND u.id > d.id AND u.state = 'pending'))
      -- Nothing overtakes an earlier one of its lane. One that merely waits for the morning does not
      -- stand in the way: it is carried along.
      AND NOT EXISTS (
            SELECT 1 FROM notices_delivery b
            WHERE b.lane = d.lane AND b.lane <> '' AND b.id < d.id
              AND b.state IN ('pending', 'digest', 'carried')
              AND ((b.state = 'carried' AND b.carried_by_id <> d.id)
                   OR (b.state = 'pending' AND (b.tries > 0 OR b.next_try_at <= %(now)s))))
    ORDER BY d.next_try_at, d.id
    LIMIT 1
    FOR UPDATE OF d SKIP LOCKED
)
UPDATE notices_delivery d
SET tries = d.tries + 1, next_try_at = %(lease)s, first_tried_at = coalesce(d.first_tried_at, %(now)s)
FROM next WHERE d.id = next.id
RETURNING d.id, d.tries, d.lane, d.channel
"""
# Earlier ones of the lane that wait for a morning go along, and for a group what is due after it.
# Only with the first try: a mail that is tried again must say the same under the same id.
_CARRY = """
UPDATE notices_delivery SET state = 'carried', carried_by_id = %(id)s, next_try_at = NULL
WHERE id IN (
    SELECT id FROM notices_delivery
    WHERE lane = %(lane)s AND id <> %(id)s AND state IN ('pending', 'digest', 'carried')
      AND ((id < %(id)s AND (state = 'digest' OR (state = 'pending' AND tries = 0)))
           OR (%(group)s AND id > %(id)s AND state = 'pending' AND tries = 0 AND next_try_at <= %(now)s))
    ORDER BY id LIMIT %(most)s
    FOR UPDATE SKIP LOCKED
)
"""
_SETTLE = """
WITH done AS (
    UPDATE notices_delivery
    SET state = %(state)s, next_try_at = %(next)s, problem = %(problem)s, last_error = %(said)s,
        sent_at = %(sent)s
    WHERE id = %(id)s AND tries = %(tries)s AND state = 'pending'
    RETURNING id
)
UPDATE notices_delivery c
SET state = CASE WHEN %(state)s = 'pending' THEN 'carried' ELSE %(state)s END,
    problem = %(problem)s, sent_at = %(sent)s
FROM done WHERE c.carried_by_id = done.id AND c.state = 'carried'
"""
_GATHER = """
WITH due AS (
    SELECT d.id, n.recipient_id
    FROM notices_delivery d JOIN notices_notice n ON n.id = d.notice_id
    WHERE d.state = 'digest' AND d.next_try_at <= %(now)s
      -- What would overtake an earlier mail of its case joins the next gathering.
      AND NOT EXISTS (
            SELECT 1 FROM notices_delivery b
            WHERE b.lane = d.lane AND b.lane <> '' AND b.id < d.id
              AND b.state IN ('pending', 'digest', 'carried') AND b.state <> 'digest')
    FOR UPDATE OF d SKIP LOCKED
), letter AS (
    INSERT INTO notices_notice (recipient_id, key, kind, params, urgent, in_app, created_at)
    SELECT DISTINCT recipient_id, 'notices.digest', 'progress', '{}'::jsonb, false, false,
           %(now)s::timestamptz
    FROM due
    RETURNING id, recipient_id
), mail AS (
    INSERT INTO notices_delivery (notice_id, channel, lane, state, tries, next_try_at, problem, last_error)
    SELECT id, 'email', 'm:' || recipient_id || ':n' || id, 'pending', 0, %(now)s, '', '' FROM letter
    RETURNING id, notice_id
)
UPDATE notices_delivery d SET state = 'carried', carried_by_id = mail.id, next_try_at = NULL
FROM due JOIN letter USING (recipient_id) JOIN mail ON mail.notice_id = letter.id
WHERE d.id = due.id
"""
_POSTPONE = """
UPDATE notices_delivery SET next_try_at = notices_digest_at(%(now)s)
WHERE state = 'digest' AND next_try_at <= %(now)s
"""


def claim(now: datetime, channels: Sequence[str], closed: Collection[int]) -> Delivery | None:
    """The next delivery whose turn has come, now ours for the time of the lease; None: nothing is due.

    `closed` names the ways that this run has found closed: ids of endpoints, 0 for e-mail.
    """
    asked: dict[str, Any] = {
        "now": now,
        "channels": list(channels),
        "closed": list(closed),
        "quiet": Hours.current().is_quiet(local(now).time()),
        "lease": now + LEASE,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, asked)
        found = cursor.fetchone()
        if found is None:
            return None
        pk, tries, lane, channel = found
        if tries == 1 and lane and channel != Channel.WEBHOOK:
            group = channel != Channel.EMAIL
            values = {"id": pk, "lane": lane, "group": group, "most": TOGETHER if group else 500, "now": now}
            cursor.execute(_CARRY, values)
    return Delivery.objects.select_related("notice__recipient", "endpoint").get(pk=pk)


def sent(row: Delivery, now: datetime) -> None:
    """It has arrived, and with it what it carries."""
    _settle(row, state=Delivery.State.SENT, sent=now)


def failed(row: Delivery, failure: Failure, now: datetime) -> None:
    """Try again later, each time later, or put it with the dead letters."""
    age = now - (row.first_tried_at or now)
    if failure.lasting or age >= GIVE_UP_AFTER:
        _settle(row, state=Delivery.State.DEAD, failure=failure)
    else:
        _settle(row, state=Delivery.State.PENDING, failure=failure, next_try_at=now + pause(age))


def pause(age: timedelta) -> timedelta:
    """How long to wait after a failure: as long again as it has been tried, within limits, give or
    take a fifth, so that what failed together does not come back together."""
    return min(max(age, SHORTEST), LONGEST) * random.uniform(0.8, 1.2)  # noqa: S311  # no secret


def _settle(
    row: Delivery,
    *,
    state: str,
    failure: Failure | None = None,
    next_try_at: datetime | None = None,
    sent: datetime | None = None,
) -> None:
    values: dict[str, Any] = {
        "id": row.pk,
        "tries": row.tries,
        "state": state,
        "next": next_try_at,
        "problem": failure.problem.value if failure else "",
        "said": (failure.said if failure else "")[:300].replace("\x00", ""),
        "sent": sent,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, values)


def gather(now: datetime) -> int:
    """Put what waits for the daily mail into one mail per reader; the number gathered.

    Only on working days: a day that has become a day off meanwhile passes it on to the next.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        # One gatherer at a time: two would share a reader's notices out between two mails.
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('notices.gather'))")
        if not cursor.fetchone()[0]:
            return 0
        works = Calendar.current().is_working(local(now).date())
        cursor.execute(_GATHER if works else _POSTPONE, {"now": now})
        return cursor.rowcount if works else 0
