"""Cells that no spreadsheet takes for a formula, and the way back.

A text that begins like a formula is written with an apostrophe before it, which a spreadsheet shows
as text; the importer takes that apostrophe away again. A text that itself begins with apostrophes
and then like a formula gets one more, so that every text comes back as it was. Numbers stay numbers.
"""

from __future__ import annotations

import re
from typing import Any

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


def taken(cell: Any) -> Any:
    """A cell of a file as it is meant."""
    return cell[1:] if isinstance(cell, str) and _QUOTED.match(cell) else cell
