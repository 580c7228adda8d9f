"""What was decided on claims: how much was approved, how much refused, and why."""

from __future__ import annotations

from typing import Any

from django.db.models import Avg, Case, Count, DateField, FloatField, QuerySet, Value, When
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from funds.forms import RefuseForm
from funds.models import Claim
from portal.park.models import Enterprise
from portal.reports.declaration import Breakdown, Indicator, Period, RowColumn, register


def ended(period: Period) -> QuerySet[Any]:
    """Claims whose cases were closed in the period, but for those withdrawn."""
    found = Claim.objects.filter(**period.of_moments("case__closed_at"))
    return found.exclude(case__outcome="withdrawn").select_related("case", "policy", "enterprise")


def refused(period: Period) -> QuerySet[Any]:
    return ended(period).filter(case__outcome__in=["refused", "not_accepted"])


def waiting(_period: Period) -> QuerySet[Any]:
    """Claims that wait for money, the longest first."""
    found = Claim.objects.filter(waits_since__isnull=False, case__closed_at=None)
    return found.select_related("case", "policy", "enterprise", "budget").order_by("waits_since")


GROUNDS = dict(RefuseForm.GROUNDS)
COLUMNS = (
    RowColumn(_("Number"), lambda c: c.case.number),
    RowColumn(_("Policy"), lambda c: c.policy.label),
    RowColumn(_("Enterprise"), lambda c: c.enterprise.label),
    RowColumn(_("Claimed (yuan)"), lambda c: c.claimed_amount),
    RowColumn(_("Ground"), lambda c: str(GROUNDS.get(c.refusal, ""))),
)
WAYS = {
    "ground": Breakdown(_("By ground"), "refusal", {"": _("not stated"), **GROUNDS}),
    "policy": Breakdown(_("By policy"), "policy__title"),
    "industry": Breakdown(_("By industry"), "enterprise__industry"),
    "size": Breakdown(_("By size"), "enterprise__size", dict(Enterprise.Size.choices)),
    "month": Breakdown(_("By month"), TruncMonth("case__closed_at", output_field=DateField())),
}

register(
    Indicator(
        key="funds.claims_refused",
        label=_("Claims refused"),
        unit="claims",
        definition=_("Claims that ended without support in the period, by the ground that was given."),
        rows=refused,
        aggregate=Count("pk"),
        columns=COLUMNS,
        breakdowns=WAYS,
        case_path="pk",
        team_path="case__team",
    )
)
register(
    Indicator(
        key="funds.refusal_share",
        label=_("Share of refusals"),
        unit="ratio",
        definition=_("Share of the claims that ended in the period which ended without support."),
        rows=ended,
        aggregate=Avg(
            Case(
                When(case__outcome__in=["refused", "not_accepted"], then=Value(1.0)),
                default=Value(0.0),
                output_field=FloatField(),
            )
        ),
        columns=COLUMNS,
        breakdowns=WAYS,
        case_path="pk",
        team_path="case__team",
        least=5,
    )
)
register(
    Indicator(
        key="funds.claims_waiting",
        label=_("Claims that wait for the budget"),
        unit="claims",
        definition=_("Accepted claims for which the budget of their policy has nothing left now."),
        rows=waiting,
        aggregate=Count("pk"),
        columns=(*COLUMNS[:4], RowColumn(_("Budget"), lambda c: str(c.budget or ""))),
        breakdowns={"policy": WAYS["policy"]},
        case_path="pk",
        team_path="case__team",
        dated=False,
    )
)
