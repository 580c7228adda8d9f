"""Indicators of construction projects and of land: the figures that the article names, and vacancies."""

from __future__ import annotations

from typing import Any

from django.db.models import (
    Avg,
    Count,
    DateField,
    Exists,
    ExpressionWrapper,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models import Case as Choose
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from approvals.models import Parcel, Permit, Procedure, Project
from approvals.reports.held import project_days
from portal.reports.declaration import Breakdown, Indicator, Period, RowColumn, register
from portal.worktime.clock import local

ROLES = {"leader": _("leader"), "task_force": _("task force"), "butler": _("butler")}
# What the total time of a project ends with, once granted: as a rule the construction permit.
GRANTED = Permit.objects.filter(decision=Permit.Decision.GRANTED, item__ends_total=True)
PHASED = GRANTED.exclude(Q(phase_label="") & (Q(place=None) | Q(place__phase=0)))


def built_anew(period: Period) -> QuerySet[Any]:
    """New construction whose last construction permit was granted in the period, with its net days."""
    own = GRANTED.filter(project=OuterRef("pk"))
    last = own.order_by("-decided_at").values("decided_at")[:1]
    later = own.filter(decided_at__gte=period.ends_before)
    granted = GRANTED.filter(**period.of_moments("decided_at")).values("project")
    found: QuerySet[Any] = Project.objects.filter(~Exists(later), is_new_construction=True, pk__in=granted)
    found = found.annotate(permitted_at=Subquery(last), net_days=project_days())
    return found.select_related("case__enterprise", "case__team")


def begun_with_the_land(period: Period) -> QuerySet[Any]:
    """拿地即开工 with a phase of the construction permit granted in the period."""
    phased = PHASED.filter(**period.of_moments("decided_at")).values("project")
    found = Project.objects.filter(mode=Procedure.Mode.LAND_TO_CONSTRUCTION, pk__in=phased)
    return found.select_related("case__enterprise", "case__team", "parcel")


def recovered(period: Period) -> QuerySet[Any]:
    return Parcel.objects.filter(**period.of_days("recovered_on")).select_related("holder")


def short_of_people(_period: Period) -> QuerySet[Any]:
    """Key projects under way in which one of the three roles is vacant, with the number of those."""
    vacant: Any = sum(
        (
            Choose(When(**{name: None}, then=Value(1)), default=Value(0), output_field=IntegerField())
            for name in ROLES
        ),
        Value(0),
    )
    running = Project.objects.filter(is_key=True, case__closed_at=None).annotate(vacancies=vacant)
    return running.filter(vacancies__gt=0).select_related("case__enterprise", "case__team")


def _vacant(project: Project) -> str:
    return _now(", ").join(str(ROLES[name]) for name in project.vacant_roles)


PROJECT = (
    RowColumn(_("Number"), lambda p: p.case.number),
    RowColumn(_("Project"), lambda p: p.case.title),
    RowColumn(_("Enterprise"), lambda p: p.case.enterprise.label if p.case.enterprise else ""),
    RowColumn(_("Mode"), lambda p: str(p.get_mode_display())),
)
NEW = (
    *PROJECT,
    RowColumn(_("Last construction permit"), lambda p: local(p.permitted_at).date()),
    RowColumn(_("Net working days"), lambda p: p.net_days),
    RowColumn(_("Working days before the reform"), lambda p: p.baseline_days),
)
MODE = Breakdown(_("By mode"), "mode", dict(Procedure.Mode.choices))
TEAM = Breakdown(_("By team"), "case__team__name", named=True)
NEW_WAYS = {
    "mode": MODE,
    "month": Breakdown(_("By month"), TruncMonth("permitted_at", output_field=DateField())),
    "team": TEAM,
}
PARCEL = (
    RowColumn(_("Code"), lambda p: p.code),
    RowColumn(_("Parcel"), lambda p: p.name),
    RowColumn(_("Area (mu)"), lambda p: p.area_mu),
    RowColumn(_("Recovered on"), lambda p: p.recovered_on),
    RowColumn(_("Way of recovery"), lambda p: str(p.get_recovery_mode_display())),
    RowColumn(_("Price (yuan)"), lambda p: p.recovery_amount),
    RowColumn(_("Hand-over planned for"), lambda p: p.planned_delivery_on),
    RowColumn(_("Handed over on"), lambda p: p.delivered_on),
    RowColumn(_("Assigned to the project"), lambda p: p.assigned_number),
)
PARCEL_WAYS = {
    "way": Breakdown(_("By way of recovery"), "recovery_mode", dict(Parcel.RecoveryMode.choices)),
    "month": Breakdown(_("By month"), TruncMonth("recovered_on", output_field=DateField())),
}


def on_projects(
    key: str, label: Any, unit: str, definition: Any, rows: Any, aggregate: Any, columns: Any, ways: Any,
    **more: Any,
) -> None:  # fmt: skip
    """An indicator over projects."""
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
            team_path="case__team",
            **more,
        )
    )


def on_parcels(key: str, label: Any, unit: str, definition: Any, aggregate: Any) -> None:
    """An indicator over recovered parcels."""
    register(
        Indicator(
            key=key,
            label=label,
            unit=unit,
            definition=definition,
            rows=recovered,
            aggregate=aggregate,
            columns=PARCEL,
            breakdowns=PARCEL_WAYS,
        )
    )


on_projects(
    "approvals.new_project_avg_working_days",
    _("New construction: all approvals, on average"),
    "working days",
    _(
        "Mean, over new construction whose last construction permit was granted in the period, of the "
        "working days on which at least one of its permits lay with the park: each day once, pauses not "
        "counted."
    ),
    built_anew,
    Avg("net_days"),
    NEW,
    NEW_WAYS,
)
on_projects(
    "approvals.new_project_compression_rate",
    _("New construction: time saved"),
    "ratio",
    _("One less the mean of the working days used by the mean of what such projects took before the reform."),
    built_anew,
    ExpressionWrapper(Value(1) - Avg("net_days") / Avg("baseline_days"), output_field=FloatField()),
    NEW,
    NEW_WAYS,
)
on_projects(
    "approvals.land_to_construction_projects",
    _("Work begins with the land"),
    "projects",
    _(
        "Projects in which work begins with the land, with at least one phase of the construction permit "
        "granted in the period."
    ),
    begun_with_the_land,
    Count("pk"),
    (*PROJECT, RowColumn(_("Parcel"), lambda p: str(p.parcel or ""))),
    {"team": TEAM},
)
on_parcels(
    "approvals.recovered_parcel_mu",
    _("Land recovered"),
    "mu",
    _("Area of the parcels that the park took back in the period."),
    Sum("area_mu"),
)
on_parcels(
    "approvals.recovered_parcel_amount",
    _("Price of the land recovered"),
    "yuan",
    _("What was paid for the parcels that the park took back in the period."),
    Sum("recovery_amount"),
)
on_projects(
    "approvals.key_project_vacancies",
    _("Key projects: vacant roles"),
    "roles",
    _("How many of the three roles (leader, task force, butler) nobody holds, in key projects under way."),
    short_of_people,
    Sum("vacancies"),
    (*PROJECT, RowColumn(_("Vacant"), _vacant)),
    {"team": TEAM, "mode": MODE},
    dated=False,
)
