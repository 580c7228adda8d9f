"""The rows behind a figure, page by page. A sealed or confidential case is counted, and shown to its
circle only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.cases.access import visible_to
from portal.cases.models import Case
from portal.park.acting import Actor
from portal.reports.access import SEES_ALL, within_reach
from portal.reports.declaration import Indicator, Period

PAGE = 50
CHUNK = 1000  # rows read at a time for a file


def page_of(
    indicator: Indicator, period: Period, actor: Actor | None, after: str, *, size: int = PAGE
) -> tuple[list[Any], str]:
    """One page of rows in keyset order, and the mark of the next (empty at the end)."""
    rows = within_reach(indicator, indicator.rows(period), actor).order_by("pk")
    if after.isdecimal() and len(after) < 18:
        rows = rows.filter(pk__gt=int(after))
    found = list(rows[: size + 1])
    return found[:size], str(found[size - 1].pk) if len(found) > size else ""


def all_cells(indicator: Indicator, period: Period, actor: Actor | None) -> Iterator[list[Any]]:
    """Every row of a figure, read in chunks: a file of any length costs little memory."""
    after = ""
    while True:
        found, after = page_of(indicator, period, actor, after, size=CHUNK)
        for row in shown_rows(indicator, found, actor):
            yield row["cells"]
        if not after:
            return


def outside(indicator: Indicator, period: Period, actor: Actor) -> int:
    """How many rows of a figure belong to cases that this person may not open."""
    if not indicator.case_path:
        return 0
    rows = within_reach(indicator, indicator.rows(period), actor)
    if actor.holds(*SEES_ALL):  # what such a person does not see is withheld, and that is next to nothing
        withheld = Case.objects.filter(Q(sealed=True) | Q(confidential=True))
        rows = rows.filter(**{f"{indicator.case_path}__in": withheld.values("pk")})
    return rows.filter(~Exists(visible_to(actor).filter(pk=OuterRef(indicator.case_path)))).count()


def shown_rows(indicator: Indicator, found: list[Any], actor: Actor | None) -> list[dict[str, Any]]:
    """Rows as cells, with the address of their case as far as the person's sight reaches."""
    if not indicator.case_path:
        return [{"cells": cells_of(indicator, row), "href": ""} for row in found]
    ids = {row.pk: _case_id(row, indicator.case_path) for row in found}
    seen = set(ids.values())
    if actor is not None:
        seen = set(visible_to(actor).filter(pk__in=seen).values_list("pk", flat=True))
    out = []
    for row in found:
        case_id = ids[row.pk]
        if case_id in seen:
            out.append(
                {"cells": cells_of(indicator, row), "href": reverse("cases:case_view", args=[case_id])}
            )
        else:
            hidden = [_("outside your view")] + [""] * (len(indicator.columns) - 1)
            out.append({"cells": hidden, "href": ""})
    return out


def _case_id(row: Any, path: str) -> int:
    value = row
    for part in path.split("__"):
        value = getattr(value, part)
    return int(value)


def cells_of(indicator: Indicator, row: Any) -> list[Any]:
    return [column.show(row) for column in indicator.columns]
