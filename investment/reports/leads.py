"""What is in talks, and what was introduced. Counted once: what is unsigned, cancelled, lost or registered
twice never counts (dossier, section 5, "Tags")."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, DecimalField, Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from investment.actions import STEPS
from investment.models import HUNDRED_MILLION, Lead
from investment.reports.columns import LEAD, SIGNED, WAYS, by_quarter
from portal.cases.models import StepLog
from portal.reports.declaration import Indicator, Period, RowColumn, register

BILLION = 10 * HUNDRED_MILLION
# From the day after the registration to the signing.
TALKS = STEPS[STEPS.index("contact") : STEPS.index("settlement")]
TWICE = Q(double_of__isnull=False) | Q(lost_cause=Lead.Cause.DOUBLE)
NEAR = ("case__team",)
SIGNED_QUARTER = by_quarter("signed_on")
REGISTERED_QUARTER = by_quarter("case__opened_at", moment=True)


def counted() -> QuerySet[Lead]:
    """Leads that count: those registered twice are left out."""
    return Lead.objects.exclude(TWICE).select_related(*NEAR)


def key_in_talks(period: Period) -> QuerySet[Any]:
    """Key projects that stood in a step of the talks at some moment of the period."""
    stays = StepLog.objects.filter(
        Q(left_at=None) | Q(left_at__gte=period.begins_at),
        case=OuterRef("pk"),
        step__in=TALKS,
        entered_at__lt=period.ends_before,
    )
    return counted().filter(Exists(stays), is_key=True)


def signed(period: Period) -> QuerySet[Any]:
    """Leads signed in the period, whatever their size."""
    return counted().filter(lost_on=None, **period.of_days("signed_on")).exclude(case__outcome="lost")


def introduced(period: Period) -> QuerySet[Any]:
    """引进亿元以上项目: those of 100 million yuan or more."""
    return signed(period).filter(investment_amount__gte=HUNDRED_MILLION)


def _top500(period: Period) -> QuerySet[Any]:
    return introduced(period).filter(is_top500=True)


def _billion(period: Period) -> QuerySet[Any]:
    return introduced(period).filter(investment_amount__gte=BILLION)


def _xiang(period: Period) -> QuerySet[Any]:
    return introduced(period).filter(is_xiang_returning=True)


def _smaller(period: Period) -> QuerySet[Any]:
    return signed(period).filter(investment_amount__lt=HUNDRED_MILLION)


def registered(period: Period) -> QuerySet[Any]:
    """Leads registered in the period."""
    return counted().filter(**period.of_moments("case__opened_at"))


def referred(period: Period) -> QuerySet[Any]:
    """Those of them that an envoy, an adviser or a commissioned agent brought."""
    found: QuerySet[Any] = registered(period).filter(Q(envoy__isnull=False) | Q(agent__isnull=False))
    return found.select_related(*NEAR, "envoy", "agent")


def on_leads(
    key: str,
    label: Any,
    definition: Any,
    rows: Any,
    *,
    unit: str = "projects",
    aggregate: Any = None,
    columns: Any = SIGNED,
    ways: Any = None,
    least: int = 0,
    dated: bool = True,
) -> None:
    """An indicator over leads, for the task force that has them."""
    register(
        Indicator(
            key=f"investment.{key}",
            label=label,
            unit=unit,
            definition=definition,
            rows=rows,
            aggregate=aggregate or Count("pk"),
            columns=columns,
            breakdowns={**WAYS, **(SIGNED_QUARTER if ways is None else ways)},
            case_path="pk",
            team_path="case__team",
            least=least,
            dated=dated,
        )
    )


AMOUNT = Sum(F("investment_amount"), output_field=DecimalField(max_digits=20, decimal_places=2))

on_leads(
    "key_projects_in_talks",
    _("Key projects in talks"),
    _("Leads marked key that were in talks at any moment of the period."),
    key_in_talks,
    columns=LEAD,
    ways={},
)
on_leads(
    "introduced_projects",
    _("Projects introduced of 100 million yuan or more"),
    _("Projects of 100 million yuan or more that were signed in the period."),
    introduced,
)
on_leads(
    "introduced_amount",
    _("Investment of the projects introduced"),
    _("Investment, together, of the projects of 100 million yuan or more that were signed in the period."),
    introduced,
    unit="yuan",
    aggregate=AMOUNT,
)
on_leads(
    "top500_projects",
    _("Projects of top-500 enterprises"),
    _("Those of the projects introduced whose investor is on one of the three top-500 lists."),
    _top500,
)
on_leads(
    "billion_projects",
    _("Projects of a billion yuan or more"),
    _("Those of the projects introduced with an investment of a billion yuan or more."),
    _billion,
)
on_leads(
    "xiang_returning_projects",
    _("Projects of returning Hunan entrepreneurs"),
    _("Those of the projects introduced whose investor is a returning Hunan entrepreneur."),
    _xiang,
)
on_leads(
    "smaller_projects",
    _("Projects introduced of less than 100 million yuan"),
    _("Projects of less than 100 million yuan that were signed in the period."),
    _smaller,
)
on_leads(
    "leads_registered",
    _("Leads registered"),
    _("Leads registered in the period; those registered twice count once."),
    registered,
    unit="leads",
    columns=LEAD,
    ways=REGISTERED_QUARTER,
)
on_leads(
    "leads_referred",
    _("Leads brought by envoys and agents"),
    _("Leads registered in the period that an envoy, an adviser or a commissioned agent brought."),
    referred,
    unit="leads",
    columns=(*LEAD, RowColumn(_("Brought by"), lambda lead: str(lead.envoy or lead.agent))),
    ways=REGISTERED_QUARTER,
)
