"""A seeded, set-based loader: many cases in a database of the bench's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from portal.cases import standards

KIND = "stations.request"
TEAMS = 50

_CASES = """
INSERT INTO cases_case (
    number, kind, step, title, grade, urgent, sealed, holder, enterprise_id, team_id, standard_id,
    opened_at, entered_at, clock_from_at, promise_amount, promise_unit, promise_due_at, warn_at, due_at,
    next_alert_at, alert_level, pause_count, closed_at, outcome, used_days, elapsed_days,
    stay_seq, event_seq, event_hash, version)
SELECT 'BN' || lpad(n::text, 9, '0'), %(kind)s, CASE WHEN o THEN 'handling' ELSE 'closed' END,
       '测量用办件 ' || n, 'normal', false, false, 'department', %(enterprise)s,
       %(team)s + n %% %(teams)s, %(standard)s, t, t, t, 5, 'wd', t + interval '7 days',
       CASE WHEN o THEN t + interval '6 days' END, t + interval '7 days',
       CASE WHEN o THEN t + interval '6 days' END, 0, 0,
       CASE WHEN NOT o THEN t + interval '5 days' END, CASE WHEN o THEN '' ELSE 'resolved' END,
       CASE WHEN NOT o THEN 3 END, CASE WHEN NOT o THEN 5 END, 1, 1, 'x', 2
FROM (
    SELECT n, n %% %(every)s = 0 AS o, %(from)s::timestamptz + (n %% 100000) * interval '20 seconds' AS t
    FROM generate_series(%(first)s, %(last)s) n
) g
"""
_STAYS = """
INSERT INTO cases_steplog (case_id, seq, step, team_id, holder, entered_at, left_at, left_via, limit_unit, due_at)
SELECT id, 1, 'handling', team_id, 'department', entered_at, closed_at, '', '', due_at
FROM cases_case WHERE id > %(after)s
"""
_EVENTS = """
INSERT INTO cases_event (case_id, seq, verb, data, at, previous_hash, hash)
SELECT id, 1, 'imported', '{}', opened_at, '', 'x' FROM cases_case WHERE id > %(after)s
"""


def people_and_places() -> tuple[int, int]:
    """One enterprise and the teams, each with a head and a section head; (enterprise id, first team id)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO park_enterprise (uscc, name, name_en, industry, size, address, park_area, tags) VALUES "
            "('91350100M000100Y43', '测量（示范）', '', 'x', 'small', '', '', '{}') RETURNING id"
        )
        enterprise = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO park_team (code, name, name_en, kind, industry, active) "
            "SELECT 'bench' || n, '单位 ' || n, '', 'department', '', true FROM generate_series(1, %s) n RETURNING id",
            [TEAMS],
        )
        first = min(row[0] for row in cursor.fetchall())
        cursor.execute(
            "INSERT INTO accounts_user (username, password, display_name, display_name_en, email, phone, language, "
            "is_superuser, is_staff, is_active, is_demonstration, date_joined) "
            "SELECT 'bench' || n, '', '人员 ' || n, '', 'bench' || n || '@example.com', '', '', false, false, true, "
            "false, now() FROM generate_series(1, %s) n",
            [2 * TEAMS],
        )
        cursor.execute(
            "INSERT INTO park_membership (user_id, team_id, role) SELECT u.id, %(first)s + u.n %% %(teams)s, "
            "CASE WHEN u.n < %(teams)s THEN 'head' ELSE 'section_head' END "
            "FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM accounts_user) u",
            {"first": first, "teams": TEAMS},
        )
    return enterprise, first


def load(first: int, last: int, *, enterprise: int, team: int, begin: datetime, every: int = 20) -> None:
    """Cases numbered first to last; one of `every` (5 %) is open."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM cases_case")
        after = {"after": cursor.fetchone()[0]}
        values: dict[str, Any] = {
            "kind": KIND,
            "enterprise": enterprise,
            "team": team,
            "teams": TEAMS,
            "standard": standards.current_id(KIND),
            "first": first,
            "last": last,
            "from": begin,
            "every": every,
        }
        cursor.execute(_CASES, values)
        cursor.execute(_STAYS, after)
        cursor.execute(_EVENTS, after)
        cursor.execute(
            "INSERT INTO cases_participant (case_id, team_id) SELECT id, team_id FROM cases_case WHERE id > %(after)s",
            after,
        )
        cursor.execute("VACUUM ANALYZE")
