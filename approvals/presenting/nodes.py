"""The node plan on the page of a project."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.presenting.reading import Whole
from portal.worktime.clock import local


@dataclass(frozen=True)
class Milestone:
    """A node of construction: when it was planned for, and what has become of it."""

    what: str
    planned_on: date
    reached_on: date | None
    light: str
    says: str


def nodes(whole: Whole) -> list[Milestone]:
    """The node plan, as it was read along with the case."""
    today = local(whole.now).date()
    rows = getattr(whole.case, "nodes", None) or ()
    return [_milestone(row["what"], _day(row["plan"]) or today, _day(row["stood"]), today) for row in rows]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _milestone(what: str, planned_on: date, reached_on: date | None, today: date) -> Milestone:
    late = ((reached_on or today) - planned_on).days
    if late > 0:
        says = ngettext("%(n)s day late", "%(n)s days late", late) % {"n": late}
    elif reached_on is None:
        says = _("ahead")
    elif late:
        says = ngettext("%(n)s day early", "%(n)s days early", -late) % {"n": -late}
    else:
        says = _("on the day")
    light = "done" if reached_on else "late" if late > 0 else "ahead"
    return Milestone(what, planned_on, reached_on, light, says)
