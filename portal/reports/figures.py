"""Computing figures: value, break-down, comparison. One statement each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, DecimalField, F, Func, IntegerField, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.money import money
from portal.names import local_name
from portal.park.acting import Actor
from portal.reports.access import within_reach
from portal.reports.declaration import Breakdown, Indicator, Period

VALUE: DecimalField[Any, Any] = DecimalField(max_digits=30, decimal_places=10)
UNITS = {
    "stations": _("stations"),
    "requests": _("requests"),
    "items": _("items"),
    "windows": _("windows"),
    "entities": _("entities"),
    "ratio": "%",
    "working days": _("working days"),
    "alerts": _("alerts"),
    "score": _("of 5"),
    "days": pgettext_lazy("unit", "days"),
    "mu": _("mu"),
    "pauses": _("pauses"),
    "permits": _("permits"),
    "claims": pgettext_lazy("unit", "claims"),
    "projects": _("projects"),
    "roles": _("roles"),
    "yuan": _("yuan"),
    "leads": pgettext_lazy("unit", "leads"),
    "people": _("people"),
    "batches": _("batches"),
    "visits": _("visits"),
    "quarters": _("quarters"),
    "teams": pgettext_lazy("unit", "teams"),
    "universities": _("universities"),
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
    """The figure of a period within the person's reach."""
    return compute_all([(indicator, period)], actor)[0]


def compute_all(wanted: Sequence[tuple[Indicator, Period]], actor: Actor | None) -> list[Figure]:
    """Many figures in one statement: a page of figures costs one round trip, however many it shows.

    Figures of the same rows are computed of one reading of them.
    """
    sources: dict[_Source, list[Indicator]] = {}
    for indicator, period in wanted:
        sharing = sources.setdefault(_source(indicator, period), [])
        if indicator not in sharing:
            sharing.append(indicator)
    parts = [_part(n, *source, actor) for n, source in enumerate(sources.items())]
    if not parts:
        return []
    found = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    by_place = {place: (values, n) for place, values, n in found}
    read = {source: (by_place.get(place), sources[source]) for place, source in enumerate(sources)}
    return [_read(indicator, *read[_source(indicator, period)]) for indicator, period in wanted]


_Source = tuple[Callable[[Period], QuerySet[Any]], Period, str]


def _source(indicator: Indicator, period: Period) -> _Source:
    """What two figures have in common that are computed of the same rows."""
    return indicator.rows, period, indicator.team_path


def _part(place: int, source: _Source, sharing: Sequence[Indicator], actor: Actor | None) -> Any:
    # The names must not be those of a field of any indicator's rows.
    rows = within_reach(sharing[0], sharing[0].rows(source[1]), actor).order_by()
    placed = rows.values(figure_place=Value(place, output_field=IntegerField()))
    values = _Array(*map(_value, sharing))
    counted = placed.annotate(figure_values=values, figure_n=Count("pk"))
    return counted.values_list("figure_place", "figure_values", "figure_n")


class _Array(Func):
    """Several aggregates in one column."""

    template = "ARRAY[%(expressions)s]"
    output_field = ArrayField(VALUE)


def _read(indicator: Indicator, found: tuple[Any, int] | None, sharing: Sequence[Indicator]) -> Figure:
    values, n = found or ([None] * len(sharing), 0)
    return _figure(indicator, values[sharing.index(indicator)], n)


def _value(indicator: Indicator) -> Cast:
    """Every aggregate as one type, so that figures of different kinds fit below each other."""
    return Cast(indicator.aggregate, VALUE)


def _figure(indicator: Indicator, value: Decimal | None, n: int) -> Figure:
    if n < indicator.least:
        return Figure(None, n, hidden=n > 0)
    if isinstance(indicator.aggregate, Count):
        return Figure(int(value or 0), n)
    return Figure(value, n)


def split(indicator: Indicator, by: Breakdown, period: Period, actor: Actor | None) -> list[Line]:
    """The figure split one way, in one statement."""
    rows = within_reach(indicator, indicator.rows(period), actor).order_by()
    part = F(by.by) if isinstance(by.by, str) else by.by
    if by.named and local_name("", "en"):
        part = Coalesce(NullIf(F(f"{by.by}_en"), Value("")), part)
    parts = rows.values(figure_part=part).annotate(figure_value=_value(indicator), figure_n=Count("pk"))
    found = parts.order_by("figure_part").values_list("figure_part", "figure_value", "figure_n")
    return [Line(_label(by, label), _figure(indicator, value, n)) for label, value, n in found]


def _label(by: Breakdown, part: Any) -> str:
    if isinstance(part, date):
        return str(date_format(part, "YEAR_MONTH_FORMAT"))
    known = by.labels.get(part, part)
    return "—" if known in (None, "") else str(known)


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


def unit_of(indicator: Indicator) -> str:
    """The unit beside a value; money tells its own."""
    return "" if indicator.unit == "yuan" else str(UNITS.get(indicator.unit, indicator.unit))


def as_text(indicator: Indicator, value: Decimal | int | None) -> str:
    """A value for people: shares as per cent, money with its unit, others with at most two decimals."""
    if value is None:
        return "—"
    if indicator.unit == "yuan":
        return money(Decimal(value))
    if indicator.unit == "ratio":
        return f"{Decimal(value) * 100:.1f}"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{Decimal(value).quantize(Decimal('0.01')).normalize():,f}"
