"""Who works on investment: task forces, envoys and advisers; awards, and universities."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from investment.models import Award, Envoy, Partnership
from portal.park.models import Team
from portal.reports.declaration import Breakdown, Indicator, Period, RowColumn, register
from portal.worktime.clock import local
from portal.worktime.now import now


def in_office(_period: Period) -> QuerySet[Any]:
    """Envoys and advisers whose term runs today."""
    today = local(now()).date()
    return Envoy.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), appointed_on__lte=today)


def quarters(period: Period) -> QuerySet[Any]:
    """City awards of the quarters that the period touches. Quarters sort as they are written.

    What names no task force was given to the park; so was the city's 骏马奖, whoever is named with it.
    """
    found = Award.objects.filter(Q(team=None) | Q(name__contains="骏马奖"))
    if period.date_from is not None:
        found = found.filter(quarter__gte=_quarter(period.date_from))
    if period.date_to is not None:
        found = found.filter(quarter__lte=_quarter(period.date_to))
    return found.select_related("team")


def _quarter(day: Any) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


register(
    Indicator(
        key="investment.task_forces",
        label=_("Task forces"),
        unit="teams",
        definition=_("Active task forces for investment."),
        rows=lambda _p: Team.objects.filter(kind=Team.Kind.TASK_FORCE, active=True),
        aggregate=Count("pk"),
        columns=(
            RowColumn(_("Task force"), lambda team: team.label),
            RowColumn(_("Industry"), lambda team: team.industry),
        ),
        team_path="pk",
        dated=False,
    )
)
register(
    Indicator(
        key="investment.envoys",
        label=_("Envoys and advisers"),
        unit="people",
        definition=_("Envoys and advisers whose term runs today."),
        rows=in_office,
        aggregate=Count("pk"),
        columns=(
            RowColumn(_("Number"), lambda e: e.number),
            RowColumn(_("Name"), lambda e: e.name),
            RowColumn(_("Kind"), lambda e: str(e.get_kind_display())),
            RowColumn(_("Field"), lambda e: e.field),
            RowColumn(_("Appointed on"), lambda e: e.appointed_on),
        ),
        breakdowns={"kind": Breakdown(_("By kind"), "kind", dict(Envoy.Kind.choices))},
        dated=False,
    )
)
register(
    Indicator(
        key="investment.steed_award_quarters",
        label=_("Quarters with a city award"),
        unit="quarters",
        definition=_("Quarters that the period touches for which the park has a city award on record."),
        rows=quarters,
        aggregate=Count("quarter", distinct=True),
        columns=(
            RowColumn(_("Number"), lambda a: a.number),
            RowColumn(_("Award"), lambda a: a.name),
            RowColumn(_("Quarter"), lambda a: a.quarter),
        ),
        breakdowns={"quarter": Breakdown(_("By quarter"), "quarter")},
    )
)
register(
    Indicator(
        key="investment.university_partners",
        label=_("Partner universities"),
        unit="universities",
        definition=_("Universities with a cooperation that the park brokered, signed in the period."),
        rows=lambda period: Partnership.objects.filter(**period.of_days("signed_on")).select_related(
            "enterprise"
        ),
        aggregate=Count("university", distinct=True),
        columns=(
            RowColumn(_("Number"), lambda p: p.number),
            RowColumn(_("University"), lambda p: p.university),
            RowColumn(_("Enterprise"), lambda p: p.enterprise.label),
            RowColumn(_("Topic"), lambda p: p.topic),
            RowColumn(_("Signed on"), lambda p: p.signed_on),
        ),
        breakdowns={"university": Breakdown(_("By university"), "university")},
    )
)
