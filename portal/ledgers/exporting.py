"""The exporter: every ledger as the importer reads it, ordered by natural key.

In files that people open no cell runs as a formula (`portal.ledgers.cells`), and the importer takes
back what that adds. The command line writes CSV for programs: cells stay as they are, so that
export → import → export gives the same bytes. Rows come from one snapshot of the database.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from portal.ledgers.cells import CsvFile, safe, unmistakable
from portal.ledgers.declaration import Column, Ledger, in_order
from portal.ledgers.parsers import DateParser, MomentParser
from portal.park.acting import Actor
from portal.worktime.clock import local

SHEET_ROWS = 1_048_576  # of a workbook, with its header
TELL_EVERY = 500  # rows
BOM = "\ufeff"  # without it, a spreadsheet on a Chinese Windows takes UTF-8 for GBK


class TooLarge(Exception):
    """A ledger has more rows than a workbook holds."""


@dataclass(frozen=True)
class Taking:
    """How ledgers are taken out: for whom (None: the command line), with which header row.

    `plain` leaves texts that look like formulas as they are, for programs. `tell` hears now and
    then how many rows are written.
    """

    reader: Actor | None = None
    labels: bool = False
    plain: bool = False
    tell: Callable[[int], None] = lambda _rows: None

    def header(self, ledger: Ledger) -> list[str]:
        return [column.zh if self.labels else column.key for column in ledger.columns]


@contextmanager
def snapshot() -> Iterator[None]:
    """All reads within see one moment; so does what refers from one ledger to another."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def export_path(
    path: Path | str, *, ledgers: Sequence[str] | None = None, xlsx: bool = False
) -> dict[str, int]:
    """Write the ledgers into a folder as CSV, or as one workbook; ledger → rows written."""
    target = Path(path)
    chosen, taking = in_order(ledgers), Taking(plain=True)
    if xlsx:
        target.parent.mkdir(parents=True, exist_ok=True)
        return write_workbook(target, chosen, Taking(labels=True))
    target.mkdir(parents=True, exist_ok=True)
    counts = {}
    with snapshot():
        for ledger in chosen:
            with (target / f"{ledger.key}.csv").open("w", encoding="utf-8", newline="") as file:
                counts[ledger.key] = _write_lines(file, ledger, taking, 0)
    return counts


def write_zip(target: IO[bytes], ledgers: Sequence[Ledger], taking: Taking) -> dict[str, int]:
    """A zip of one CSV file per ledger, as a stream into a file; ledger → rows written."""
    counts: dict[str, int] = {}
    with snapshot(), zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for ledger in ledgers:
            with (
                archive.open(f"{ledger.key}.csv", "w", force_zip64=True) as raw,
                io.TextIOWrapper(raw, encoding="utf-8", newline="") as file,
            ):
                file.write(BOM)
                counts[ledger.key] = _write_lines(file, ledger, taking, sum(counts.values()))
    return counts


def csv_lines(ledger: Ledger, taking: Taking | None = None) -> Iterator[list[str]]:
    """Header and rows of a ledger as CSV cells."""
    taking = taking or Taking()
    yield taking.header(ledger)
    for values in ledger.book().export(taking.reader):
        guard = unmistakable if taking.plain else safe
        yield [_shown(column, values.get(column.key), guard) for column in ledger.columns]


def _shown(column: Column, value: Any, guard: Callable[[str], str]) -> str:
    return "" if value is None or value == "" else guard(column.parser.show(value))


def _write_lines(file: Any, ledger: Ledger, taking: Taking, before: int) -> int:
    out = CsvFile(file)
    count = -1  # the header
    for line in csv_lines(ledger, taking):
        out.line(line)
        count += 1
        if count % TELL_EVERY == 0:
            taking.tell(before + count)
    return count


def write_workbook(target: Any, ledgers: Sequence[Ledger], taking: Taking) -> dict[str, int]:
    """One workbook with a sheet per ledger, named in Chinese. `target`: path or binary file.

    Raises TooLarge.
    """
    import xlsxwriter  # large: only when one is written

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, options)
    counts: dict[str, int] = {}
    with snapshot():
        for ledger in ledgers:
            counts[ledger.key] = _Sheet(book, ledger, taking).write(sum(counts.values()))
    book.close()
    return counts


class _Sheet:
    """One sheet of a workbook that is being written, row by row."""

    def __init__(self, book: Any, ledger: Ledger, taking: Taking) -> None:
        self.ledger, self.taking = ledger, taking
        self.sheet = book.add_worksheet(ledger.zh[:31])
        self.head = book.add_format({"bold": True})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self.sheet.freeze_panes(1, 0)
        self.sheet.set_column(0, len(ledger.columns) - 1, 18)

    def write(self, before: int) -> int:
        for position, title in enumerate(self.taking.header(self.ledger)):
            self.sheet.write_string(0, position, title, self.head)
        number = 0
        for number, values in enumerate(self.ledger.book().export(self.taking.reader), start=1):
            if number >= SHEET_ROWS:
                why = _("“%(label)s” has more rows than a workbook holds. Please take it out as CSV.")
                raise TooLarge(why % {"label": self.ledger.label})
            for position, column in enumerate(self.ledger.columns):
                self._cell(number, position, column, values.get(column.key))
            if number % TELL_EVERY == 0:
                self.taking.tell(before + number)
        return number

    def _cell(self, row: int, position: int, column: Column, value: Any) -> None:
        if value is None or value == "" or value == []:
            return
        if isinstance(column.parser, MomentParser) and isinstance(value, datetime):
            self.sheet.write_datetime(row, position, local(value).replace(tzinfo=None), self.moment)
        elif isinstance(column.parser, DateParser) and isinstance(value, date):
            plain = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a workbook knows no zones
            self.sheet.write_datetime(row, position, plain, self.day)
        elif isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            self.sheet.write_number(row, position, value)
        else:
            self.sheet.write_string(row, position, unmistakable(column.parser.show(value)))
