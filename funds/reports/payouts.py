"""What was paid to enterprises, and what the tax office left to them: two figures that are never added
(dossier, section 0.6)."""

from __future__ import annotations

from typing import Any

from django.db.models import DateField, F, Func, IntegerField, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from funds.models import Instalment, Policy, TaxRelief
from portal.park.models import Enterprise
from portal.reports.declaration import Breakdown, Indicator, Percentile, Period, RowColumn, register

CLAIM = "account__claim"


def paid(period: Period) -> QuerySet[Any]:
    """Instalments that were paid in the period: each is one payout."""
    found = Instalment.objects.filter(**period.of_days("paid_on"))
    return found.select_related(f"{CLAIM}__enterprise", f"{CLAIM}__policy", f"{CLAIM}__case")


def with_days(period: Period) -> QuerySet[Any]:
    """The same, with the calendar days since the claim was filed."""
    since = Func(
        F("paid_on"),
        F(f"{CLAIM}__submitted_on"),
        template="(%(expressions)s)",
        arg_joiner=" - ",
        output_field=IntegerField(),
    )
    found: QuerySet[Any] = paid(period).filter(**{f"{CLAIM}__submitted_on__isnull": False})
    dated: QuerySet[Any] = found.annotate(days=since)
    return dated


PAYOUT = (
    RowColumn(_("Number"), lambda i: i.account.claim.case.number),
    RowColumn(_("Instalment"), lambda i: i.sequence),
    RowColumn(_("Policy"), lambda i: i.account.claim.policy.label),
    RowColumn(_("Enterprise"), lambda i: i.account.claim.enterprise.label),
    RowColumn(_("Paid on"), lambda i: i.paid_on),
    RowColumn(_("Amount (yuan)"), lambda i: i.amount),
)
WAYS = {
    "month": Breakdown(_("By month"), TruncMonth("paid_on", output_field=DateField())),
    "policy": Breakdown(_("By policy"), f"{CLAIM}__policy__title"),
    "level": Breakdown(_("By level"), f"{CLAIM}__policy__level", dict(Policy.Level.choices)),
    "industry": Breakdown(_("By industry"), f"{CLAIM}__enterprise__industry"),
    "size": Breakdown(_("By size"), f"{CLAIM}__enterprise__size", dict(Enterprise.Size.choices)),
}

register(
    Indicator(
        key="funds.subsidy_paid_amount",
        label=_("Paid to enterprises"),
        unit="yuan",
        definition=_("Sum of the payouts that were paid in the period. Tax relief is not in it."),
        rows=paid,
        aggregate=Sum("amount"),
        columns=PAYOUT,
        breakdowns=WAYS,
        case_path=CLAIM,
    )
)
register(
    Indicator(
        key="funds.days_to_money",
        label=_("From filing to the money, median"),
        unit="days",
        definition=_("Half of the payouts of the period came within so many calendar days after filing."),
        rows=with_days,
        aggregate=Percentile("days", 0.5),
        columns=(*PAYOUT, RowColumn(_("Days"), lambda i: i.days)),
        breakdowns=WAYS,
        case_path=CLAIM,
        least=5,
    )
)
register(
    Indicator(
        key="funds.tax_relief_amount",
        label=_("Tax relief"),
        unit="yuan",
        definition=_(
            "Sum of tax reductions, refunds and credits recorded for the period. No payout: it is added to "
            "nothing."
        ),
        rows=lambda period: TaxRelief.objects.filter(**period.of_days("month")).select_related("enterprise"),
        aggregate=Sum("amount"),
        columns=(
            RowColumn(_("Number"), lambda r: r.number),
            RowColumn(_("Enterprise"), lambda r: r.enterprise.label),
            RowColumn(_("Month"), lambda r: f"{r.month:%Y-%m}"),
            RowColumn(_("Kind"), lambda r: str(r.get_kind_display())),
            RowColumn(_("Amount (yuan)"), lambda r: r.amount),
        ),
        breakdowns={
            "kind": Breakdown(_("By kind"), "kind", dict(TaxRelief.Kind.choices)),
            "month": Breakdown(_("By month"), TruncMonth("month", output_field=DateField())),
            "industry": Breakdown(_("By industry"), "enterprise__industry"),
        },
    )
)
