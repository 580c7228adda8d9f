"""The importer: checks, matches by natural key, writes in batches; all or nothing.

A dry run does everything and takes it back, so that its counts are exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from portal.ledgers.declaration import (
    BadCell,
    BadRow,
    Book,
    Change,
    Column,
    Context,
    Key,
    Ledger,
    Row,
    Values,
    in_order,
)
from portal.ledgers.parsers import as_text
from portal.ledgers.reading import BadFile, Sheet, opened
from portal.worktime.now import now as present

BATCH = 2000
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


@dataclass
class Report:
    """What an import did, or would do."""

    counts: dict[str, Count] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    rejected_rows: list[RejectedRow] = field(default_factory=list)
    bad_files: int = 0
    written: bool = False

    @property
    def rejected(self) -> int:
        return self.bad_files + sum(count.rejected for count in self.counts.values())


class _TakeBack(Exception):
    """Ends the transaction of a dry run or of a rejected file set."""


def import_path(path: Path | str, *, dry_run: bool = False, good_rows: bool = False) -> Report:
    """Import a folder, zip, CSV file or workbook.

    With any rejected row nothing is written, unless `good_rows`; a file that cannot be read at all
    (or has wrong columns) is never imported in part.
    """
    report = Report()
    try:
        with opened(Path(path)) as sheets, transaction.atomic():
            _import_sheets(sheets, report)
            if dry_run or report.bad_files or (report.rejected and not good_rows):
                raise _TakeBack
            report.written = True
    except BadFile as error:
        _bad_file(report, error.file, error.reason)
    except _TakeBack:
        pass
    return report


def _import_sheets(sheets: Sequence[Sheet], report: Report) -> None:
    by_ledger: dict[str, list[Sheet]] = {}
    for sheet in sheets:
        ledger = sheet.ledger
        if ledger is None:
            _bad_file(report, sheet.file, _("There is no ledger called “%(name)s”.") % {"name": sheet.name})
        else:
            by_ledger.setdefault(ledger.key, []).append(sheet)
    for ledger in in_order(by_ledger):
        seen: set[int] = set()
        for sheet in by_ledger[ledger.key]:
            try:
                _SheetImport(ledger, sheet, report, seen).run()
            except BadFile as error:
                _bad_file(report, error.file, error.reason)


def _bad_file(report: Report, file: str, reason: str, *, row: int = 0, column: str = "") -> None:
    report.bad_files += 1
    report.problems.append(Problem(file, row, column, "", reason))


class _SheetImport:
    """The import of one sheet."""

    def __init__(self, ledger: Ledger, sheet: Sheet, report: Report, seen: set[int]) -> None:
        self.ledger = ledger
        self.sheet = sheet
        self.report = report
        self.count = report.counts.setdefault(ledger.key, Count())
        self.seen = seen
        self.book: Book = ledger.book()
        self.context = Context(now=present(), source=sheet.file)
        self.header: list[str] = []
        self.columns: list[Column | None] = []

    def run(self) -> None:
        lines = self.sheet.lines()
        first = next(lines, None)
        if first is None:
            raise BadFile(self.sheet.file, _("The file is empty: even the header row is missing."))
        if not self._read_header(first[1]):
            return
        batch: list[Row] = []
        for number, cells in lines:
            row = self._read_row(number, cells)
            if row is not None:
                batch.append(row)
            if len(batch) >= BATCH:
                self._take(batch)
                batch = []
        self._take(batch)

    # Reading -------------------------------------------------------------------------------------

    def _read_header(self, cells: Sequence[Any]) -> bool:
        """Recognise the columns by key or Chinese label; False when they are wrong."""
        known = {name: c for c in self.ledger.columns for name in (c.key, c.zh.lower())}
        file, good = self.sheet.file, True
        self.header = [as_text(cell) if cell is not None else "" for cell in cells]
        for name in self.header:
            column = known.get(name.lower())
            if column is None and name and not name.startswith("_"):
                _bad_file(
                    self.report,
                    file,
                    _("This ledger has no column “%(name)s”.") % {"name": name},
                    row=1,
                    column=name,
                )
                good = False
            elif column is not None and column in self.columns:
                _bad_file(self.report, file, _("This column appears twice."), row=1, column=name)
                good = False
            self.columns.append(column)
        for column in self.ledger.columns:
            if column.required and column not in self.columns:
                _bad_file(self.report, file, _("This column is missing."), row=1, column=column.key)
                good = False
        return good

    def _read_row(self, number: int, cells: Sequence[Any]) -> Row | None:
        """The row with its values; None for a blank or a rejected one."""
        if not any(cell is not None and cell != "" for cell in cells):
            return None
        self.count.read += 1
        row = Row(self.sheet.file, number, {}, cells)
        bad: list[tuple[str, Any, str]] = []
        if any(cell not in (None, "") for cell in cells[len(self.columns) :]):
            bad.append(("", "", _("The row has more cells than the header.")))
        for position, column in enumerate(self.columns):
            if column is None:
                continue
            cell = cells[position] if position < len(cells) else None
            if cell is None or (isinstance(cell, str) and not cell.strip()):
                if column.required:
                    bad.append((column.key, "", _("This cell must be filled.")))
                elif not column.keeps:
                    row.values[column.key] = column.default
                continue
            try:
                row.values[column.key] = column.parser.parse(cell)
            except BadCell as error:
                bad.append((column.key, cell, str(error)))
        if bad:
            self._reject(row, bad)
            return None
        return self._first_of_its_key(row)

    def _first_of_its_key(self, row: Row) -> Row | None:
        key = self.ledger.key_of(row.values)
        mark = hash(key)
        if mark in self.seen:
            shown = " / ".join(str(part) for part in key)
            self._reject(row, [(self.ledger.natural_key[0], shown, _("The file has this row twice."))])
            return None
        self.seen.add(mark)
        return row

    def _reject(self, row: Row, bad: Sequence[tuple[str, Any, str]]) -> None:
        self.count.rejected += 1
        if len(self.report.problems) >= MOST_PROBLEMS:
            return
        for column, value, reason in bad:
            self.report.problems.append(Problem(row.file, row.number, column, as_text(value)[:200], reason))
        reasons = " ".join(f"{column}: {reason}" if column else reason for column, _value, reason in bad)
        self.report.rejected_rows.append(RejectedRow(self.ledger.key, self.header, list(row.cells), reasons))

    # Writing -------------------------------------------------------------------------------------

    def _take(self, batch: list[Row]) -> None:
        """Check, match and write one batch."""
        if not batch:
            return
        wrong: dict[int, list[BadRow]] = {}
        for row, problem in self.book.check(batch, self.context):
            wrong.setdefault(row.number, []).append(problem)
        good = []
        for row in batch:
            if row.number in wrong:
                self._reject_for(row, wrong[row.number])
            else:
                good.append(row)
        self._write(good)

    def _reject_for(self, row: Row, problems: Sequence[BadRow]) -> None:
        self._reject(row, [(p.column, self._cell(row, p.column), p.reason) for p in problems])

    def _cell(self, row: Row, key: str) -> Any:
        for position, column in enumerate(self.columns):
            if column is not None and column.key == key and position < len(row.cells):
                cell = row.cells[position]
                return "" if cell is None else cell
        return ""

    def _write(self, rows: list[Row]) -> None:
        """Write rows; where the database refuses, halve until the bad row stands alone."""
        if not rows:
            return
        try:
            with transaction.atomic():
                created, changes = self._match(rows)
                if created:
                    self.book.create(created, self.context)
                if changes:
                    self.book.update(changes, self.context)
        except BadRow as error:
            self._halve(rows, error)
        except DatabaseError as error:
            reason = _("The database refuses it: %(why)s") % {"why": str(error).strip().splitlines()[0]}
            self._halve(rows, BadRow("", reason))
        else:
            self.count.created += len(created)
            self.count.updated += len(changes)
            self.count.unchanged += len(rows) - len(created) - len(changes)

    def _halve(self, rows: list[Row], error: BadRow) -> None:
        if len(rows) == 1:
            self._reject_for(rows[0], [error])
            return
        middle = len(rows) // 2
        self._write(rows[:middle])
        self._write(rows[middle:])

    def _match(self, rows: Sequence[Row]) -> tuple[list[Row], list[Change]]:
        found = self.book.find([self.ledger.key_of(row.values) for row in rows], self.context)
        created, changes = [], []
        for row in rows:
            known = found.get(self.ledger.key_of(row.values))
            if known is None:
                created.append(self._complete(row))
                continue
            pk, values = known
            after = {k: v for k, v in row.values.items() if values.get(k) != v}
            if after:
                changes.append(Change(row, pk, {k: values.get(k) for k in after}, after))
        return created, changes

    def _complete(self, row: Row) -> Row:
        """A new row has a value for every column of the ledger."""
        full: Values = {c.key: row.values.get(c.key, c.default) for c in self.ledger.columns}
        return Row(row.file, row.number, full, row.cells)


def rejected_rows(report: Report, ledger: str) -> Iterator[list[str]]:
    """The rejected rows of a ledger as lines of a file of the same form, with a reason column.

    The reason column begins with "_", and such columns are skipped when the mended file comes back.
    """
    for index, row in enumerate(r for r in report.rejected_rows if r.ledger == ledger):
        if index == 0:
            yield [*row.header, "_reason"]
        cells = ["" if cell is None else as_text(cell) for cell in row.cells[: len(row.header)]]
        yield [*cells, *[""] * (len(row.header) - len(cells)), row.reason]


__all__ = ["Count", "Key", "Problem", "Report", "import_path", "rejected_rows"]
