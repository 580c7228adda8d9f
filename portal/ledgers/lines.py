"""The lines of one sheet, read by the columns of its ledger: the header, then row by row.

There may be a million rows, and most cells say what others said before (dates, codes, enterprises):
each column remembers what its latest texts mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from portal.ledgers.cells import taken
from portal.ledgers.declaration import BadCell, Column, Ledger, Row
from portal.ledgers.metering import CellError
from portal.ledgers.parsers import as_text
from portal.ledgers.reading import BadFile

MOST_REMEMBERED, LONGEST_REMEMBERED = 4096, 40  # texts of a column, characters of a text
_NEW = object()

Bad = tuple[str, Any, str]  # column, cell, reason


@dataclass(slots=True)
class _Place:
    """A column where it stands in the file."""

    position: int
    column: Column
    known: dict[str, Any] = field(default_factory=dict)

    def remember(self, cell: Any, value: Any) -> None:
        if type(cell) is str and len(cell) <= LONGEST_REMEMBERED:
            if len(self.known) >= MOST_REMEMBERED:
                self.known.clear()
            self.known[cell] = value


class Lines:
    """Reads the lines of a sheet. `header` is its first line as text, once `read_header` has seen it."""

    def __init__(self, ledger: Ledger, file: str) -> None:
        self.ledger = ledger
        self.file = file
        self.header: list[str] = []
        self.places: list[_Place] = []

    def read_header(self, cells: Sequence[Any]) -> Iterator[tuple[str, str]]:
        """Recognise the columns by key or Chinese label; (column, reason) for each that is wrong."""
        self._check_delimiter(cells)
        known = {name: c for c in self.ledger.columns for name in (c.key, c.zh.lower())}
        self.header = [as_text(cell) if cell is not None else "" for cell in cells]
        found: list[Column] = []
        for position, name in enumerate(self.header):
            column = known.get(name.lower())
            if column is None and name and not name.startswith("_"):
                yield name, _("This ledger has no column “%(name)s”.") % {"name": name}
            elif column is not None and column in found:
                yield name, _("This column appears twice.")
            elif column is not None:
                found.append(column)
                self.places.append(_Place(position, column))
        for column in self.ledger.columns:
            if column.required and column not in found:
                yield column.key, _("This column is missing.")

    def _check_delimiter(self, cells: Sequence[Any]) -> None:
        filled = [cell for cell in cells if cell]
        if (
            len(filled) == 1
            and len(self.ledger.columns) > 1
            and any(mark in str(filled[0]) for mark in ";\t|")
        ):
            raise BadFile(self.file, _("The columns of a CSV file must be separated by commas."))

    def read(self, number: int, cells: Sequence[Any]) -> tuple[Row, list[Bad]] | None:
        """The row with its values, and the cells that cannot be taken; None for a blank one."""
        if not any(cell is not None and cell != "" for cell in cells):
            return None
        row, bad, width = Row(self.file, number, {}, cells), [], len(cells)
        if width > len(self.header) and any(cell not in (None, "") for cell in cells[len(self.header) :]):
            bad.append(("", "", _("The row has more cells than the header.")))
        values = row.values
        for place in self.places:
            cell = cells[place.position] if place.position < width else None
            value = place.known.get(cell, _NEW) if type(cell) is str else _NEW
            if value is not _NEW:
                values[place.column.key] = value
            elif wrong := self._read(place, cell, row):
                bad.append(wrong)
        return row, bad

    @staticmethod
    def _read(place: _Place, cell: Any, row: Row) -> Bad | None:
        """Read a cell that says something new, or nothing."""
        column, meant = place.column, taken(cell)
        if meant is None or (isinstance(meant, str) and not meant.strip()):
            if column.required:
                return column.key, "", _("This cell must be filled.")
            if not column.keeps:
                row.values[column.key] = column.default
                place.remember(cell, column.default)
            return None
        try:
            if isinstance(meant, CellError):
                raise BadCell(_("The formula of this cell has no result. Please write the value itself."))
            value = row.values[column.key] = column.parser.parse(meant)
        except BadCell as error:
            return column.key, meant, str(error)
        place.remember(cell, value)
        return None

    def cell(self, row: Row, key: str) -> Any:
        """The cell of a column as it stood in the file; empty where there was none."""
        for place in self.places:
            if place.column.key == key and place.position < len(row.cells):
                found = row.cells[place.position]
                return "" if found is None else found
        return ""
