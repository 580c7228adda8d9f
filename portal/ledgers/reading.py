"""Opening a set of ledger files: a folder or zip of CSV files, one CSV file, or one workbook.

Rows come as a stream; nothing here holds a whole file in memory. A file that is not what it claims
to be is refused with the way to mend it.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.utils.translation import gettext as _

from portal.ledgers.archives import BadFile, checked_zip, is_hidden, name_of, refuse_old_office
from portal.ledgers.declaration import LEDGERS, Ledger
from portal.ledgers.metering import Meter

MOST_LINE = 2**20  # characters
NOTE_SHEETS = ("说明", "notes")
NOTE_FILES = (".txt", ".md", ".pdf", ".html")
_COPY = re.compile(r"\s*\(\d+\)$")  # what browsers add to a second download
Cells = Sequence[Any]


@dataclass(frozen=True)
class Sheet:
    """One ledger in a file. `lines` yields (row number, cells), the header first. Raises BadFile.

    `meter` says how much of it has been read, in bytes.
    """

    file: str
    name: str
    lines: Callable[[], Iterator[tuple[int, Cells]]]
    meter: Meter = field(default_factory=Meter)

    @property
    def ledger(self) -> Ledger | None:
        """By key or Chinese name; None when there is no such ledger."""
        wanted = _COPY.sub("", self.name.strip().lower())
        return next((m for m in LEDGERS.values() if wanted in (m.key, m.zh.lower())), None)


@contextmanager
def opened(path: Path) -> Iterator[list[Sheet]]:
    """The sheets of a path, readable while the context is open. Raises BadFile."""
    suffix = path.suffix.lower()
    if path.is_dir():
        files = sorted(
            p for p in path.iterdir() if p.suffix.lower() == ".csv" and not p.name.startswith((".", "_"))
        )
        if not files:
            raise BadFile(str(path), _("The folder contains no CSV file."))
        yield [_file_sheet(file) for file in files]
    elif not path.exists():
        raise BadFile(str(path), _("There is no such file or folder."))
    elif suffix == ".zip":
        with checked_zip(path) as archive:
            yield _zip_sheets(archive, path.name)
    elif suffix in (".xlsx", ".xlsm"):
        yield from _workbook(path)
    elif suffix == ".csv":
        yield [_file_sheet(path)]
    else:
        refuse_old_office(path)
        raise BadFile(path.name, _("Only .csv, .zip and .xlsx files can be read."))


def unpacked_bytes(path: Path) -> int:
    """How large a file is when unpacked; its own size where it cannot be read."""
    if path.suffix.lower() not in (".zip", ".xlsx", ".xlsm"):
        return path.stat().st_size
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return path.stat().st_size


def _file_sheet(path: Path) -> Sheet:
    return _csv_sheet(path.name, path.stem, lambda: path.open("rb"), path.stat().st_size)


def _csv_sheet(file: str, name: str, opener: Callable[[], IO[bytes]], size: int) -> Sheet:
    meter = Meter(size)

    def lines() -> Iterator[tuple[int, Cells]]:
        number = 0
        try:
            with opener() as raw:
                _check_beginning(file, raw)
                with io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
                    for number, cells in enumerate(csv.reader(_bounded(file, text, meter)), start=1):
                        yield number, cells
        except UnicodeDecodeError as error:
            raise BadFile(file, _encoding(error)) from error
        except csv.Error as error:
            why = _("Cannot be read after row %(row)s: probably a quotation mark is missing there.")
            raise BadFile(file, why % {"row": number}) from error
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise BadFile(file, _("Not a zip file, or a damaged one.")) from error

    return Sheet(file, name, lines, meter)


def _bounded(file: str, text: io.TextIOWrapper, meter: Meter) -> Iterator[str]:
    """Lines of a bearable length: a file without line ends would fill the memory."""
    while line := text.readline(MOST_LINE):
        if len(line) == MOST_LINE and not line.endswith(("\n", "\r")):
            raise BadFile(file, _("A line is longer than %(most)s characters.") % {"most": MOST_LINE})
        meter.done += len(line) if line.isascii() else len(line.encode(errors="ignore"))
        yield line


def _check_beginning(file: str, raw: IO[bytes]) -> None:
    """What is no text at all, by its first bytes; the reader stands at the start afterwards."""
    first = raw.read(8)
    raw.seek(0)
    if first.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise BadFile(file, _("This is no CSV file but a workbook or archive whose name was changed."))
    if first.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in first:
        raise BadFile(file, _("This file is in UTF-16 (“Unicode text”).") + " " + _how_to_save())


def _encoding(error: UnicodeDecodeError) -> str:
    """Name the encoding of a Chinese Windows, if it is that."""
    decoder = codecs.getincrementaldecoder("gb18030")()
    try:
        decoder.decode(error.object[error.start : error.start + 200])
    except UnicodeDecodeError:
        return _("Not UTF-8 text.") + " " + _how_to_save()
    return _("This file is in GB18030 (GBK), not UTF-8.") + " " + _how_to_save()


def _how_to_save() -> str:
    return _(
        "Save it again: in Excel or WPS, File → Save As → “CSV UTF-8 (comma delimited)”; "
        "or send the workbook (.xlsx) itself."
    )


def _zip_sheets(archive: zipfile.ZipFile, name: str) -> list[Sheet]:
    sheets = []
    for info in archive.infolist():
        inside = PurePosixPath(name_of(info))
        if info.is_dir() or is_hidden(inside) or inside.suffix.lower() in NOTE_FILES:
            continue
        if inside.suffix.lower() != ".csv":
            why = _("The archive holds “%(name)s”: pack only CSV files, and send workbooks by themselves.")
            raise BadFile(name, why % {"name": str(inside)[:100]})
        sheets.append(_csv_sheet(inside.name, inside.stem, _member(archive, info), info.file_size))
    if not sheets:
        raise BadFile(name, _("The zip file contains no CSV file."))
    return sheets


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    return lambda: archive.open(info)


def _workbook(path: Path) -> Iterator[list[Sheet]]:
    from portal.ledgers.workbooks import opened_workbook  # its libraries are large: only when one is read

    book = opened_workbook(path)
    try:
        sheets = []
        for title in book.targets:
            if title.startswith("_") or title.strip().lower() in NOTE_SHEETS:
                continue
            meter = Meter(book.size(title))

            def lines(title: str = title, meter: Meter = meter) -> Iterator[tuple[int, Cells]]:
                return book.rows(title, meter)

            sheets.append(Sheet(f"{path.name} · {title}", title, lines, meter))
        if not sheets:
            raise BadFile(path.name, _("The workbook has no sheet with rows."))
        yield sheets
    finally:
        book.archive.close()


__all__ = ["BadFile", "Cells", "Sheet", "opened", "unpacked_bytes"]
