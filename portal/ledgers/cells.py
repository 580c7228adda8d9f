"""Cells that no spreadsheet takes for a formula, and the way back.

A text that begins like a formula is written with an apostrophe before it, which a spreadsheet shows
as text; the importer takes that apostrophe away again. A text that itself begins with apostrophes
and then like a formula gets one more, so that every text comes back as it was. Numbers stay numbers.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

_FORMULA = r"[=+\-@\t\r\n＝＋－＠]"
_RISKY = re.compile(rf"'*{_FORMULA}")
_QUOTED = re.compile(rf"'+{_FORMULA}")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def safe(text: str) -> str:
    """The text as a cell of a CSV file that people open."""
    return "'" + text if _RISKY.match(text) and not _NUMBER.fullmatch(text) else text


def unmistakable(text: str) -> str:
    """The text where nothing can run: in a workbook, which stores it as text, and for programs."""
    return "'" + text if _QUOTED.match(text) else text


class CsvFile:
    """Lines of CSV that end in a line feed. Cells with any kind of line end are quoted, which the
    library does only for the line end that it writes itself."""

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.writer = csv.writer(self, lineterminator="\r\n")

    def write(self, line: str) -> None:
        self.file.write(line[:-2] + "\n")

    def line(self, cells: Sequence[str]) -> None:
        self.writer.writerow(cells)

    def lines(self, lines: Iterable[Sequence[str]]) -> None:
        self.writer.writerows(lines)


def taken(cell: Any) -> Any:
    """A cell of a file as it is meant."""
    return cell[1:] if isinstance(cell, str) and cell.startswith("'") and _QUOTED.match(cell) else cell
