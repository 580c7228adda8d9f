"""How an app declares an indicator: a figure that is computed from rows and opens to them.

No figure is typed in. `rows` answers the very rows behind the figure; `aggregate` makes the figure
of them in one statement; both serve page, API, command and export alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Aggregate, DecimalField, Expression, QuerySet
from django.db.models.expressions import Combinable
from django.utils.functional import Promise

from portal.worktime.clock import at

Text = str | Promise


@dataclass(frozen=True)
class Period:
    """From the first day to the last, both included; None: without end."""

    date_from: date | None = None
    date_to: date | None = None

    @property
    def begins_at(self) -> datetime:
        return at(self.date_from or date(1900, 1, 1), time.min)

    @property
    def ends_before(self) -> datetime:
        """The first moment after the period."""
        return at((self.date_to or date(9000, 1, 1)) + timedelta(days=1), time.min)

    def of_moments(self, column: str) -> dict[str, datetime]:
        """The filter on a column of moments."""
        return {f"{column}__gte": self.begins_at, f"{column}__lt": self.ends_before}

    def of_days(self, column: str) -> dict[str, date]:
        """The filter on a column of dates."""
        return {
            f"{column}__gte": self.date_from or date(1900, 1, 1),
            f"{column}__lte": self.date_to or date(9000, 1, 1),
        }


@dataclass(frozen=True)
class RowColumn:
    """One column of the list of rows."""

    label: Text
    show: Callable[[Any], Any]


@dataclass(frozen=True)
class Breakdown:
    """One way to split the figure. `labels` turns stored codes into words; `named` says that `by` is
    the path of a name beside which an English one lies (`…_en`)."""

    label: Text
    by: str | Combinable
    labels: Mapping[Any, Text] = field(default_factory=dict)
    named: bool = False


@dataclass(frozen=True)
class Indicator:
    """One figure. `unit` is a key of `UNITS`; `least` hides the figure below so many rows."""

    key: str
    label: Text
    unit: str
    definition: Text
    rows: Callable[[Period], QuerySet[Any]]
    aggregate: Aggregate | Expression
    columns: Sequence[RowColumn]
    breakdowns: Mapping[str, Breakdown] = field(default_factory=dict)
    case_path: str = ""  # from a row to its case: "pk" when the row is the case
    team_path: str = ""  # from a row to the team whose figure it is
    dated: bool = True
    least: int = 0


class Percentile(Aggregate):
    """A percentile of a column, interpolated (PostgreSQL's percentile_cont)."""

    function = "PERCENTILE_CONT"
    name = "percentile"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"

    def __init__(self, expression: str, share: float, **extra: Any) -> None:
        output = DecimalField(max_digits=20, decimal_places=4)
        super().__init__(expression, share=share, output_field=extra.pop("output_field", output), **extra)


INDICATORS: dict[str, Indicator] = {}


def register(indicator: Indicator) -> Indicator:
    """Make an indicator known. Called in a domain's `reports.py`."""
    INDICATORS[indicator.key] = indicator
    return indicator
