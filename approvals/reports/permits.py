"""Indicators of permits: how long they take, what becomes of them, per stage, item and department."""

from __future__ import annotations

from typing import Any

from django.db.models import Avg, Count, DateField, F, FloatField, Q, QuerySet, Value, When
from django.db.models import Case as Choose
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from approvals.actions import ENDED_WITHOUT
from approvals.models import Permit, ServiceItem
from approvals.reports.days import ElapsedDays
from approvals.reports.held import permit_days
from portal.cases.models import Pause
from portal.cases.presenting.words import outcome_label, short_moment
from portal.reports.declaration import Breakdown, Indicator, Period, RowColumn, register

SMALLEST = 5  # shares of fewer rows are hidden (dossier, section 4: small samples)
RELATED = ("case__enterprise", "item__team", "project__case")
SUPPLEMENTED = Pause.objects.filter(reason=Pause.Reason.SUPPLEMENT)


def decided(period: Period) -> QuerySet[Any]:
    """Granted or refused in the period, with net working days and calendar days from acceptance on."""
    found: QuerySet[Any] = Permit.objects.filter(**period.of_moments("decided_at"))
    days = {"net_days": permit_days(), "natural_days": ElapsedDays("accepted_at", "decided_at")}
    found = found.annotate(**days)
    return found.select_related(*RELATED)


def ended(period: Period) -> QuerySet[Any]:
    """Granted, refused, or withdrawn after they had been accepted."""
    undecided = Permit.objects.filter(decided_at=None, accepted_at__isnull=False)
    given_up = undecided.filter(case__outcome__in=ENDED_WITHOUT, **period.of_moments("case__closed_at"))
    found = Permit.objects.filter(Q(**period.of_moments("decided_at")) | Q(pk__in=given_up.values("pk")))
    return found.select_related(*RELATED)


def with_promise(period: Period) -> QuerySet[Any]:
    return decided(period).filter(case__promise_due_at__isnull=False)


def accepted(period: Period) -> QuerySet[Any]:
    return Permit.objects.filter(**period.of_moments("accepted_at")).select_related(*RELATED)


def pauses(period: Period) -> QuerySet[Any]:
    """Pauses of permits that began in the period; not the enterprise's own turn."""
    begun = Pause.objects.filter(case__in=Permit.objects.values("pk"), **period.of_moments("from_at"))
    related = ("case__permit__item__team", "case__permit__project__case")
    return begun.exclude(reason=Pause.Reason.TURN).select_related(*related)


def _share(**fits: Any) -> Avg:
    return _share_of(Q(**fits))


def _share_of(fits: Any) -> Avg:
    return Avg(Choose(When(fits, then=Value(1.0)), default=Value(0.0), output_field=FloatField()))


PERMIT_COLUMNS = (
    RowColumn(_("Number"), lambda p: p.case.number),
    RowColumn(_("Item"), lambda p: p.item.label),
    RowColumn(_("Project"), lambda p: p.project.case.title),
    RowColumn(_("Department"), lambda p: p.item.team.label),
    RowColumn(_("Accepted at"), lambda p: short_moment(p.accepted_at)),
    RowColumn(_("Decided at"), lambda p: short_moment(p.decided_at)),
    RowColumn(_("Result"), lambda p: str(p.get_decision_display()) or outcome_label(p.case)),
)
DAYS_COLUMNS = (
    *PERMIT_COLUMNS,
    RowColumn(_("Promised for"), lambda p: short_moment(p.case.promise_due_at)),
    RowColumn(_("Net working days"), lambda p: p.net_days),
    RowColumn(_("Calendar days"), lambda p: p.natural_days),
)


def _ways(item: str, month: str) -> dict[str, Breakdown]:
    return {
        "stage": Breakdown(_("By stage"), f"{item}__stage", dict(ServiceItem.Stage.choices)),
        "item": Breakdown(_("By item"), f"{item}__name", named=True),
        "team": Breakdown(_("By team"), f"{item}__team__name", named=True),
        "month": Breakdown(_("By month"), TruncMonth(month, output_field=DateField())),
    }


def on_permits(
    key: str, label: Any, unit: str, definition: Any, rows: Any, aggregate: Any, columns: Any, **more: Any
) -> None:
    """An indicator over permits, for the department in charge of their item."""
    ways = more.pop("ways", None) or _ways("item", "decided_at")
    register(
        Indicator(
            key=key,
            label=label,
            unit=unit,
            definition=definition,
            rows=rows,
            aggregate=aggregate,
            columns=columns,
            breakdowns=ways,
            case_path="pk",
            team_path="item__team",
            **more,
        )
    )


on_permits(
    "approvals.permits_decided",
    _("Permits decided"),
    "permits",
    _("Permits granted, refused, or withdrawn after acceptance, in the period."),
    ended,
    Count("pk"),
    PERMIT_COLUMNS,
    ways={
        "outcome": Breakdown(
            _("By result"),
            Choose(When(decision="", then=F("case__outcome")), default=F("decision")),
            {
                "granted": _("granted"),
                "refused": _("refused"),
                "withdrawn": _("withdrawn"),
                "recalled": _("no longer needed"),
            },
        ),
        **_ways("item", "case__closed_at"),
    },
)
on_permits(
    "approvals.permit_avg_days",
    _("A permit, net working days on average"),
    "working days",
    _("Mean of the working days from acceptance to decision, pauses not counted; decided in the period."),
    decided,
    Avg("net_days"),
    DAYS_COLUMNS,
)
on_permits(
    "approvals.permit_elapsed_days",
    _("A permit, calendar days on average"),
    "days",
    _("Mean of the calendar days from acceptance to decision, pauses and rest days included."),
    decided,
    Avg("natural_days"),
    DAYS_COLUMNS,
)
on_permits(
    "approvals.permit_on_time_rate",
    _("Permits decided on time"),
    "ratio",
    _("Share of the permits decided in the period that were decided by the promised time."),
    with_promise,
    _share(decided_at__lte=F("case__promise_due_at")),
    DAYS_COLUMNS,
    least=SMALLEST,
)
on_permits(
    "approvals.first_time_acceptance_rate",
    _("Accepted without a supplement"),
    "ratio",
    _("Share of the permits accepted in the period for which nothing had to be supplied later."),
    accepted,
    _share_of(~Q(pk__in=SUPPLEMENTED.values("case"))),
    PERMIT_COLUMNS,
    least=SMALLEST,
    ways=_ways("item", "accepted_at"),
)
register(
    Indicator(
        key="approvals.pauses",
        label=_("Pauses of permits"),
        unit="pauses",
        definition=_("Pauses of permits that began in the period: read by reason, a misuse shows."),
        rows=pauses,
        aggregate=Count("pk"),
        columns=(
            RowColumn(_("Number"), lambda u: u.case.number),
            RowColumn(_("Item"), lambda u: u.case.permit.item.label),
            RowColumn(_("Project"), lambda u: u.case.permit.project.case.title),
            RowColumn(_("Department"), lambda u: u.case.permit.item.team.label),
            RowColumn(_("Reason"), lambda u: str(u.get_reason_display())),
            RowColumn(_("From"), lambda u: short_moment(u.from_at)),
            RowColumn(_("Until"), lambda u: short_moment(u.to_at)),
        ),
        breakdowns={
            "reason": Breakdown(_("By reason"), "reason", dict(Pause.Reason.choices)),
            **_ways("case__permit__item", "from_at"),
        },
        case_path="case_id",
        team_path="case__permit__item__team",
    )
)
