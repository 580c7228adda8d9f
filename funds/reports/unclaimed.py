"""What enterprises could have had and did not ask for: never-claimed entitlements (应享未享)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, DateField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from funds.models import Claim, Match, Policy, PolicyVersion
from portal.park.models import Enterprise
from portal.reports.declaration import Breakdown, Indicator, Period, RowColumn, register
from portal.worktime.clock import local
from portal.worktime.now import now

CLOSES = "version__closes_on"


def never_claimed(period: Period) -> QuerySet[Any]:
    """Enterprise × policy: it fits, its window closed in the period, and nobody filed a claim before.

    Who settled after the window had closed could not have claimed. A policy that is given once and for all
    counts as claimed by a claim of any earlier window; one that was begun and never signed was not made.
    """
    yesterday = local(now()).date() - timedelta(days=1)
    until = min(period.date_to or yesterday, yesterday)
    closed = Period(period.date_from, until).of_days(CLOSES)
    filed = Claim.objects.filter(
        Q(submitted_on__gte=OuterRef("version__opens_on"))
        | Q(version__period=PolicyVersion.Period.ONCE, live=True),
        enterprise=OuterRef("enterprise"),
        policy=OuterRef("policy"),
        submitted_on__lte=OuterRef(CLOSES),
    )
    was_here = Q(enterprise__settled_on=None) | Q(enterprise__settled_on__lte=F(CLOSES))
    found = Match.objects.filter(was_here, ~Exists(filed), verdict=Match.Verdict.MET, **closed)
    return found.select_related("enterprise", "policy", "version")


def _window(version: PolicyVersion) -> str:
    return f"{version.opens_on:%Y-%m-%d} – {version.closes_on:%Y-%m-%d}"


register(
    Indicator(
        key="funds.never_claimed",
        label=_("Never claimed"),
        unit="items",
        definition=_(
            "Policies that fit an enterprise by what is known of it today, whose windows closed in the "
            "period, and for which it filed no claim: one for each enterprise and policy."
        ),
        rows=never_claimed,
        aggregate=Count("pk"),
        columns=(
            RowColumn(_("Policy"), lambda m: m.policy.label),
            RowColumn(_("Enterprise"), lambda m: m.enterprise.label),
            RowColumn(
                _("Open from and until"),
                lambda m: _window(m.version),
            ),
            RowColumn(_("Would have come to (yuan)"), lambda m: m.estimated_amount),
        ),
        breakdowns={
            "policy": Breakdown(_("By policy"), "policy__title", named=True),
            "level": Breakdown(_("By level"), "policy__level", dict(Policy.Level.choices)),
            "industry": Breakdown(_("By industry"), "enterprise__industry"),
            "size": Breakdown(_("By size"), "enterprise__size", dict(Enterprise.Size.choices)),
            "month": Breakdown(_("By month"), TruncMonth(CLOSES, output_field=DateField())),
        },
        team_path="policy__team",
    )
)
