"""The kernel's own indicators: what holds for every kind of case."""

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from portal.cases.models import Alert
from portal.cases.presenting.words import short_moment
from portal.park.models import Enterprise
from portal.reports.declaration import Breakdown, Indicator, Period, RowColumn, register

register(
    Indicator(
        key="stations.settled_entities",
        label=_("Entities settled in the park"),
        unit="entities",
        definition=_("Enterprises that settled in the park in the period."),
        rows=lambda p: Enterprise.objects.filter(**p.of_days("settled_on")),
        aggregate=Count("pk"),
        columns=(
            RowColumn(_("Credit code"), lambda e: e.uscc),
            RowColumn(_("Name"), lambda e: e.name),
            RowColumn(_("Industry"), lambda e: e.industry),
            RowColumn(_("Settled"), lambda e: e.settled_on),
        ),
        breakdowns={
            "industry": Breakdown(_("By industry"), "industry"),
            "size": Breakdown(_("By size"), "size", dict(Enterprise.Size.choices)),
        },
    )
)


def alerts(period: Period) -> object:
    return Alert.objects.filter(**period.of_moments("at")).select_related("case__team", "case__enterprise")


register(
    Indicator(
        key="cases.escalations",
        label=_("Escalations"),
        unit="alerts",
        definition=_("Rungs of the ladder that cases reached in the period; level 1 is the early warning."),
        rows=alerts,  # type: ignore[arg-type]  # a query set of alerts
        aggregate=Count("pk"),
        columns=(
            RowColumn(_("Number"), lambda a: a.case.number),
            RowColumn(_("Title"), lambda a: a.case.title),
            RowColumn(_("Team"), lambda a: a.case.team.label),
            RowColumn(_("Level"), lambda a: a.level),
            RowColumn(_("Moment"), lambda a: short_moment(a.at)),
        ),
        breakdowns={
            "level": Breakdown(_("By level"), "level"),
            "team": Breakdown(_("By team"), "case__team__name", named=True),
        },
        case_path="case_id",
        team_path="case__team",
    )
)
