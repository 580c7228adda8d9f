"""Rows of a figure as CSV and XLSX. No cell can run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
SHEET = 1_000_000  # rows that a sheet holds, below Excel's limit of 1,048,576


def safe(value: Any) -> str:
    """Text that no spreadsheet takes for a formula; numbers stay numbers."""
    text = "" if value is None else str(value)
    if text.startswith(RISKY) and not _is_number(text):
        return "'" + text
    return text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """CSV with a mark that Excel needs to see UTF-8."""
    yield "\ufeff"
    for row in _chain(header, rows):
        out = io.StringIO()
        csv.writer(out).writerow([safe(cell) for cell in row])
        yield out.getvalue()


def _chain(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    yield header
    yield from rows


def xlsx(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A workbook with one sheet; numbers stay numbers, everything else is text. A sheet that is
    full says so in its last row."""
    import xlsxwriter  # large: only when one is written

    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet()
        for y, row in enumerate(_chain(header, rows)):
            if y > SHEET:
                sheet.write_string(y, 0, _("The sheet is full. The CSV file holds all rows."))
                break
            for x, cell in enumerate(row):
                _write(sheet, y, x, cell)
    return out.getvalue()


def _write(sheet: Any, y: int, x: int, cell: Any) -> None:
    if isinstance(cell, (int, float, Decimal)):
        sheet.write_number(y, x, cell)
    else:
        sheet.write_string(y, x, "" if cell is None else str(cell))
