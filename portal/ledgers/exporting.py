"""The exporter: every ledger as the importer reads it, ordered by natural key.

CSV is written for programs: cells stay exactly as they are, so that export → import → export gives
the same bytes. The workbook is what people open: every text is stored as text, and cannot run as a
formula whatever it begins with.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from portal.ledgers.declaration import Ledger, in_order
from portal.worktime.clock import local

SHEET_ROWS = 1_048_576  # of a workbook


def export_path(
    path: Path | str, *, ledgers: Sequence[str] | None = None, xlsx: bool = False
) -> dict[str, int]:
    """Write the ledgers into a folder as CSV, or as one workbook; ledger → rows written."""
    target = Path(path)
    chosen = in_order(ledgers)
    if xlsx:
        target.parent.mkdir(parents=True, exist_ok=True)
        return write_workbook(target, chosen)
    target.mkdir(parents=True, exist_ok=True)
    return {ledger.key: _write_csv(target / f"{ledger.key}.csv", ledger) for ledger in chosen}


def csv_lines(ledger: Ledger) -> Iterator[list[str]]:
    """Header and rows of a ledger as CSV cells."""
    yield [column.key for column in ledger.columns]
    for values in ledger.book().export():
        yield [_shown(column.parser.show, values.get(column.key)) for column in ledger.columns]


def _shown(show: Any, value: Any) -> str:
    return "" if value is None or value == "" else str(show(value))


def _write_csv(path: Path, ledger: Ledger) -> int:
    count = -1  # the header
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for line in csv_lines(ledger):
            writer.writerow(line)
            count += 1
    return count


def write_workbook(target: Any, ledgers: Sequence[Ledger]) -> dict[str, int]:
    """One workbook with a sheet per ledger, named and headed in Chinese. `target`: path or binary file."""
    book = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, {"constant_memory": True})
    head = book.add_format({"bold": True})
    formats = {
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }
    counts = {}
    for ledger in ledgers:
        sheet = book.add_worksheet(ledger.zh[:31])
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(ledger.columns) - 1, 18)
        for position, column in enumerate(ledger.columns):
            sheet.write_string(0, position, column.zh, head)
        number = 0
        for number, values in enumerate(ledger.book().export(), start=1):
            if number >= SHEET_ROWS:
                raise ValueError(f"{ledger.key} has more rows than a workbook holds: export it as CSV")
            for position, column in enumerate(ledger.columns):
                _write_cell(sheet, number, position, values.get(column.key), column.parser.show, formats)
        counts[ledger.key] = number
    book.close()
    return counts


def _write_cell(sheet: Any, row: int, position: int, value: Any, show: Any, formats: dict[str, Any]) -> None:
    if value is None or value == "" or value == []:
        return
    if isinstance(value, datetime):
        sheet.write_datetime(row, position, local(value).replace(tzinfo=None), formats["moment"])
    elif isinstance(value, date):
        sheet.write_datetime(row, position, datetime(value.year, value.month, value.day), formats["date"])  # noqa: DTZ001 - a workbook knows no zones
    elif isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        sheet.write_number(row, position, value)
    else:
        sheet.write_string(row, position, show(value))
