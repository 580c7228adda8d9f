"""What a domain adds to the board of those who lead a team: a count that opens to its cases."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise


@dataclass(frozen=True)
class Column:
    """One count on the board. `cases` says which open cases it means, in one condition for all of them."""

    name: str
    label: str | Promise
    cases: Q


COLUMNS: dict[str, Column] = {}


def register(column: Column) -> Column:
    """Make a column known. Called in a domain's `reports.py`."""
    COLUMNS[column.name] = column
    return column
