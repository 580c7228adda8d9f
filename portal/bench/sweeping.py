"""The sweep beside the bare statements that it cannot do without."""

from __future__ import annotations

from datetime import datetime

from portal.bench.loader import KIND, NOW
from portal.bench.measure import Line, at_most, sql, timed
from portal.cases import watch
from portal.cases.models import Case
from portal.worktime.clock import ZONE

_BARE = """
WITH m AS (UPDATE cases_case SET alert_level = 1, next_alert_at = NULL WHERE id = ANY(%(ids)s)
      RETURNING id, team_id),
a AS (INSERT INTO cases_alert (case_id, stay_id, level, at, due_at)
      SELECT m.id, s.id, 1, %(now)s, s.due_at FROM m JOIN cases_steplog s ON s.case_id = m.id),
e AS (INSERT INTO cases_event (case_id, seq, verb, data, at, previous_hash, hash)
      SELECT id, 2, 'alerted', '{}', %(now)s, '', 'x' FROM m),
n AS (INSERT INTO notices_notice (recipient_id, key, kind, params, case_id, urgent, in_app, created_at)
      SELECT t.user_id, 'case.alerted', 'deadline', '{"level": 1}', m.id, false, true, %(now)s
      FROM m JOIN park_membership t ON t.team_id = m.team_id RETURNING id)
INSERT INTO notices_delivery (notice_id, channel, lane, state, tries, next_try_at, problem, last_error)
SELECT id, 'email', '', 'pending', 0, %(now)s, '', '' FROM n
"""


def sweep(due: int) -> Line:
    """Escalating `due` cases beside the bare UPDATE and INSERTs of as many others, each batch committed."""
    Case.objects.filter(next_alert_at__isnull=False).update(next_alert_at=None)
    fresh = list(
        Case.objects.open()
        .filter(kind=KIND, alert_level=0, opened_at__lt=NOW)  # what the bench has filed by page is of today
        .order_by("pk")
        .values_list("pk", flat=True)[: 2 * due]
    )
    ours, others = fresh[:due], fresh[due:]
    if len(others) < due:
        raise RuntimeError(f"too few open cases for a sweep of {due}")

    def prepare(ids: list[int]) -> None:
        later = datetime(2026, 12, 30, 17, 30, tzinfo=ZONE)
        Case.objects.filter(pk__in=ids).update(next_alert_at=NOW, warn_at=NOW, due_at=later)
        sql("VACUUM ANALYZE cases_case")

    def bare() -> None:
        for start in range(0, due, watch.BATCH):
            sql(_BARE, {"ids": others[start : start + watch.BATCH], "now": NOW})

    def swept() -> None:
        done = watch.sweep(NOW)
        if done != due:
            raise RuntimeError(f"the sweep alerted {done} of {due}")

    prepare(ours)
    value = timed(swept, 1)
    prepare(others)
    return at_most(f"sweep of {due} due", value, "ms", timed(bare, 1), 3.0)


def idle() -> Line:
    """A tick at which nothing is due yet, beside SELECT 1."""
    early = datetime(2020, 1, 6, 10, 0, tzinfo=ZONE)
    ours, one = timed(lambda: watch.sweep(early), 50), timed(lambda: sql("SELECT 1"), 50)
    return at_most("idle sweep", ours, "ms", one, 10.0)
