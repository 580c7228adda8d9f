"""What a ranking measures: of each task force a value and the leads behind it, in a grouped statement each.

What is not signed, was lost, or is the same investor twice never counts (dossier, section 5).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Avg, Count, F, FloatField, Q, QuerySet, Sum, Value, When
from django.db.models import Case as Choose

from investment.access import LEAD
from investment.models import HUNDRED_MILLION, Assessment, Commitment, Lead, RankingRule, Untruth
from portal.cases.models import StepLog
from portal.worktime.clock import at

Measure = RankingRule.Measure
BILLION = 10 * HUNDRED_MILLION


@dataclass(frozen=True)
class Quarter:
    """A quarter as it is written: 2024-Q3."""

    text: str

    @property
    def year(self) -> int:
        return int(self.text[:4])

    @property
    def place(self) -> int:
        """From 1 to 4."""
        return int(self.text[-1])

    @property
    def first(self) -> date:
        return date(self.year, 3 * self.place - 2, 1)

    @property
    def last(self) -> date:
        following = date(self.year + self.place // 4, self.place * 3 % 12 + 1, 1)
        return following - timedelta(days=1)


def quarter_of(day: date) -> Quarter:
    """The quarter in which a day lies."""
    return Quarter(f"{day.year}-Q{(day.month + 2) // 3}")


@dataclass(frozen=True)
class Measured:
    """The value of one task force, and the leads behind it."""

    value: Decimal
    leads: list[int]


Found = dict[int, Measured]


def introduced(first: date, last: date) -> QuerySet[Lead]:
    """The leads that count as introduced (引进) between two days, both included."""
    return Lead.objects.filter(signed_on__range=(first, last), lost_on=None, double_of=None)


def _grouped(rows: QuerySet[Any], team: str, lead: str, value: Any) -> Found:
    found = rows.order_by().values_list(team).annotate(value=value, leads=ArrayAgg(lead, distinct=True))
    return {
        team_id: Measured(Decimal(str(value or 0)), [pk for pk in leads if pk is not None])
        for team_id, value, leads in found
    }


def _of_leads(rows: QuerySet[Lead], value: Any) -> Found:
    return _grouped(rows, "case__team", "pk", value)


def _projects(quarter: Quarter, _today: date) -> Found:
    rows = introduced(quarter.first, quarter.last).filter(investment_amount__gte=HUNDRED_MILLION)
    return _of_leads(rows, Count("pk"))


def _signed(quarter: Quarter, _today: date) -> Found:
    return _of_leads(introduced(quarter.first, quarter.last), Sum("investment_amount"))


def _arrived(quarter: Quarter, _today: date) -> Found:
    """到位资金: what investors have put in of what they promised, by what its commitments note."""
    done = Commitment.objects.filter(
        kind=Commitment.Kind.INVESTMENT, done_on__range=(quarter.first, quarter.last),
        contract__lead__lost_on=None, contract__lead__double_of=None,
    )  # fmt: skip
    return _grouped(done, "contract__lead__case__team", "contract__lead", Sum("done_amount"))


def _share(yes: Q) -> Avg:
    return Avg(Choose(When(yes, then=Value(1.0)), default=Value(0.0), output_field=FloatField()))


def _fit(quarter: Quarter, _today: date) -> Found:
    rows = introduced(quarter.first, quarter.last)
    return _of_leads(rows, _share(Q(industry=F("case__team__industry")) & ~Q(industry="")))


def _panel(quarter: Quarter, _today: date) -> Found:
    """The average of the sheets given, each of 100 points, as a share."""
    given = Assessment.objects.filter(
        total__isnull=False,
        case__closed_at__gte=at(quarter.first, time.min),
        case__closed_at__lt=at(quarter.last + timedelta(days=1), time.min),
    )
    return _grouped(given, "lead__case__team", "lead", Avg("total") / 100.0)


def _in_time(quarter: Quarter, _today: date) -> Found:
    """Of the stays that ended and had a limit. What came by a ledger is not the portal's to judge."""
    left = StepLog.objects.filter(
        case__kind=LEAD, met__isnull=False, left_at__gte=at(quarter.first, time.min),
        left_at__lt=at(quarter.last + timedelta(days=1), time.min),
    ).exclude(left_via="imported")  # fmt: skip
    return _grouped(left, "team", "case", _share(Q(met=True)))


def _top500(quarter: Quarter, _today: date) -> Found:
    return _of_leads(introduced(quarter.first, quarter.last).filter(is_top500=True), Count("pk"))


def _billion(quarter: Quarter, _today: date) -> Found:
    rows = introduced(quarter.first, quarter.last).filter(investment_amount__gte=BILLION)
    return _of_leads(rows, Count("pk"))


def _late_start(quarter: Quarter, today: date) -> Found:
    """Works that were to start in the quarter, and did not, or did later."""
    due = Commitment.objects.filter(
        kind=Commitment.Kind.START, due_on__range=(quarter.first, quarter.last), due_on__lt=today,
        contract__lead__lost_on=None,
    ).filter(Q(done_on=None) | Q(done_on__gt=F("due_on")))  # fmt: skip
    return _grouped(due, "contract__lead__case__team", "contract__lead", Count("pk"))


def _untrue(quarter: Quarter, _today: date) -> Found:
    return _grouped(Untruth.objects.filter(quarter=quarter.text), "team", "lead", Count("pk"))


MEASURES: dict[str, Callable[[Quarter, date], Found]] = {
    Measure.PROJECTS: _projects,
    Measure.SIGNED: _signed,
    Measure.ARRIVED: _arrived,
    Measure.FIT: _fit,
    Measure.PANEL: _panel,
    Measure.IN_TIME: _in_time,
    Measure.TOP500: _top500,
    Measure.BILLION: _billion,
    Measure.LATE_START: _late_start,
    Measure.UNTRUE: _untrue,
}
# How a value is told.
SHARES = (Measure.FIT, Measure.PANEL, Measure.IN_TIME)
AMOUNTS = (Measure.SIGNED, Measure.ARRIVED)
