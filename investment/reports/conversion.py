"""What becomes of leads: won or lost, and why; and how many of the park's people work for it."""

from __future__ import annotations

from typing import Any

from django.db.models import Avg, Case, Exists, FloatField, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from investment.access import LEAD as KIND
from investment.models import Activity
from investment.reports.columns import CAUSES, LEAD, by_quarter
from investment.reports.leads import REGISTERED_QUARTER, counted, on_leads, registered
from portal.accounts.models import User
from portal.cases.models import Case as CaseRow
from portal.park.models import Membership, Team
from portal.reports.declaration import Breakdown, Indicator, Period, RowColumn, register

SMALLEST = 5  # shares of fewer rows are hidden
BY_CAUSE = Breakdown(_("By cause"), "lost_cause", {"": _("not stated"), **CAUSES})
WON = Q(signed_on__isnull=False, lost_on=None)


def share_of(condition: Q) -> Avg:
    """The share of the rows that fit."""
    return Avg(Case(When(condition, then=Value(1.0)), default=Value(0.0), output_field=FloatField()))


def lost(period: Period) -> QuerySet[Any]:
    """Leads lost in the period; who is registered twice is not lost."""
    return counted().filter(**period.of_days("lost_on"))


def decided(period: Period) -> QuerySet[Any]:
    """Leads that were signed or lost in the period."""
    days = Q(**period.of_days("signed_on")) | Q(**period.of_days("lost_on"))
    return counted().filter(days)


def _took_part(period: Period) -> QuerySet[Activity]:
    """Activities of the period that took place and were reported."""
    done = Activity.objects.filter(case__outcome="reported", **period.of_days("begins_on"))
    return done.order_by()


def staff(period: Period) -> QuerySet[Any]:
    """People who work in a team of the park, with whether they worked for investment in the period."""
    teams = Membership.objects.filter(user=OuterRef("pk"), team__active=True)
    leads = CaseRow.objects.filter(kind=KIND, opened_by=OuterRef("pk"), **period.of_moments("opened_at"))
    found = User.objects.filter(Exists(teams.exclude(team__kind=Team.Kind.BANK)), is_active=True)
    told: QuerySet[Any] = found.annotate(
        on_investment=Exists(teams.filter(team__kind=Team.Kind.TASK_FORCE))
        | Exists(leads)
        | Exists(_took_part(period).filter(leader=OuterRef("pk")))
        | Exists(_took_part(period).filter(members=OuterRef("pk")))
    )
    return told


on_leads(
    "conversion_share",
    _("Leads that were signed"),
    _("Share of the leads registered in the period that have been signed since."),
    registered,
    unit="ratio",
    aggregate=share_of(WON),
    columns=(*LEAD, RowColumn(_("Signed on"), lambda lead: lead.signed_on)),
    ways=REGISTERED_QUARTER,
    least=SMALLEST,
)
on_leads(
    "win_share",
    _("Won of those decided"),
    _("Share of the leads signed or lost in the period that were signed."),
    decided,
    unit="ratio",
    aggregate=share_of(WON),
    columns=(
        *LEAD,
        RowColumn(_("Signed on"), lambda lead: lead.signed_on),
        RowColumn(_("Lost on"), lambda lead: lead.lost_on),
    ),
    least=SMALLEST,
)
on_leads(
    "leads_lost",
    _("Leads lost"),
    _("Leads that were lost in the period, by cause; those registered twice are none."),
    lost,
    unit="leads",
    columns=(
        *LEAD,
        RowColumn(_("Cause of the loss"), lambda lead: str(lead.get_lost_cause_display())),
        RowColumn(_("Why it was lost"), lambda lead: lead.lost_reason),
    ),
    ways={"cause": BY_CAUSE, **by_quarter("lost_on")},
)
register(
    Indicator(
        key="investment.staff_share",
        label=_("Staff who work for investment"),
        unit="ratio",
        definition=_(
            "Share of the people who work in a team of the park who are of a task force, or registered a "
            "lead or took part in an activity in the period."
        ),
        rows=staff,
        aggregate=share_of(Q(on_investment=True)),
        columns=(
            RowColumn(_("Name"), lambda user: user.label),
            RowColumn(
                _("Works for investment"), lambda user: str(_("yes") if user.on_investment else _("no"))
            ),
        ),
        least=SMALLEST,
    )
)
