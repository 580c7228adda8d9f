"""Statements that the database plans once per connection, not at every call.

The engine sends the same few statements at every move, and planning the large ones took several
times as long as running them. Server-side plans belong to one connection: behind a pooler that
hands out another one per transaction, set PREPARED_STATEMENTS=0 and they are sent whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache, wraps
from itertools import count
from typing import Any, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

P = ParamSpec("P")
R = TypeVar("R")
Values = Mapping[str, Any] | Sequence[Any]
Call = tuple["Prepared", Values]
MOST_PLANS = 250  # a server process keeps each of them in memory
_MARK = re.compile(r"%(?:\((?P<name>\w+)\))?(?P<kind>[s%])")

# By connection to the server (another one after a broken line): what it calls the statements it knows.
_known: WeakKeyDictionary[Any, dict[Prepared, str]] = WeakKeyDictionary()
_numbers = count(1)


class Prepared:
    """One statement with `%s` or `%(name)s` for its values; as in any other, `%%` is a percent sign.

    The server infers the type of a value from where it stands first: cast it where that leaves doubt.
    `name` is how the statement is known in the database's log.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text

    @cached_property
    def _numbered(self) -> tuple[str, list[str]]:
        """The statement with $1, $2 … and, where its values have names, those in this order."""
        names: list[str] = []
        unnamed = count(1)

        def number(mark: re.Match[str]) -> str:
            if mark["kind"] == "%":
                return mark[0]  # the text still passes through the driver
            if mark["name"] is None:
                return f"${next(unnamed)}"
            if mark["name"] not in names:
                names.append(mark["name"])
            return f"${names.index(mark['name']) + 1}"

        return _MARK.sub(number, self.text), names

    def run(self, cursor: CursorWrapper, values: Values) -> None:
        """Execute it. Raises django.db.DatabaseError, as the plain statement would."""
        if settings.PREPARED_STATEMENTS:
            self.send(cursor.execute, values)
        else:
            cursor.execute(self.text, values)

    def run_within_bounds(self, cursor: CursorWrapper, values: Values) -> None:
        """The same for one of the many statements of pages: sent whole where a connection knows enough."""
        known = _on_this_connection()
        if settings.PREPARED_STATEMENTS and values and (self in known or len(known) < MOST_PLANS):
            self.send(cursor.execute, values)
        else:
            cursor.execute(self.text, values)

    def send(self, execute: Callable[[str, Sequence[Any]], object], values: Values) -> None:
        """Send it in its short form, or along with its preparation where the connection does not know it."""
        text, names = self._numbered
        given = [values[name] for name in names] if isinstance(values, Mapping) else list(values)
        marks = f"({', '.join(['%s'] * len(given))})" if given else ""
        known = _on_this_connection()
        if self in known:
            execute(f"EXECUTE {known[self]}{marks}", given)
            return
        # A new name each time: what is prepared outlives a transaction that is rolled back.
        label = f"{self.name}_{next(_numbers)}"
        execute(f"PREPARE {label} AS {text}; EXECUTE {label}{marks}", given)
        known[self] = label


def run_together(cursor: CursorWrapper, *calls: Call) -> None:
    """Execute several in one way to the server and back, once it knows them. The last answer can be read."""
    known = _on_this_connection()
    if not settings.PREPARED_STATEMENTS or any(statement not in known for statement, _values in calls):
        for statement, values in calls:
            statement.run(cursor, values)
        return
    parts: list[str] = []
    given: list[Any] = []

    def collect(text: str, own: Sequence[Any]) -> None:
        parts.append(text)
        given.extend(own)

    for statement, values in calls:
        statement.send(collect, values)
    cursor.execute("; ".join(parts), given)


def _on_this_connection() -> dict[Prepared, str]:
    connection.ensure_connection()
    return _known.setdefault(connection.connection, {})


def planned_reads(view: Callable[P, R]) -> Callable[P, R]:
    """For a page whose SELECTs, put together by the ORM, are the same at every call but for their values.

    Such statements join a dozen tables: planning them takes longer than reading the few rows.
    """

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with connection.execute_wrapper(_planned):
            return view(*args, **kwargs)

    return wrapped


def ask(cursor: CursorWrapper, text: str, values: Values) -> None:
    """Execute one of a few statements that are put together from others, within the bounds of pages."""
    _reading(text).run_within_bounds(cursor, values)


def _one_select(sql: str, cursor: Any) -> bool:
    """Not what another wrapper has put a statement of its own before, nor what is read piece by piece."""
    return sql.startswith("SELECT") and ";" not in sql and not getattr(cursor, "name", None)


def _planned(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    if many or not params or not _one_select(sql, context["cursor"]) or not settings.PREPARED_STATEMENTS:
        return execute(sql, params, many, context)
    reading, known = _reading(sql), _on_this_connection()
    if reading not in known and len(known) >= MOST_PLANS:
        return execute(sql, params, many, context)
    return reading.send(lambda text, given: execute(text, given, many, context), params)


@lru_cache(maxsize=4 * MOST_PLANS)
def _reading(text: str) -> Prepared:
    return Prepared("page", text)
