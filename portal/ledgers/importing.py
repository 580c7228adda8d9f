"""The importer: checks, matches by natural key, writes in batches; all or nothing.

A dry run does everything and takes it back, so that its counts are exact.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from portal.ledgers.declaration import (
    LEDGERS,
    BadRow,
    Book,
    Change,
    Context,
    Ledger,
    Row,
    Values,
    in_order,
)
from portal.ledgers.lines import Lines
from portal.ledgers.parsers import as_text
from portal.ledgers.reading import BadFile, Sheet, opened
from portal.ledgers.report import Count, Problem, RejectedRow, Report, rejected_rows
from portal.worktime.now import now as present

BATCH = 2000


class _TakeBack(Exception):
    """Ends the transaction of a dry run or of a rejected file set."""


def import_path(path: Path | str, *, dry_run: bool = False, good_rows: bool = False) -> Report:
    """Import a folder, zip, CSV file or workbook.

    With any rejected row nothing is written, unless `good_rows`; a file that cannot be read at all
    (or has wrong columns) is never imported in part.
    """
    report = Report()

    def decide() -> bool:
        return not dry_run and not report.bad_files and (good_rows or not report.rejected)

    run(Path(path), report, decide)
    return report


def run(path: Path, report: Report, decide: Callable[[], bool]) -> None:
    """Do all that the files say in one transaction; it stays when `decide` says so at the end."""
    try:
        with opened(path) as sheets, transaction.atomic():
            _import_sheets(sheets, report)
            if not decide():
                raise _TakeBack
            report.written = True
    except BadFile as error:
        _bad_file(report, error.file, error.reason)
    except _TakeBack:
        pass


def _import_sheets(sheets: Sequence[Sheet], report: Report) -> None:
    report.begin(sum(sheet.meter.size for sheet in sheets))
    by_ledger: dict[str, list[Sheet]] = {}
    for sheet in sheets:
        ledger = sheet.ledger
        if ledger is None:
            _unknown(sheet, report)
        else:
            by_ledger.setdefault(ledger.key, []).append(sheet)
    for ledger in in_order(by_ledger):
        with _Seen() as seen:
            for sheet in by_ledger[ledger.key]:
                try:
                    _SheetImport(ledger, sheet, report, seen, lambda: _done(sheets)).run()
                except BadFile as error:
                    _bad_file(report, error.file, error.reason)


def _done(sheets: Sequence[Sheet]) -> int:
    return sum(sheet.meter.done for sheet in sheets)


def _unknown(sheet: Sheet, report: Report) -> None:
    """A sheet that no ledger is named like; what its columns look like is said. An empty one is left."""
    try:
        first = next(sheet.lines(), None)
    except BadFile as error:
        return _bad_file(report, error.file, error.reason)
    if first is None:
        return None
    header = {as_text(cell).lower() for cell in first[1] if cell is not None}
    likely = [
        m for m in LEDGERS.values() if all({c.key, c.zh.lower()} & header for c in m.columns if c.required)
    ]
    reason = _("There is no ledger called “%(name)s”.") % {"name": sheet.name}
    if likely:
        hint = _("Its columns look like “%(label)s”: call the sheet “%(zh)s”, or the file “%(key)s.csv”.")
        reason += " " + hint % {"label": likely[0].label, "zh": likely[0].zh, "key": likely[0].key}
    else:
        known = ", ".join(f"{m.zh} ({m.key})" for m in LEDGERS.values())
        reason += " " + _("There are: %(known)s.") % {"known": known}
    return _bad_file(report, sheet.file, reason)


def _bad_file(report: Report, file: str, reason: str, *, row: int = 0, column: str = "") -> None:
    report.bad_file(Problem(file, row, column, "", reason))


class _Seen:
    """The keys that the files of a ledger have had so far, kept by the database, not in memory."""

    def __enter__(self) -> _Seen:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE ledgers_seen (mark uuid PRIMARY KEY) ON COMMIT DROP")
        return self

    def __exit__(self, kind: Any, *_rest: Any) -> None:
        if kind is None:
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE ledgers_seen")

    @staticmethod
    def mark(key: Sequence[Any]) -> str:
        return hashlib.blake2b(repr(key).encode(), digest_size=16).hexdigest()

    @staticmethod
    def fresh(marks: Sequence[str]) -> set[str]:
        """Those that were not there before; all are from now on."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO ledgers_seen SELECT string_to_table(%s, ' ')::uuid "
                "ON CONFLICT DO NOTHING RETURNING encode(uuid_send(mark), 'hex')",
                [" ".join(marks)],
            )
            return {row[0] for row in cursor.fetchall()}


class _SheetImport:
    """The import of one sheet."""

    def __init__(
        self, ledger: Ledger, sheet: Sheet, report: Report, seen: _Seen, done: Callable[[], int]
    ) -> None:
        self.done = done
        self.ledger = ledger
        self.sheet = sheet
        self.report = report
        self.count = report.counts.setdefault(ledger.key, Count())
        self.seen = seen
        self.book: Book = ledger.book()
        self.context = Context(now=present(), source=sheet.file)
        self.lines = Lines(ledger, sheet.file)
        self.defaults: Values = {column.key: column.default for column in ledger.columns}

    def run(self) -> None:
        lines = self.sheet.lines()
        first = next(lines, None)
        if first is None:
            raise BadFile(self.sheet.file, _("The file is empty: even the header row is missing."))
        wrong = list(self.lines.read_header(first[1]))
        for column, reason in wrong:
            _bad_file(self.report, self.sheet.file, reason, row=1, column=column)
        if wrong:
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

    def _read_row(self, number: int, cells: Sequence[Any]) -> Row | None:
        """The row with its values; None for a blank or a rejected one."""
        read = self.lines.read(number, cells)
        if read is None:
            return None
        self.count.read += 1
        row, bad = read
        if bad:
            self._reject(row, bad)
            return None
        return row

    def _first_of_their_keys(self, batch: Sequence[Row]) -> list[Row]:
        """The rows without those whose key stood in the files before."""
        marks = [self.seen.mark(self.ledger.key_of(row.values)) for row in batch]
        fresh = self.seen.fresh(marks)
        good = []
        for row, mark in zip(batch, marks, strict=True):
            if mark in fresh:
                fresh.remove(mark)
                good.append(row)
            else:
                shown = " / ".join(str(part) for part in self.ledger.key_of(row.values))
                self._reject(row, [(self.ledger.natural_key[0], shown, _("The file has this row twice."))])
        return good

    def _reject(self, row: Row, bad: Sequence[tuple[str, Any, str]]) -> None:
        self.count.rejected += 1
        self.report.mark("rejected", row.number)
        problems = [
            Problem(row.file, row.number, column, as_text(value)[:200], reason)
            for column, value, reason in bad
        ]
        reasons = " ".join(f"{column}: {reason}" if column else reason for column, _value, reason in bad)
        self.report.reject(
            RejectedRow(self.ledger.key, self.lines.header, list(row.cells), reasons, problems)
        )

    # Writing -------------------------------------------------------------------------------------

    def _take(self, batch: list[Row]) -> None:
        """Check, match and write one batch."""
        batch = self._first_of_their_keys(batch) if batch else []
        if not batch:
            self.report.go_on(self.done())
            return
        self.context.forget()
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
        self.report.go_on(self.done())

    def _reject_for(self, row: Row, problems: Sequence[BadRow]) -> None:
        self._reject(row, [(p.column, self.lines.cell(row, p.column), p.reason) for p in problems])

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
            for change in changes:
                self.report.mark(change.row.number, sorted(change.before.items()))
            self.report.mark(rows[0].number, len(rows), [row.number for row in created])
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
        return Row(row.file, row.number, {**self.defaults, **row.values}, row.cells)


__all__ = ["Count", "Problem", "Report", "import_path", "rejected_rows", "run"]
