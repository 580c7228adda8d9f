"""Opening a set of ledger files: a folder or zip of CSV files, one CSV file, or one workbook.

Rows come as a stream; nothing here holds a whole file in memory.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from portal.ledgers.declaration import LEDGERS, Ledger

MOST_UNPACKED_BYTES = 2 * 2**30
Cells = Sequence[Any]


class BadFile(Exception):
    """A file that cannot be read at all; the message says why and what to do."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(reason)
        self.file = file
        self.reason = reason


@dataclass(frozen=True)
class Sheet:
    """One ledger in a file. `lines` yields (row number, cells), the header first. Raises BadFile."""

    file: str
    name: str
    lines: Callable[[], Iterator[tuple[int, Cells]]]

    @property
    def ledger(self) -> Ledger | None:
        """By key or Chinese name; None when there is no such ledger."""
        wanted = self.name.strip().lower()
        return next((m for m in LEDGERS.values() if wanted in (m.key, m.zh.lower())), None)


@contextmanager
def opened(path: Path) -> Iterator[list[Sheet]]:
    """The sheets of a path, readable while the context is open. Raises BadFile."""
    if path.is_dir():
        files = sorted(p for p in path.iterdir() if p.suffix.lower() == ".csv" and not p.name.startswith("."))
        if not files:
            raise BadFile(str(path), _("The folder contains no CSV file."))
        yield [_csv_sheet(file.name, file.stem, _opener(file)) for file in files]
    elif not path.exists():
        raise BadFile(str(path), _("There is no such file or folder."))
    elif path.suffix.lower() == ".zip":
        with _zip(path) as archive:
            yield _zip_sheets(archive, path.name)
    elif path.suffix.lower() in (".xlsx", ".xlsm"):
        yield from _workbook(path)
    elif path.suffix.lower() == ".csv":
        yield [_csv_sheet(path.name, path.stem, _opener(path))]
    else:
        raise BadFile(path.name, _("Only .csv, .zip and .xlsx files can be read."))


def _opener(path: Path) -> Callable[[], IO[bytes]]:
    return lambda: path.open("rb")


def _csv_sheet(file: str, name: str, opener: Callable[[], IO[bytes]]) -> Sheet:
    def lines() -> Iterator[tuple[int, Cells]]:
        with opener() as raw, io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
            reader = csv.reader(text)
            number = 0
            try:
                for number, cells in enumerate(reader, start=1):
                    yield number, cells
            except UnicodeDecodeError as error:
                raise BadFile(file, _("Not UTF-8 text. Save it again as “CSV UTF-8”.")) from error
            except csv.Error as error:
                raise BadFile(file, _("Cannot be read after row %(row)s.") % {"row": number}) from error

    return Sheet(file, name, lines)


def _zip(path: Path) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise BadFile(path.name, _("Not a zip file, or a damaged one.")) from error
    if sum(info.file_size for info in archive.infolist()) > MOST_UNPACKED_BYTES:
        archive.close()
        raise BadFile(path.name, _("The files are too large when unpacked."))
    return archive


def _zip_sheets(archive: zipfile.ZipFile, name: str) -> list[Sheet]:
    sheets = []
    for info in archive.infolist():
        inside = PurePosixPath(info.filename)
        hidden = any(part.startswith((".", "__MACOSX")) for part in inside.parts)
        if info.is_dir() or hidden or inside.suffix.lower() != ".csv":
            continue
        sheets.append(_csv_sheet(inside.name, inside.stem, _member(archive, info)))
    if not sheets:
        raise BadFile(name, _("The zip file contains no CSV file."))
    return sheets


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    return lambda: archive.open(info)


def _workbook(path: Path) -> Iterator[list[Sheet]]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError) as error:
        raise BadFile(path.name, _("Not a workbook, or a damaged one.")) from error
    try:
        yield [_book_sheet(book, path.name, title) for title in book.sheetnames]
    finally:
        book.close()


def _book_sheet(book: Any, file: str, title: str) -> Sheet:
    def lines() -> Iterator[tuple[int, Cells]]:
        sheet = book[title]
        # Some programs store wrong dimensions; without this, openpyxl would stop early.
        sheet.reset_dimensions()
        yield from enumerate(sheet.iter_rows(values_only=True), start=1)

    return Sheet(f"{file} · {title}", title, lines)
