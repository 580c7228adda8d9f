"""For tests of races: going on as soon as somebody else waits for a lock."""

from __future__ import annotations

from django.db import connection

# In this test's own database: other processes run their tests on the same server.
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


def until_somebody_waits() -> None:
    """AssertionError after ten seconds in which nobody came."""
    for _turn in range(1000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("nobody came to wait")
