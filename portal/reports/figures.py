"""Computing figures: value, break-down, comparison. One statement each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from portal.park.acting import Actor
from portal.reports.access import within_reach
from portal.reports.declaration import Breakdown, Indicator, Period

UNITS = {
    "stations": _("stations"),
    "requests": _("requests"),
    "entities": _("entities"),
    "ratio": "%",
    "working days": _("working days"),
    "alerts": _("alerts"),
    "score": _("of 5"),
}


@dataclass(frozen=True)
class Figure:
    """A figure with the number of rows behind it; `value` None: nothing to compute from, or hidden."""

    value: Decimal | int | None
    n: int
    hidden: bool = False


@dataclass(frozen=True)
class Line:
    """One line of a break-down."""

    label: str
    figure: Figure


def compute(indicator: Indicator, period: Period, actor: Actor | None) -> Figure:
    rows = within_reach(indicator, indicator.rows(period), actor)
    found = rows.aggregate(value=indicator.aggregate, n=Count("pk"))
    return _figure(indicator, found["value"], found["n"])


def _figure(indicator: Indicator, value: Any, n: int) -> Figure:
    if n < indicator.least:
        return Figure(None, n, hidden=n > 0)
    if isinstance(value, float):
        value = Decimal(str(round(value, 6)))
    return Figure(value, n)


def split(indicator: Indicator, by: Breakdown, period: Period, actor: Actor | None) -> list[Line]:
    """The figure split one way, in one statement."""
    rows = within_reach(indicator, indicator.rows(period), actor)
    found = (
        rows.order_by().values(part=_expression(by)).annotate(value=indicator.aggregate, n=Count("pk"))
    ).order_by("part")
    return [
        Line(str(by.labels.get(r["part"], r["part"] or "—")), _figure(indicator, r["value"], r["n"]))
        for r in found
    ]


def _expression(by: Breakdown) -> Any:
    from django.db.models import F

    return F(by.by) if isinstance(by.by, str) else by.by


def before(period: Period) -> Period | None:
    """The period of the same length just before (环比)."""
    if period.date_from is None or period.date_to is None:
        return None
    length = period.date_to - period.date_from + timedelta(days=1)
    return Period(period.date_from - length, period.date_from - timedelta(days=1))


def year_before(period: Period) -> Period | None:
    """The same period of the year before (同比)."""
    if period.date_from is None or period.date_to is None:
        return None
    return Period(_year_less(period.date_from), _year_less(period.date_to))


def _year_less(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)


def as_text(indicator: Indicator, value: Decimal | int | None) -> str:
    """A value for people: shares as per cent, others with at most two decimals."""
    if value is None:
        return "—"
    if indicator.unit == "ratio":
        return f"{Decimal(value) * 100:.1f}"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{Decimal(value).quantize(Decimal('0.01')).normalize():,f}"
