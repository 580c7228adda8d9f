"""Giving rejected rows back: files of the same form, with the reason in a last column.

The mended file can be uploaded as it is: the importer leaves out columns that begin with "_".
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from itertools import groupby
from typing import IO

from portal.ledgers.cells import CsvFile
from portal.ledgers.exporting import BOM
from portal.ledgers.models import ImportRun, RejectedLine
from portal.ledgers.report import mended_line

REASON = "_reason"


def write_rejected(target: IO[bytes], run: ImportRun) -> None:
    """A zip with a CSV file for each ledger (a further one where files had other columns)."""
    lines = run.rejected_lines.order_by("ledger", "header", "position").iterator(1000)
    names: dict[str, int] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for (ledger, header), group in groupby(lines, key=lambda line: (line.ledger, line.header)):
            names[ledger] = names.get(ledger, 0) + 1
            name = f"{ledger}.csv" if names[ledger] == 1 else f"{ledger} ({names[ledger]}).csv"
            with (
                archive.open(name, "w", force_zip64=True) as raw,
                io.TextIOWrapper(raw, encoding="utf-8", newline="") as file,
            ):
                file.write(BOM)
                _write(file, header, group)


def _write(file: io.TextIOWrapper, header: list[str], lines: Iterator[RejectedLine]) -> None:
    known = [name for name in header if name != REASON]
    at = [n for n, name in enumerate(header) if name != REASON]
    out = CsvFile(file)
    out.line([*known, REASON])
    for line in lines:
        cells = [line.cells[n] if n < len(line.cells) else "" for n in at]
        reason = " ".join(f"{column}: {why}" if column else why for column, _value, why in line.problems)
        out.line(mended_line(len(known), cells, reason))
