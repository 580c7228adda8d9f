"""Reading the sheets of a workbook as a stream.

The library reads what is small (names of sheets, formats, shared texts); the rows are read here,
because the library keeps a trace of every row in memory and follows whatever row number a file claims.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from django.utils.translation import gettext as _
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import from_excel
from openpyxl.utils.exceptions import InvalidFileException

from portal.ledgers.archives import BadFile, checked_zip, refuse_old_office
from portal.ledgers.metering import CellError, Meter

MOST_ROWS = 1_048_576
MOST_COLUMNS = 256
MOST_CELL = 131_072  # characters
MOST_TEXTS_BYTES = 48 * 2**20
MOST_TEXTS = 600_000
MOST_PART_BYTES = 16 * 2**20  # of a part that is read at once: styles, names of sheets
CHUNK = 2**16
DAMAGED = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, ParseError, expat.ExpatError,
    KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, EOFError,
    NotImplementedError, OverflowError,
)  # fmt: skip
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,10})")


@dataclass
class Workbook:
    """An open workbook: its sheets by name, and what its cells mean."""

    archive: zipfile.ZipFile
    file: str
    targets: dict[str, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    dates: set[int] = field(default_factory=set)
    epoch: Any = None

    def size(self, title: str) -> int:
        return self.archive.getinfo(self.targets[title]).file_size

    def rows(self, title: str, meter: Meter) -> Iterator[tuple[int, list[Any]]]:
        """Row number and cells of every row that is there. Raises BadFile."""
        reader = _SheetReader(self)
        label = f"{self.file} · {title}"
        try:
            with self.archive.open(self.targets[title]) as raw:
                while chunk := raw.read(CHUNK):
                    meter.done += len(chunk)
                    yield from reader.feed(chunk)
                yield from reader.feed(b"", last=True)
        except BadFile as error:
            raise BadFile(label, error.reason) from error
        except DAMAGED as error:
            raise BadFile(label, _("Not a workbook, or a damaged one.")) from error


def opened_workbook(path: Path) -> Workbook:
    """The workbook of a file; the caller closes its archive. Raises BadFile."""
    refuse_old_office(path)
    try:
        archive = checked_zip(path, folders=None)
    except BadFile as error:
        plain = error.reason == _("Not a zip file, or a damaged one.")
        raise BadFile(path.name, _("Not a workbook, or a damaged one.")) if plain else error from error
    try:
        return _read(path, archive)
    except DAMAGED as error:
        archive.close()
        raise BadFile(path.name, _("Not a workbook, or a damaged one.")) from error
    except BadFile:
        archive.close()
        raise


def _read(path: Path, archive: zipfile.ZipFile) -> Workbook:
    _check_parts(path.name, archive)
    reader = ExcelReader(path, read_only=True, data_only=True, keep_links=False)
    try:
        reader.read_manifest()
        reader.read_strings()
        reader.read_workbook()
        apply_stylesheet(reader.archive, reader.wb)
        targets = {
            str(sheet.name): rel.target
            for sheet, rel in reader.parser.find_sheets()
            if "chartsheet" not in rel.Type and rel.target in reader.valid_files
        }
    finally:
        reader.archive.close()
    dates = set(reader.wb._date_formats)
    return Workbook(archive, path.name, targets, list(reader.shared_strings), dates, reader.wb.epoch)


def _check_parts(file: str, archive: zipfile.ZipFile) -> None:
    """What the library reads at once must be small, and bring no definitions of its own along."""
    for info in archive.infolist():
        if not info.filename.endswith((".xml", ".rels")) or "/worksheets/" in info.filename:
            continue
        texts = info.filename.lower().endswith("sharedstrings.xml")
        if info.file_size > (MOST_TEXTS_BYTES if texts else MOST_PART_BYTES):
            raise BadFile(file, _("The workbook holds too much text for one file. Please send it as CSV."))
        _scan(file, archive, info, count_texts=texts)


def _scan(file: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, count_texts: bool) -> None:
    found, tail = 0, b""
    with archive.open(info) as raw:
        while chunk := raw.read(CHUNK):
            text = tail + chunk
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"\x00" in text:
                raise BadFile(file, _("The workbook holds definitions that no honest workbook has."))
            found += text.count(b"<si>") + text.count(b"<si ")
            tail = text[-9:] if b"<si" not in text[-9:] else b""
            if count_texts and found > MOST_TEXTS:
                raise BadFile(
                    file, _("The workbook holds too much text for one file. Please send it as CSV.")
                )


class _SheetReader:
    """Takes the XML of a sheet in pieces and gives out its rows."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.ready: list[tuple[int, list[Any]]] = []
        self.row_number, self.row = 0, []  # type: int, list[Any]
        self.column, self.kind, self.style = 0, "n", 0
        self.text: list[str] = []
        self.length = 0
        self.taking = self.formula = False
        self.aside = False  # in a note on how a word is pronounced
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, chunk: bytes, *, last: bool = False) -> list[tuple[int, list[Any]]]:
        self.parser.Parse(chunk, last)
        ready, self.ready = self.ready, []
        return ready

    def _doctype(self, *_given: Any) -> None:
        raise BadFile(self.book.file, _("The workbook holds definitions that no honest workbook has."))

    def _start(self, name: str, given: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        if name == "c":
            self._start_cell(given)
        elif name in ("v", "t"):
            self.taking = not self.aside
        elif name == "rPh":
            self.aside = True
        elif name == "f":
            self.formula = True
        elif name == "row":
            self._start_row(given)
        elif name == "mergeCell":
            why = _("Cells are merged (%(cells)s). Please unmerge them: every row needs cells of its own.")
            raise BadFile(self.book.file, why % {"cells": given.get("ref", "?")[:20]})

    def _start_row(self, given: dict[str, str]) -> None:
        number = int(given.get("r", self.row_number + 1))
        if not self.row_number < number <= MOST_ROWS:
            raise BadFile(self.book.file, _("A sheet has at most %(most)s rows.") % {"most": MOST_ROWS})
        self.row_number, self.row, self.column = number, [], 0

    def _start_cell(self, given: dict[str, str]) -> None:
        match = _REFERENCE.fullmatch(given.get("r", ""))
        self.column = column_index_from_string(match[1]) if match else self.column + 1
        self.kind, self.style = given.get("t", "n"), int(given.get("s", 0))
        self.text, self.length, self.taking = [], 0, False
        self.formula = False

    def _characters(self, text: str) -> None:
        if not self.taking:
            return
        self.length += len(text)
        if self.length > MOST_CELL:
            raise BadFile(
                self.book.file, _("A cell is longer than %(most)s characters.") % {"most": MOST_CELL}
            )
        self.text.append(text)

    def _end(self, name: str) -> None:
        name = name.rpartition(" ")[2]
        if name in ("v", "t"):
            self.taking = False
        elif name == "rPh":
            self.aside = False
        elif name == "c":
            self._end_cell()
        elif name == "row" and any(cell is not None for cell in self.row):
            self.ready.append((self.row_number, self.row))

    def _end_cell(self) -> None:
        value = self._value("".join(self.text))
        if value is None:
            return
        if self.column > MOST_COLUMNS:
            raise BadFile(
                self.book.file, _("The sheet has more than %(most)s columns.") % {"most": MOST_COLUMNS}
            )
        self.row += [None] * (self.column - len(self.row))
        self.row[self.column - 1] = value

    def _value(self, text: str) -> Any:
        if not text:
            return CellError("=…") if self.formula and self.kind != "str" else None
        if self.kind == "s":
            return self.book.texts[int(text)]
        if self.kind == "b":
            return text == "1"
        if self.kind == "e":
            return CellError(text)
        return text if self.kind != "n" else self._number(text)

    def _number(self, text: str) -> Any:
        value = float(text) if "." in text or "E" in text or "e" in text else int(text)
        if self.style not in self.book.dates:
            return value
        try:
            return from_excel(value, self.book.epoch)
        except (OverflowError, ValueError):
            return CellError(text)
