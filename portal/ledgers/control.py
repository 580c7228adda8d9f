"""A second connection beside a long transaction: the lock that says "alive", progress, the wish to stop.

The lock belongs to the connection, so that it ends with the process, however that ends. What is
written here is seen by others at once, while the import itself is one transaction that they do
not see until it is done.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from types import TracebackType
from typing import Any

from django.db import connection

IMPORT, EXPORT = 0x1ED6E, 0x1ED6F  # name spaces of advisory locks
REPORT_EVERY_S = 0.5


class Cancelled(Exception):
    """Somebody wants this run to stop."""


def alive(space: int, pks: Iterable[int]) -> set[int]:
    """Which of these runs a process works on now."""
    wanted = list(pks)
    if not wanted:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT objid::bigint FROM pg_locks JOIN pg_database d ON d.oid = database "
            "WHERE locktype = 'advisory' AND granted AND classid = %s AND objid = ANY(%s::oid[]) "
            "AND datname = current_database()",
            [space, wanted],
        )
        return {row[0] for row in cursor.fetchall()}


class Control:
    """Holds the lock of one run while it works. `taken` is False when another process has it."""

    def __init__(self, space: int, table: str, pk: int) -> None:
        self.space, self.table, self.pk = space, table, pk
        self.own: Any = None
        self.taken = False
        self.told_at = 0.0

    def __enter__(self) -> Control:
        self.own = connection.copy()
        self.taken = self._ask("SELECT pg_try_advisory_lock(%s, %s)", [self.space, self.pk])[0][0]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.own.close()  # and with it the lock

    def begin(self, from_state: str, to_state: str, attempt: int) -> bool:
        """Move the run on, if it still waits for this very attempt."""
        return bool(
            self._ask(
                f"UPDATE {self.table} SET state = %s, since_at = now() "  # noqa: S608 - our own table
                "WHERE id = %s AND state = %s AND attempt = %s RETURNING 1",
                [to_state, self.pk, from_state, attempt],
            )
        )

    def tell(self, column: str, done: int, total_column: str, total: int) -> None:
        """Write progress, not too often. Raises Cancelled when somebody wants the run to stop."""
        if time.monotonic() - self.told_at < REPORT_EVERY_S:
            return
        self.told_at = time.monotonic()
        wish = "cancel_asked_at IS NOT NULL" if self.space == IMPORT else "false"
        found = self._ask(
            f"UPDATE {self.table} SET {column} = %s, {total_column} = %s WHERE id = %s RETURNING {wish}",  # noqa: S608
            [done, total, self.pk],
        )
        if not found or found[0][0]:
            raise Cancelled

    def _ask(self, sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
        with self.own.cursor() as cursor:
            cursor.execute(sql, values)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
