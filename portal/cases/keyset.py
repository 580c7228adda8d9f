"""Lists, newest first, in pages by key: a mark ("moment,id") says where the next page begins.

So a page costs the same wherever it lies, and nothing is shown twice because something came meanwhile.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.dateparse import parse_datetime

Row = TypeVar("Row", bound=Model)


def older(rows: QuerySet[Row], column: str, mark: str) -> QuerySet[Row]:
    """What comes after a mark in the order (-column, -id); a mark that is none is ignored."""
    text, comma, pk = mark.rpartition(",")
    try:
        moment = parse_datetime(text) if comma and pk.isascii() and pk.isdigit() and len(pk) < 19 else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        return rows
    # The first condition alone is a range of the index.
    return rows.filter(**{f"{column}__lte": moment}).filter(
        Q(**{f"{column}__lt": moment}) | Q(pk__lt=int(pk))
    )


def page(rows: QuerySet[Row], column: str, mark: str, size: int) -> tuple[list[Row], str]:
    """One page after a mark (from the start without one), and the mark of the page after it or ""."""
    found = list(older(rows, column, mark).order_by(f"-{column}", "-pk")[: size + 1])
    if len(found) <= size:
        return found, ""
    last = found[size - 1]
    moment: datetime = getattr(last, column)
    return found[:size], f"{moment.isoformat()},{last.pk}"
