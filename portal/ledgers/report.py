"""What an import did, or would do: counts, and what is wrong with each rejected row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.ledgers.cells import safe, taken
from portal.ledgers.parsers import as_text

MOST_PROBLEMS = 10_000  # kept in memory with their rows; the counts go on


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong. `row` 0 means the whole file; rows count from 1, the header."""

    file: str
    row: int
    column: str
    value: str
    reason: str


@dataclass
class Count:
    """What became of the rows of one ledger."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0


@dataclass
class RejectedRow:
    """A rejected row as it stood in the file, for the download of what has to be mended."""

    ledger: str
    header: Sequence[str]
    cells: Sequence[Any]
    reason: str
    problems: Sequence[Problem] = ()


@dataclass
class Report:
    """What an import did, or would do.

    The digest tells two runs apart: it is the same when every row had the same fate, and every
    changed row stood in the portal as before.
    """

    counts: dict[str, Count] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    rejected_rows: list[RejectedRow] = field(default_factory=list)
    bad_files: int = 0
    written: bool = False
    digest: Any = field(default_factory=lambda: hashlib.blake2b(digest_size=16))

    @property
    def rejected(self) -> int:
        return self.bad_files + sum(count.rejected for count in self.counts.values())

    def bad_file(self, problem: Problem) -> None:
        """A file, or its header, that cannot be taken."""
        self.bad_files += 1
        self.problems.append(problem)

    def reject(self, row: RejectedRow) -> None:
        """Keep a rejected row; the counts are the importer's."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems += row.problems
            self.rejected_rows.append(row)

    def mark(self, *fate: Any) -> None:
        """Put the fate of a row into the digest."""
        self.digest.update(repr(fate).encode())

    def begin(self, total_bytes: int) -> None:
        """The files are open; `total_bytes` have to be read."""

    def go_on(self, done_bytes: int) -> None:
        """A batch is done. May raise to end the import, which is then taken back."""


def rejected_rows(report: Report, ledger: str) -> Iterator[list[str]]:
    """The rejected rows of a ledger as lines of a file of the same form, with a reason column.

    The reason column begins with "_", and such columns are skipped when the mended file comes back.
    """
    for index, row in enumerate(r for r in report.rejected_rows if r.ledger == ledger):
        if index == 0:
            yield [*row.header, "_reason"]
        yield mended_line(len(row.header), row.cells, row.reason)


def mended_line(width: int, cells: Sequence[Any], reason: str) -> list[str]:
    """The cells of a rejected row, safe for a spreadsheet, with the reason."""
    shown = ["" if cell is None else safe(as_text(taken(cell))) for cell in cells[:width]]
    return [*shown, *[""] * (width - len(shown)), safe(reason)]
