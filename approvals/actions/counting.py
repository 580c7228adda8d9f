"""Keeping the net working days of what has ended (`Permit.held_days`, `Project.held_days`).

The database counts (`approvals.reports.days`) and forgets what a change makes wrong (migration 0050). What is
not kept is counted by whoever reads it: this job makes figures quick, not right.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from portal.worktime import snapshot

BATCH = 1000
_PERMITS = """
SELECT case_id FROM approvals_permit WHERE held_days IS NULL AND decided_at IS NOT NULL AND case_id > %s
ORDER BY case_id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
"""
# Of which no permit runs: its days do not depend on the moment.
_PROJECTS = """
SELECT j.case_id FROM approvals_project j WHERE j.held_days IS NULL AND j.case_id > %s AND NOT EXISTS (
    SELECT 1 FROM approvals_permit p JOIN cases_case c ON c.id = p.case_id
    WHERE p.project_id = j.case_id AND p.accepted_at IS NOT NULL
      AND p.decided_at IS NULL AND c.closed_at IS NULL)
ORDER BY j.case_id LIMIT %s FOR NO KEY UPDATE OF j SKIP LOCKED
"""
_KEEP_PERMITS = """
UPDATE approvals_permit SET held_days = approvals_permit_days(case_id, %s) WHERE case_id = ANY(%s)
"""
_KEEP_PROJECTS = """
UPDATE approvals_project SET held_days = approvals_project_days(case_id, %s) WHERE case_id = ANY(%s)
"""


def count_days(now: datetime) -> int:
    """Count what has ended since the last time; how many permits and projects. In batches, each by itself."""
    done = 0
    for waiting, keep in ((_PERMITS, _KEEP_PERMITS), (_PROJECTS, _KEEP_PROJECTS)):
        last = 0
        while found := _count(waiting, keep, last, now):
            done += len(found)
            last = found[-1]
    return done


def _count(waiting: str, keep: str, after: int, now: datetime) -> list[int]:
    """One batch. Locked first, counted by a second statement: whoever changed a row of it has been seen, and
    whoever changes one meanwhile waits, and has its number forgotten. The calendar stands still."""
    with transaction.atomic(), connection.cursor() as cursor:
        snapshot.hold()
        cursor.execute(waiting, [after, BATCH])
        found = [row[0] for row in cursor.fetchall()]
        if found:
            cursor.execute("SET LOCAL approvals.counts = 'yes'")
            cursor.execute(keep, [now, found])
            cursor.execute("SET LOCAL approvals.counts = 'no'")
    return found
