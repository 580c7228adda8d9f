"""The leads behind a number: those that the person may know of by name, the others counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from investment.access import LEAD
from portal.cases.access import visible_to
from portal.cases.models import Case
from portal.park.acting import Actor

PAGE = 50


@dataclass(frozen=True)
class Behind:
    """One page of leads, the mark of the next, and how many the person may not know of."""

    cases: Sequence[Case]
    later: str
    hidden: int


def leads_behind(ids: Sequence[int], actor: Actor, after: str) -> Behind:
    """Leads by number, in pages: two statements, however many there are."""
    seen = visible_to(actor).filter(kind=LEAD, pk__in=ids)
    mark = int(after) if after.isdecimal() and len(after) < 18 else 0
    rows = seen.filter(pk__gt=mark).select_related("lead", "team").order_by("pk")
    found = list(rows[: PAGE + 1])
    later = str(found[PAGE - 1].pk) if len(found) > PAGE else ""
    return Behind(found[:PAGE], later, len(ids) - seen.count())
