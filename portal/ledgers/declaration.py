"""How an app declares its ledgers (`<app>/ledgers.py`).

A ledger is one sheet with fixed columns. The declaration says how cells are read and how rows are
found, written and given out; the importer and the exporter do the rest. Chinese names stand here
and not in the translations, as they are part of the file format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import get_language

from portal.accounts.models import Duty
from portal.park.acting import Actor

MOST_REMEMBERED = 20_000  # looked-up references of one column
Values = dict[str, Any]
Key = tuple[Any, ...]


class BadCell(ValueError):
    """A cell that cannot be taken: the message says why, in words, in the reader's language."""


class BadRow(ValueError):
    """A row that cannot be taken. `column` names the cell to look at."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


class Parser(Protocol):
    """Reads one filled cell (text, or what a workbook holds) and writes it back."""

    def parse(self, cell: Any) -> Any:
        """The value. Raises BadCell."""

    def show(self, value: Any) -> str:
        """The value as a cell of a CSV file."""
        ...

    @property
    def example(self) -> str:
        """A cell that it takes."""
        ...

    def form(self) -> str:
        """What a cell has to look like, in words."""
        ...


@dataclass(frozen=True)
class Column:
    """One column. Columns that are not required may be left out of a file; empty means unknown.

    `default` stands for an empty or missing cell of a new row. `keeps` says that an empty cell
    leaves what the portal knows. `note` says what the column means, `example` shows a cell; where
    there is none, the parser's stands.
    """

    key: str
    zh: str
    parser: Parser
    required: bool = True
    default: Any = None
    keeps: bool = False
    note: str | Promise = ""
    example: str = ""

    @property
    def label(self) -> str:
        return self.zh if (get_language() or "zh").startswith("zh") else self.key.replace("_", " ")


@dataclass(slots=True)
class Row:
    """One row of a file, read. `values` holds only the columns that the file has."""

    file: str
    number: int
    values: Values
    cells: Sequence[Any] = ()


@dataclass(frozen=True)
class Change:
    """A row that differs from what the portal holds. `before` and `after` hold what differs."""

    row: Row
    pk: int
    before: Values
    after: Values


@dataclass
class Context:
    """What a ledger may need to know while it writes."""

    now: datetime
    source: str
    memory: dict[str, Any] = field(default_factory=dict)

    def forget(self) -> None:
        """Let go of what was looked up for earlier batches, before it fills the memory."""
        for known in self.memory.values():
            if isinstance(known, dict) and len(known) > MOST_REMEMBERED:
                known.clear()


class Book(Protocol):
    """The rows of one ledger in the database. Everything works on batches, never row by row."""

    def check(self, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, BadRow]]:
        """Rows of a batch that cannot be taken: references to nothing, values that do not fit together."""
        ...

    def find(self, keys: Sequence[Key], context: Context) -> Mapping[Key, tuple[int, Values]]:
        """Natural key → (pk, values of every column) of those rows that are there."""
        ...

    def create(self, rows: Sequence[Row], context: Context) -> None: ...

    def update(self, changes: Sequence[Change], context: Context) -> None: ...

    def export(self, reader: Actor | None = None) -> Iterator[Values]:
        """Every row that this person may take out, ordered by natural key, as a stream; None: all."""
        ...

    def count(self, reader: Actor | None = None) -> int:
        """How many rows these are, at most."""
        ...


@dataclass(frozen=True)
class Ledger:
    """One ledger. `after` names the ledgers that it refers to.

    `readers`: the duties that may take it out by itself, beside administrators (domain dossier,
    section 7). `note` says in a sentence what a row is.
    """

    key: str
    zh: str
    columns: Sequence[Column]
    natural_key: Sequence[str]
    book: Callable[[], Book]
    after: Sequence[str] = ()
    readers: Sequence[Duty] = (Duty.AUDITOR,)
    note: str | Promise = ""

    @property
    def label(self) -> str:
        return self.zh if (get_language() or "zh").startswith("zh") else self.key.replace("_", " ")

    def key_of(self, values: Mapping[str, Any]) -> Key:
        return tuple(map(values.get, self.natural_key))


LEDGERS: dict[str, Ledger] = {}
CASE_PREFIXES: dict[str, str] = {}


def register(ledger: Ledger) -> Ledger:
    """Make a ledger known. Called in an app's `ledgers.py`."""
    if ledger.key in LEDGERS:
        raise ValueError(f"the ledger {ledger.key} is declared twice")
    LEDGERS[ledger.key] = ledger
    return ledger


def register_cases(prefix: str, kind: str) -> None:
    """Say that `<prefix>:<case number>` in a ledger means a case of this kind."""
    CASE_PREFIXES[prefix] = kind


def in_order(keys: Iterable[str] | None = None) -> list[Ledger]:
    """Ledgers so that each comes after those it refers to; all of them, or those named."""
    wanted = set(LEDGERS if keys is None else keys)
    done: list[Ledger] = []
    seen: set[str] = set()

    def visit(key: str) -> None:
        if key in seen or key not in LEDGERS:
            return
        seen.add(key)
        for earlier in LEDGERS[key].after:
            visit(earlier)
        done.append(LEDGERS[key])

    for key in sorted(LEDGERS):
        visit(key)
    return [ledger for ledger in done if ledger.key in wanted]
