"""The timeline: appending events whose hashes chain, and proving the chains.

One SQL function, `cases_event_hash`, defines the hash for the engine, the sweep and the proof.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from portal.cases.models import Case
from portal.prepared import Prepared

_APPEND = Prepared(
    "append_event",
    """
INSERT INTO cases_event (case_id, seq, verb, actor_id, data, at, previous_hash, hash)
VALUES (%(case)s::bigint, %(seq)s::int, %(verb)s::text, %(actor)s::bigint, %(data)s::jsonb,
        %(at)s::timestamptz, %(previous)s::text,
        cases_event_hash(%(previous)s, %(case)s, %(seq)s, %(verb)s, %(actor)s, %(at)s, %(data)s::jsonb))
RETURNING hash
""",
)


def append(case: Case, verb: str, *, by_id: int | None, at: datetime, data: Mapping[str, Any]) -> None:
    """Add one event to a locked case; the caller saves `event_seq` and `event_hash` with the case."""
    case.event_seq += 1
    with connection.cursor() as cursor:
        _APPEND.run(
            cursor,
            {
                "case": case.pk,
                "seq": case.event_seq,
                "verb": verb,
                "actor": by_id,
                "data": json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False),
                "at": at,
                "previous": case.event_hash,
            },
        )
        case.event_hash = cursor.fetchone()[0]


@dataclass(frozen=True)
class Break:
    """A place where a chain does not hold."""

    case_id: int
    number: str
    seq: int
    problem: str  # changed | removed | inserted | head


_VERIFY = """
WITH line AS (
    SELECT e.case_id, e.seq, e.hash, e.previous_hash,
           lag(e.seq) OVER w AS before_seq, lag(e.hash) OVER w AS before_hash,
           cases_event_hash(e.previous_hash, e.case_id, e.seq, e.verb, e.actor_id, e.at, e.data) AS computed
    FROM cases_event e WINDOW w AS (PARTITION BY e.case_id ORDER BY e.seq)
), broken AS (
    SELECT case_id, seq, CASE
        WHEN hash <> computed THEN 'changed'
        WHEN seq <> coalesce(before_seq, 0) + 1 THEN 'removed'
        WHEN previous_hash <> coalesce(before_hash, '') THEN 'inserted'
    END AS problem FROM line
    UNION ALL
    SELECT c.id, greatest(c.event_seq, coalesce(t.seq, 0)), CASE
        WHEN coalesce(t.seq, 0) < c.event_seq THEN 'removed'
        WHEN coalesce(t.seq, 0) > c.event_seq THEN 'inserted'
        ELSE 'changed'
    END
    FROM cases_case c
    LEFT JOIN LATERAL (
        SELECT seq, hash FROM cases_event e WHERE e.case_id = c.id ORDER BY seq DESC LIMIT 1
    ) t ON true
    WHERE coalesce(t.seq, 0) <> c.event_seq OR coalesce(t.hash, '') <> c.event_hash
)
SELECT b.case_id, c.number, b.seq, b.problem
FROM broken b JOIN cases_case c ON c.id = b.case_id
WHERE b.problem IS NOT NULL ORDER BY b.case_id, b.seq
"""


def breaks() -> Iterator[Break]:
    """Every place where a chain is broken: a changed, a removed or an inserted event."""
    with connection.cursor() as cursor:
        cursor.execute(_VERIFY)
        for row in cursor.fetchall():
            yield Break(*row)
