"""Empty forms: each ledger with its header row, and a note on every column.

In a workbook the notes are a sheet of their own and comments on the header cells, and columns with
fixed values offer them; beside CSV files they are the file `_notes.csv`. The importer skips both.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.ledgers.cells import CsvFile, safe
from portal.ledgers.declaration import Column, Ledger
from portal.ledgers.exporting import BOM
from portal.ledgers.parsers import CodeParser

LONGEST_LIST = 255  # characters of a list of values that a spreadsheet takes
FORM_ROWS = 5000  # rows that offer the values


@dataclass(frozen=True)
class Note:
    """What a person who fills in a column needs to know."""

    key: str
    zh: str
    meaning: str
    form: str
    allowed: Sequence[tuple[str, str]]
    required: bool
    is_key: bool
    example: str

    @property
    def allowed_text(self) -> str:
        return "; ".join(f"{key} = {name}" for key, name in self.allowed)

    @property
    def need(self) -> str:
        if self.is_key:
            return _("required; finds the row again")
        return _("required") if self.required else _("optional")


def notes(ledger: Ledger) -> list[Note]:
    """A note on every column of a ledger, in the reader's language."""
    return [_note(column, ledger) for column in ledger.columns]


def _note(column: Column, ledger: Ledger) -> Note:
    parser = column.parser
    return Note(
        key=column.key,
        zh=column.zh,
        meaning=str(column.note),
        form=parser.form(),
        allowed=parser.allowed() if isinstance(parser, CodeParser) else (),
        required=column.required,
        is_key=column.key in ledger.natural_key,
        example=column.example or parser.example,
    )


def _heads() -> list[str]:
    return [
        _("Ledger"),
        _("Column key"),
        _("Chinese label"),
        _("Meaning"),
        _("Format"),
        _("Allowed values"),
        _("Required"),
        _("Example"),
    ]


def _lines(ledgers: Sequence[Ledger]) -> Iterator[list[str]]:
    yield _heads()
    for ledger in ledgers:
        for n in notes(ledger):
            yield [ledger.label, n.key, n.zh, n.meaning, n.form, n.allowed_text, n.need, n.example]


def _header(ledger: Ledger, *, labels: bool) -> list[str]:
    return [column.zh if labels else column.key for column in ledger.columns]


def write_csv(target: IO[bytes], ledgers: Sequence[Ledger], *, labels: bool) -> None:
    """A zip with an empty CSV file for each ledger, and the notes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for ledger in ledgers:
            archive.writestr(f"{ledger.key}.csv", _csv([_header(ledger, labels=labels)]))
        archive.writestr("_notes.csv", _csv(_lines(ledgers)))


def _csv(lines: Any) -> str:
    out = io.StringIO()
    CsvFile(out).lines([safe(cell) for cell in line] for line in lines)
    return BOM + out.getvalue()


def write_workbook(target: IO[bytes], ledgers: Sequence[Ledger], *, labels: bool) -> None:
    """A workbook with an empty sheet for each ledger, and the notes."""
    import xlsxwriter  # large: only when one is written

    book = xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bottom": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    text = book.add_format({"num_format": "@"})
    for ledger in ledgers:
        _blank_sheet(book, ledger, head, text, labels=labels)
    sheet = book.add_worksheet("说明" if (get_language() or "zh").startswith("zh") else "Notes")
    sheet.freeze_panes(1, 0)
    for position, width in enumerate((16, 20, 20, 40, 40, 50, 14, 24)):
        sheet.set_column(position, position, width)
    for row, line in enumerate(_lines(ledgers)):
        for position, cell in enumerate(line):
            sheet.write_string(row, position, cell, wrap if row else head)
    book.close()


def _blank_sheet(book: Any, ledger: Ledger, head: Any, text: Any, *, labels: bool) -> None:
    sheet = book.add_worksheet(ledger.zh[:31])
    sheet.freeze_panes(1, 0)
    titles = _header(ledger, labels=labels)
    for position, (title, note) in enumerate(zip(titles, notes(ledger), strict=True)):
        # Codes and numbers of cases are text: a spreadsheet would round an 18-digit code.
        sheet.set_column(position, position, 20, None if note.example.isdigit() else text)
        sheet.write_string(0, position, title, head)
        told = [note.meaning, note.form, note.allowed_text, note.need, f"{_('Example')}: {note.example}"]
        sheet.write_comment(
            0, position, "\n".join(part for part in told if part)[:1000], {"x_scale": 2.2, "y_scale": 1.6}
        )
        names = [name for _key, name in note.allowed]
        if names and len(",".join(names)) <= LONGEST_LIST:
            sheet.data_validation(
                1, position, FORM_ROWS, position,
                {"validate": "list", "source": names, "error_type": "warning"},
            )  # fmt: skip
