"""Statements that the database plans once per connection, not at every call.

The engine sends the same few statements at every move, and planning the large ones took several
times as long as running them. Server-side plans belong to one connection: behind a pooler that
hands out another one per transaction, set PREPARED_STATEMENTS=0 and they are sent whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

Values = Mapping[str, Any] | Sequence[Any]
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
        if not settings.PREPARED_STATEMENTS:
            cursor.execute(self.text, values)
            return
        text, names = self._numbered
        given = [values[name] for name in names] if isinstance(values, Mapping) else list(values)
        marks = f"({', '.join(['%s'] * len(given))})" if given else ""
        connection.ensure_connection()
        known = _known.setdefault(connection.connection, {})
        if self in known:
            cursor.execute(f"EXECUTE {known[self]}{marks}", given)
            return
        # A new name each time: what is prepared outlives a transaction that is rolled back.
        label = f"{self.name}_{next(_numbers)}"
        cursor.execute(f"PREPARE {label} AS {text}; EXECUTE {label}{marks}", given)
        known[self] = label
