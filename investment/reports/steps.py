"""The funnel: where open leads stand, how long a step takes, and where nobody does anything."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, CharField, IntegerField, QuerySet, Subquery, Value, When
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from investment.access import LEAD as KIND
from investment.actions import STEPS as TEN
from investment.actions.idling import AWAY
from investment.flow.steps import STEPS
from investment.models import IDLE_AFTER
from investment.reports.columns import LEAD, STEP_LABELS, by_quarter
from investment.reports.leads import counted, on_leads
from portal.cases.models import StepLog
from portal.cases.presenting.words import short_moment
from portal.reports.declaration import Breakdown, Indicator, Percentile, Period, RowColumn, register
from portal.worktime.clock import ZONE, local
from portal.worktime.models import WorkDay
from portal.worktime.now import now


def by_step(path: str) -> Breakdown:
    """In the order of the steps, which is not that of their names."""
    places = {step.name: place for place, step in enumerate(STEPS)}
    whens = [When(**{path: name}, then=Value(place)) for name, place in places.items()]
    labels = {place: STEP_LABELS[name] for name, place in places.items()}
    return Breakdown(_("By step"), Case(*whens, output_field=IntegerField()), labels)


def open_leads(_period: Period) -> QuerySet[Any]:
    """Leads that are neither handed over nor lost."""
    return counted().filter(case__closed_at=None)


def idling(period: Period) -> QuerySet[Any]:
    """Those for which nobody has done anything for the days of the first light.

    The rule of `actions.idling`, with the calendar read in the same statement: figures of a page are one.
    """
    acted = TruncDate("last_action_at", tzinfo=ZONE)
    whens = [When(acted_on__lt=_cutoff(level), then=Value(str(level))) for level in (3, 2, 1)]
    found = open_leads(period).exclude(case__step__in=AWAY).annotate(acted_on=acted)
    lit: QuerySet[Any] = found.filter(acted_on__lt=_cutoff(1)).annotate(
        light=Case(*whens, output_field=CharField())
    )
    return lit


def _cutoff(level: int) -> Subquery:
    """The working day before which the last action of such a lead lies."""
    today = WorkDay.objects.filter(date=local(now()).date()).values("ordinal")
    first = WorkDay.objects.filter(is_working=True, ordinal=Subquery(today) - IDLE_AFTER[level - 1])
    return Subquery(first.values("date")[:1])


def finished(period: Period) -> QuerySet[Any]:
    """Stays in one of the ten steps, left in the period by somebody: what came by ledger tells no days."""
    found = StepLog.objects.filter(
        case__kind=KIND, step__in=TEN, used_days__isnull=False, **period.of_moments("left_at")
    )
    return found.exclude(left_via="imported").select_related("case", "team")


# The days of IDLE_AFTER.
LIGHTS = {
    "1": _("Yellow: 15 working days or more"),
    "2": _("Red: 30 working days or more"),
    "3": _("Due for the pool: 60 working days or more"),
}

on_leads(
    "open_leads",
    _("Open leads"),
    _("Leads that are neither handed over nor lost, by the step in which they stand."),
    open_leads,
    unit="leads",
    columns=LEAD,
    ways={"step": by_step("case__step")},
    dated=False,
)
on_leads(
    "idle_leads",
    _("Leads for which nothing is done"),
    _("Open leads for which nobody has done anything for 15 working days or more."),
    idling,
    unit="leads",
    columns=(*LEAD, RowColumn(_("Last action"), lambda lead: short_moment(lead.last_action_at))),
    ways={"light": Breakdown(_("By light"), "light", LIGHTS), "step": by_step("case__step")},
    dated=False,
)
register(
    Indicator(
        key="investment.step_days",
        label=_("Working days in a step of a lead, median"),
        unit="working days",
        definition=_("Half of the stays of leads in a step, left in the period, took at most so many."),
        rows=finished,
        aggregate=Percentile("used_days", 0.5),
        columns=(
            RowColumn(_("Number"), lambda s: s.case.number),
            RowColumn(_("Step"), lambda s: str(STEP_LABELS[s.step])),
            RowColumn(_("Task force"), lambda s: s.team.label),
            RowColumn(_("Left"), lambda s: short_moment(s.left_at)),
            RowColumn(_("Net working days"), lambda s: s.used_days),
        ),
        breakdowns={
            "step": by_step("step"),
            "task_force": Breakdown(_("By task force"), "team__name", named=True),
            **by_quarter("left_at", moment=True),
        },
        case_path="case_id",
        team_path="team",
        least=5,
    )
)
