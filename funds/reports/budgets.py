"""How budgets are used."""

from __future__ import annotations

from typing import Any

from django.db.models import DecimalField, ExpressionWrapper, F, FloatField, Q, QuerySet, Sum, Value
from django.db.models.functions import NullIf
from django.utils.translation import gettext_lazy as _

from funds.models import Budget
from portal.reports.declaration import Breakdown, Indicator, Period, RowColumn, register

NET = F("paid_amount") - F("recovered_amount")


def of_years(period: Period) -> QuerySet[Any]:
    """Budgets of the years that the period touches."""
    found: Q = Q()
    if period.date_from is not None:
        found &= Q(year__gte=period.date_from.year)
    if period.date_to is not None:
        found &= Q(year__lte=period.date_to.year)
    return Budget.objects.filter(found)


COLUMNS = (
    RowColumn(_("Code"), lambda b: b.code),
    RowColumn(_("Budget"), lambda b: b.label),
    RowColumn(_("Year"), lambda b: b.year),
    RowColumn(_("Appropriated (yuan)"), lambda b: b.appropriated_amount),
    RowColumn(_("Reserved (yuan)"), lambda b: b.reserved_amount),
    RowColumn(_("Committed (yuan)"), lambda b: b.committed_amount),
    RowColumn(_("Paid (yuan)"), lambda b: b.paid_amount),
    RowColumn(_("Recovered (yuan)"), lambda b: b.recovered_amount),
    RowColumn(_("Free (yuan)"), lambda b: b.free_amount),
)
WAYS = {"year": Breakdown(_("By year"), "year"), "budget": Breakdown(_("By budget"), "name", named=True)}

register(
    Indicator(
        key="funds.budget_execution",
        label=_("Budgets used"),
        unit="ratio",
        definition=_(
            "What was paid, less what came back, as a share of what was appropriated, in the budgets of the "
            "years of the period."
        ),
        rows=of_years,
        aggregate=ExpressionWrapper(
            Sum(NET) / NullIf(Sum("appropriated_amount"), Value(0)), output_field=FloatField()
        ),
        columns=COLUMNS,
        breakdowns=WAYS,
    )
)
register(
    Indicator(
        key="funds.budget_free_amount",
        label=_("Budgets: still free"),
        unit="yuan",
        definition=_("What can still be reserved in the budgets of the years of the period."),
        rows=of_years,
        aggregate=Sum(
            F("appropriated_amount") - F("reserved_amount") - F("committed_amount") - NET,
            output_field=DecimalField(max_digits=20, decimal_places=2),
        ),
        columns=COLUMNS,
        breakdowns=WAYS,
    )
)
