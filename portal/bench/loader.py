"""A seeded, set-based loader: many cases in a database of the bench's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection

from portal.accounts.models import User
from portal.cases import engine, standards
from portal.park.acting import Actor
from portal.park.models import Enterprise, Team
from portal.worktime.clock import ZONE

KIND = "stations.request"
TEAMS = 50
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=ZONE)
BEGIN = datetime(2026, 10, 20, 10, 0, tzinfo=ZONE)
# The first of these words stand in very many titles, the last in few.
WORDS = [a + b for a in "停断缺申请变更咨询" for b in "电水气路网工岗款税证"]

_CASES = """
INSERT INTO cases_case (
    number, kind, step, title, grade, urgent, sealed, holder, enterprise_id, team_id, standard_id,
    opened_at, entered_at, clock_from_at, promise_amount, promise_unit, promise_due_at, warn_at, due_at,
    next_alert_at, alert_level, pause_count, closed_at, outcome, used_days, elapsed_days,
    stay_seq, event_seq, event_hash, version)
SELECT 'BN' || lpad(n::text, 9, '0'), %(kind)s, CASE WHEN o THEN 'handling' ELSE 'closed' END,
       (%(words)s::text[])[1 + floor(power(random(), 4) * %(most)s)::int] || '：测量用办件 ' || n, 'normal', false, false, 'department', %(enterprise)s,
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
        cursor.execute(
            "INSERT INTO accounts_user (username, password, display_name, display_name_en, email, phone, language, "
            "is_superuser, is_staff, is_active, is_demonstration, date_joined) "
            "VALUES ('benchowner', '', '业主', '', '', '', '', false, false, true, false, now()) RETURNING id"
        )
        cursor.execute(
            "INSERT INTO park_agency (user_id, enterprise_id, role, read_only, kinds) "
            "VALUES (%s, %s, 'owner', false, '{}')",
            [cursor.fetchone()[0], enterprise],
        )
    return enterprise, first


class Loaded:
    """The park of the bench, as it grows."""

    def __init__(self) -> None:
        self.enterprise, self.team = people_and_places()
        self.cases = 0
        self._lively: int | None = None

    def grow(self, size: int) -> None:
        """To so many cases, 5 % of them open."""
        load(self.cases + 1, size, enterprise=self.enterprise, team=self.team, begin=BEGIN)
        self.cases = size

    def grow_open(self, more: int) -> None:
        """So many open cases more."""
        last = self.cases + more
        load(self.cases + 1, last, enterprise=self.enterprise, team=self.team, begin=BEGIN, every=1)
        self.cases = last

    def search_words(self) -> dict[str, str]:
        """Words that few, some and very many titles have."""
        return {"rare": WORDS[-1], "middling": WORDS[len(WORDS) // 4], "common": WORDS[0]}

    def bare(self) -> dict[str, int]:
        return {"team": self.team, "standard": standards.current_id(KIND)}

    def handler(self) -> Actor:
        return Actor(User.objects.get(username="bench1"))

    def filing(self) -> dict[str, Any]:
        """What an enterprise fills in."""
        return {
            "category": "utilities", "title": "车间停电", "description": "三号车间昨晚起停电", "grade": "normal",
            "station": self._station(), "contact_name": "示范", "contact_phone": "0731-5555 0101",
            "contact_way": "phone",
        }  # fmt: skip

    def _station(self) -> int:
        station = apps.get_model("stations", "Station")
        values = {
            "address": "x", "longitude": "112.9", "latitude": "27.8", "opens_at": "08:30",
            "closes_at": "17:30", "phone": "0731-5555 0101",
        }  # fmt: skip
        team = Team.objects.get(pk=self.handler().seats[0].team_id)
        return int(station._default_manager.get_or_create(team=team, defaults=values)[0].pk)

    def lively_case(self) -> int:
        """A case with a life: filed, accepted, handled, talked about."""
        if self._lively is None:
            actor = self.handler()
            enterprise = Enterprise.objects.get(pk=self.enterprise)
            owner = Actor(User.objects.get(username="benchowner"))
            case = engine.open_case(KIND, by=owner, enterprise=enterprise, data=self.filing(), now=NOW)
            accepted = {"category": "utilities", "grade": "normal"}
            engine.perform(case, "accept", by=actor, data=accepted, now=NOW)
            engine.perform(case, "handle_here", by=actor, now=NOW)
            for n in range(12):
                engine.comment(case, by=actor, data={"body": f"说明 {n}"}, now=NOW)
                engine.perform(case, "note_progress", by=actor, data={"note": f"进展 {n}"}, now=NOW)
            self._lively = case.pk
        return self._lively


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
            "words": WORDS,
            "most": len(WORDS),
        }
        cursor.execute(_CASES, values)
        cursor.execute(_STAYS, after)
        cursor.execute(_EVENTS, after)
        cursor.execute(
            "INSERT INTO cases_participant (case_id, team_id) SELECT id, team_id FROM cases_case WHERE id > %(after)s",
            after,
        )
        cursor.execute("VACUUM ANALYZE")
