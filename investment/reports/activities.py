"""Trips and visits that took place: two registers, which are never added (dossier, section 0, trap 8)."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from investment.models import Activity
from investment.reports.columns import by_quarter
from portal.reports.declaration import Breakdown, Indicator, Period, RowColumn, register


def reported(kind: Activity.Kind, period: Period) -> QuerySet[Any]:
    """Activities of a kind that began in the period and were reported: what was called off never counts."""
    found = Activity.objects.filter(kind=kind, case__outcome="reported", **period.of_days("begins_on"))
    return found.select_related("case__team")


def trips(period: Period) -> QuerySet[Any]:
    return reported(Activity.Kind.TRIP, period)


def visits(period: Period) -> QuerySet[Any]:
    return reported(Activity.Kind.VISIT, period)


COLUMNS = (
    RowColumn(_("Number"), lambda a: a.case.number),
    RowColumn(_("Day"), lambda a: a.begins_on),
    RowColumn(_("Task force"), lambda a: a.case.team.label),
    RowColumn(_("Place"), lambda a: a.place),
    RowColumn(_("Enterprise"), lambda a: a.investor_name),
)
WAYS = {
    "task_force": Breakdown(_("By task force"), "case__team__name", named=True),
    **by_quarter("begins_on"),
}

register(
    Indicator(
        key="investment.trips",
        label=_("Trips to investors"),
        unit="batches",
        definition=_("Trips that began in the period and were reported; a trip is one batch."),
        rows=trips,
        aggregate=Count("pk"),
        columns=COLUMNS,
        breakdowns=WAYS,
        case_path="pk",
        team_path="case__team",
    )
)
register(
    Indicator(
        key="investment.visits",
        label=_("Visits to key enterprises"),
        unit="visits",
        definition=_("Visits to enterprises in the period that were reported."),
        rows=visits,
        aggregate=Count("pk"),
        columns=COLUMNS,
        breakdowns=WAYS,
        case_path="pk",
        team_path="case__team",
    )
)
