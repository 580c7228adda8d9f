"""The stations' indicators. Definitions: the figures that the article names, and service quality."""

from __future__ import annotations

from typing import Any

from django.db.models import (
    Avg,
    Case,
    Count,
    DateField,
    Exists,
    F,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from portal.cases import boards
from portal.cases.flow import FOLLOW_UP
from portal.cases.models import Case as CaseRow
from portal.cases.models import Rating, StepLog
from portal.cases.presenting.words import outcome_label, short_moment
from portal.reports.declaration import Breakdown, Indicator, Percentile, Period, RowColumn, register
from stations.flow import REQUEST
from stations.models import NOTED_STEP, Category, Station

KIND = "stations.request"
SMALLEST = 5  # shares of fewer rows are hidden (dossier, section 4: small samples)


def closed(period: Period) -> QuerySet[Any]:
    """Requests that the park closed in the period: not what was withdrawn, or merged into another one."""
    found = CaseRow.objects.filter(kind=KIND, **period.of_moments("closed_at"))
    answered = found.exclude(outcome__in=REQUEST.unrated_outcomes)
    return answered.select_related("enterprise", "team", "request__first_team")


def with_promise(period: Period) -> QuerySet[Any]:
    return closed(period).filter(promise_due_at__isnull=False)


REQUEST_COLUMNS = (
    RowColumn(_("Number"), lambda c: c.number),
    RowColumn(_("Title"), lambda c: c.title),
    RowColumn(_("Enterprise"), lambda c: c.enterprise.label if c.enterprise else ""),
    RowColumn(_("Station"), lambda c: c.request.first_team.label),
    RowColumn(_("Category"), lambda c: str(Category(c.request.category).label)),
    RowColumn(_("Result"), outcome_label),
    RowColumn(_("Promised for"), lambda c: short_moment(c.promise_due_at)),
    RowColumn(_("Closed at"), lambda c: short_moment(c.closed_at)),
    RowColumn(_("Net working days"), lambda c: c.used_days),
)
REQUEST_WAYS = {
    "station": Breakdown(_("By station"), "request__first_team__name", named=True),
    "category": Breakdown(_("By category"), "request__category", dict(Category.choices)),
    "month": Breakdown(_("By month"), TruncMonth("closed_at", output_field=DateField())),
}

register(
    Indicator(
        key="stations.stations",
        label=_("Service stations"),
        unit="stations",
        definition=_("Active service stations."),
        rows=lambda _p: Station.objects.filter(team__active=True).select_related("team"),
        aggregate=Count("pk"),
        columns=(
            RowColumn(_("Station"), lambda s: s.team.label),
            RowColumn(_("Address"), lambda s: s.address),
            RowColumn(_("Phone"), lambda s: s.phone),
        ),
        dated=False,
    )
)


def on_request(
    key: str, label: Any, unit: str, definition: Any, rows: Any, aggregate: Any, least: int = 0
) -> None:
    """An indicator over closed requests."""
    register(
        Indicator(
            key=key,
            label=label,
            unit=unit,
            definition=definition,
            rows=rows,
            aggregate=aggregate,
            columns=REQUEST_COLUMNS,
            breakdowns=REQUEST_WAYS,
            case_path="pk",
            team_path="request__first_team",
            least=least,
        )
    )


on_request(
    "stations.requests_resolved",
    _("Requests resolved"),
    "requests",
    _("Service requests closed as resolved in the period."),
    lambda p: closed(p).filter(outcome="resolved"),
    Count("pk"),
)
on_request(
    "stations.on_time_share",
    _("Closed on time"),
    "ratio",
    _("Share of the requests closed in the period that were closed by the promised time."),
    with_promise,
    Avg(
        Case(
            When(closed_at__lte=F("promise_due_at"), then=Value(1.0)),
            default=Value(0.0),
            output_field=FloatField(),
        )
    ),
    SMALLEST,
)
on_request(
    "stations.net_days_median",
    _("Net working days, median"),
    "working days",
    _("Half of the requests closed in the period took at most so many net working days."),
    with_promise,
    Percentile("used_days", 0.5),
    SMALLEST,
)
on_request(
    "stations.net_days_p90",
    _("Net working days, 90th percentile"),
    "working days",
    _("Nine in ten of the requests closed in the period took at most so many net working days."),
    with_promise,
    Percentile("used_days", 0.9),
    SMALLEST,
)

# A follow-up of a rating that was set aside is none: the request did not come back by a fault of the park.
FOLLOW_UPS = CaseRow.objects.filter(
    parent=OuterRef("pk"), kind=FOLLOW_UP, follow_up__rating__set_aside_at=None
)


def with_follow_up(period: Period) -> QuerySet[Any]:
    """Closed requests, each with the number of the follow-up by which it was opened again, if any."""
    found: QuerySet[Any] = closed(period).annotate(follow_up_number=Subquery(FOLLOW_UPS.values("number")[:1]))
    return found


register(
    Indicator(
        key="stations.reopened_share",
        label=_("Opened again"),
        unit="ratio",
        definition=_(
            "Share of the requests closed in the period that a low rating has opened again; "
            "ratings that a review has set aside do not count."
        ),
        rows=with_follow_up,
        aggregate=Avg(
            Case(When(Exists(FOLLOW_UPS), then=Value(1.0)), default=Value(0.0), output_field=FloatField())
        ),
        columns=(*REQUEST_COLUMNS, RowColumn(_("Follow-up"), lambda c: c.follow_up_number or "—")),
        breakdowns=REQUEST_WAYS,
        case_path="pk",
        team_path="request__first_team",
        least=SMALLEST,
    )
)


def ratings(period: Period) -> QuerySet[Any]:
    """The ratings of requests that count, by the moment at which they were given."""
    counted: QuerySet[Any] = Rating.objects.counted().select_related(
        "case__enterprise", "case__request__first_team"
    )
    return counted.filter(case__kind=KIND, **period.of_moments("rated_at"))


register(
    Indicator(
        key="stations.rating_average",
        label=_("Average rating"),
        unit="score",
        definition=_(
            "Mean of the ratings of requests given in the period. Silence is no rating; what a review "
            "has set aside does not count."
        ),
        rows=ratings,
        aggregate=Avg("level"),
        columns=(
            RowColumn(_("Number"), lambda r: r.case.number),
            RowColumn(_("Title"), lambda r: r.case.title),
            RowColumn(_("Station"), lambda r: r.case.request.first_team.label),
            RowColumn(_("Rating"), lambda r: str(r.get_level_display())),
            RowColumn(_("Comment"), lambda r: r.comment),
            RowColumn(_("Rated at"), lambda r: short_moment(r.rated_at)),
        ),
        breakdowns={
            "station": Breakdown(_("By station"), "case__request__first_team__name", named=True),
            "level": Breakdown(_("By level"), "level", dict(Rating.Level.choices)),
        },
        case_path="case_id",
        team_path="case__request__first_team",
        least=SMALLEST,
    )
)
STEP_COLUMNS = (
    RowColumn(_("Number"), lambda s: s.case.number),
    RowColumn(_("Step"), lambda s: str(REQUEST.step(s.step).label)),
    RowColumn(_("Team"), lambda s: s.team.label),
    RowColumn(_("Due"), lambda s: short_moment(s.due_at)),
    RowColumn(_("Left"), lambda s: short_moment(s.left_at)),
    RowColumn(_("Net working days"), lambda s: s.used_days),
)
STEP_WAYS = {
    "step": Breakdown(_("By step"), "step", {s.name: s.label for s in REQUEST.steps}),
    "team": Breakdown(_("By team"), "team__name", named=True),
    "month": Breakdown(_("By month"), TruncMonth("left_at", output_field=DateField())),
}


def stays(period: Period) -> QuerySet[Any]:
    """Stays in steps that were left in the period, as the step log keeps them."""
    found = StepLog.objects.filter(case__kind=KIND, used_days__isnull=False, **period.of_moments("left_at"))
    return found.select_related("case", "team")


def limited_stays(period: Period) -> QuerySet[Any]:
    """Those in steps with a limit of their own; where a step has none, the promise of the case rules."""
    return stays(period).filter(met__isnull=False)


def on_steps(key: str, label: Any, unit: str, definition: Any, rows: Any, aggregate: Any) -> None:
    """An indicator over finished steps, for the team that held them."""
    register(
        Indicator(
            key=key,
            label=label,
            unit=unit,
            definition=definition,
            rows=rows,
            aggregate=aggregate,
            columns=STEP_COLUMNS,
            breakdowns=STEP_WAYS,
            case_path="case_id",
            team_path="team",
            least=SMALLEST,
        )
    )


on_steps(
    "stations.steps_on_time_share",
    _("Steps finished in time"),
    "ratio",
    _("Share of the stays in steps with a limit, left in the period, that met it."),
    limited_stays,
    Avg(Case(When(met=True, then=Value(1.0)), default=Value(0.0), output_field=FloatField())),
)
on_steps(
    "stations.step_days_median",
    _("Net working days in a step, median"),
    "working days",
    _("Half of the stays in a step, left in the period, took at most so many; read it by step."),
    stays,
    Percentile("used_days", 0.5),
)
on_steps(
    "stations.step_days_p90",
    _("Net working days in a step, 90th percentile"),
    "working days",
    _("Nine in ten stays in a step, left in the period, took at most so many; read it by step."),
    stays,
    Percentile("used_days", 0.9),
)

# The reminder job judges each clock with its pauses; a case counts from its reminder until the next note.
boards.register(
    boards.Column(
        name="unnoted",
        label=_("No progress note"),
        cases=Q(
            Q(request__noted_at=None) | Q(request__noted_at__lte=F("request__reminded_at")),
            step=NOTED_STEP,
            kind=KIND,
            paused_at=None,
            request__reminded_at__gte=F("entered_at"),
        ),
    )
)
