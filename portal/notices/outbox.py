"""Writing notices and the deliveries that carry them out, in the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from portal.jobs.asking import ask_for
from portal.notices.texts import kind_of
from portal.prepared import Call, Prepared, run_together

# What a group or another system may be told: nothing that a person typed, no names.
PUBLIC_PARAMS = ("number", "kind", "step", "transition", "level", "due_at", "days")

# The end of every statement that tells somebody something; `%(now)s` is the moment. It follows two
# CTEs of the writer:
#   told(user_id, case_id, key, kind, params, urgent)         one row per person and matter
#   announced(team_id, case_id, key, kind, params, urgent)    one row per matter that groups and
#                                                             systems may hear of; never a sealed case
# One definition for moves, sweep and supervision orders: who is told how, and when, is decided here.
DELIVER = """
notice_hours AS MATERIALIZED (
    SELECT notices_held_until(%(now)s::timestamptz) AS held_at, notices_digest_at(%(now)s) AS digest_at
), notice AS (
    INSERT INTO notices_notice
        (recipient_id, endpoint_id, key, kind, params, case_id, urgent, in_app, created_at)
    SELECT u.id, NULL::bigint, t.key, t.kind, t.params, t.case_id, t.urgent,
           t.urgent OR coalesce(p.in_app, true), %(now)s
    FROM told t
    JOIN accounts_user u ON u.id = t.user_id AND u.is_active
    LEFT JOIN notices_preference p ON p.user_id = u.id AND p.kind = t.kind
    UNION ALL
    SELECT NULL, e.id, a.key, a.kind, a.params, a.case_id, a.urgent, false, %(now)s
    FROM announced a
    JOIN notices_endpoint e ON e.active AND a.kind = ANY(e.kinds)
                           AND (e.team_id IS NULL OR e.team_id = a.team_id)
    RETURNING id, recipient_id, endpoint_id, kind, case_id, urgent
), delivery AS (
    INSERT INTO notices_delivery
        (notice_id, channel, endpoint_id, lane, state, tries, next_try_at, problem, last_error)
    SELECT n.id, 'email', NULL::bigint,
           'm:' || n.recipient_id || ':' || coalesce(n.case_id::text, 'n' || n.id),
           w.state, 0,
           CASE WHEN w.state = 'digest' THEN h.digest_at WHEN n.urgent THEN %(now)s ELSE h.held_at END,
           '', ''
    FROM notice n
    CROSS JOIN notice_hours h
    JOIN accounts_user u ON u.id = n.recipient_id AND u.email <> ''
    LEFT JOIN notices_preference p ON p.user_id = u.id AND p.kind = n.kind
    -- What is urgent does not wait for the daily mail.
    CROSS JOIN LATERAL (
        SELECT CASE WHEN p.email = 'digest' AND NOT n.urgent THEN 'digest' ELSE 'pending' END AS state
    ) w
    WHERE coalesce(p.email, 'now') <> 'off'
    UNION ALL
    SELECT n.id, e.channel, e.id,
           CASE WHEN e.channel = 'webhook'
                THEN 'w:' || e.id || ':' || coalesce(n.case_id::text, 'n' || n.id)
                ELSE 'g:' || e.id END,
           'pending', 0,
           -- Machines do not sleep; groups do.
           CASE WHEN n.urgent OR e.channel = 'webhook' THEN %(now)s ELSE h.held_at END, '', ''
    FROM notice n CROSS JOIN notice_hours h JOIN notices_endpoint e ON e.id = n.endpoint_id
    RETURNING channel, state = 'pending' AND next_try_at <= %(now)s AS due
)
"""
_TELL = f"""
WITH told AS MATERIALIZED (
    SELECT DISTINCT who.user_id, %(case)s::bigint AS case_id, %(key)s::text AS key, %(kind)s::text AS kind,
           %(params)s::jsonb AS params, %(urgent)s::boolean AS urgent
    FROM ({{who}}) who(user_id)
    WHERE who.user_id <> %(actor)s::bigint
), announced AS MATERIALIZED (
    SELECT %(team)s::bigint AS team_id, %(case)s::bigint AS case_id, %(key)s::text AS key,
           %(kind)s::text AS kind, %(public)s::jsonb AS params, %(urgent)s::boolean AS urgent
    WHERE %(team)s::bigint IS NOT NULL
), {DELIVER}
SELECT coalesce(bool_or(channel = 'email'), false), coalesce(bool_or(channel <> 'email'), false)
FROM delivery WHERE due
"""  # noqa: S608  # both halves are constants
_LISTED = "SELECT unnest(%(recipients)s::bigint[])"


def tell(
    recipient_ids: Iterable[int],
    key: str,
    params: Mapping[str, Any],
    *,
    now: datetime,
    case_id: int | None = None,
    urgent: bool = False,
) -> None:
    """Tell each person once, as each has chosen. Sending starts when the transaction commits."""
    if recipients := sorted(set(recipient_ids)):
        _write(_LISTED, key, params, now=now, case=case_id, urgent=urgent, recipients=recipients)


def tell_of(
    case_id: int,
    who: str,
    key: str,
    params: Mapping[str, Any],
    *,
    now: datetime,
    urgent: bool,
    actor_id: int | None,
    team_id: int | None,
    along: Sequence[Call] = (),
) -> None:
    """Tell of a case those whom `who` selects (SQL over `%(case)s` and `%(now)s`), but for the actor.

    `team_id`: the groups and systems that listen to this team (or to all) hear of it too, without
    personal data. None (a sealed case, a private matter): they do not. `along`: what is written before.
    """
    given = {"now": now, "case": case_id, "urgent": urgent, "actor": actor_id or 0, "team": team_id}
    _write(who, key, params, along=along, **given)


def _write(
    who: str, key: str, params: Mapping[str, Any], *, along: Sequence[Call] = (), **given: Any
) -> None:
    public = {name: params[name] for name in PUBLIC_PARAMS if name in params}
    values = {
        "key": key,
        "kind": kind_of(key),
        "params": json.dumps(params, cls=DjangoJSONEncoder, ensure_ascii=False),
        "public": json.dumps(public, cls=DjangoJSONEncoder, ensure_ascii=False),
        "actor": 0,
        "team": None,
        **given,
    }
    with connection.cursor() as cursor:
        run_together(cursor, *along, (_telling(who), values))
        mail, posts = cursor.fetchone()
    kick_at_commit(mail=mail, posts=posts)


@lru_cache(maxsize=200)  # as many as there are sets of people that flows tell
def _telling(who: str) -> Prepared:
    return Prepared("tell", _TELL.format(who=who))


def kick_at_commit(*, mail: bool = True, posts: bool = True) -> None:
    """Have it sent once this transaction is done (outside of one, at once); one kick serves all of it."""
    for due, kick in ((mail, kick_mail), (posts, kick_posts)):
        # What waits since an earlier savepoint falls only together with this one.
        if due and not any(waiting[1] is kick for waiting in connection.run_on_commit):
            transaction.on_commit(kick)


def kick_mail() -> None:
    """Ask a worker to send what mail is due, now. Beat asks every minute: a miss is harmless."""
    from portal.notices import tasks

    ask_for(tasks.deliver)


def kick_posts() -> None:
    """Ask a worker to tell groups and systems, now. Beat asks every minute: a miss is harmless."""
    from portal.notices import tasks

    ask_for(tasks.post)
