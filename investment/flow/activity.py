"""The flow of an activity: planned, held, reported within three working days; or called off with a reason."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from investment import forms
from investment.access import ACTIVITY
from investment.actions import activities
from investment.models import Activity
from portal.cases.declaration import (
    Flow,
    Opening,
    Step,
    Transition,
    Unlimited,
    register,
    within,
    working_days,
)
from portal.cases.flow.common import CHILD_LADDER

register(
    Flow(
        kind=ACTIVITY,
        label=_("Investment activity"),
        prefix="HD",
        public=False,
        facts=Activity,
        facts_related=("leader",),
        facts_template="investment/_activity_facts.html",
        facts_internal=(
            "kind",
            "batch",
            "begins_on",
            "ends_on",
            "place",
            "investor_name",
            "purpose",
            "summary",
        ),
        notes=("summary",),
        opening=Opening(
            who=("task_forces",),
            step="planned",
            form=forms.PlanForm,
            create=activities.plan,
            title=activities.title_of,
            text=lambda data: f"{data['place']} {data['investor_name']} {data['purpose']}",
            team=activities.team_of,
        ),
        steps=(
            Step("planned", _("Planned"), limit=Unlimited(_("until it has taken place"))),
            Step("to_report", _("To be reported"), limit=within(working_days(3))),
            Step("reported", _("Reported"), outcome="reported"),
            Step("called_off", _("Called off"), outcome="called_off", rail=False),
        ),
        transitions=(
            Transition(
                "report",
                _("Report on it"),
                ("planned", "to_report"),
                "reported",
                who=("team",),
                form=forms.ReportForm,
                guard=activities.begun,
                effect=activities.report,
                tells=("heads",),
                primary=True,
                done=_("reported on it"),
            ),
            Transition(
                "change",
                _("Change the plan"),
                ("planned",),
                "",
                who=("team",),
                form=forms.ChangePlanForm,
                effect=activities.change,
                done=_("changed the plan"),
            ),
            Transition(
                "hold",
                _("It has taken place"),
                ("planned",),
                "to_report",
                who=("system",),
                guard=activities.over,
                tells=("handler",),
                done=_("noted that it has taken place: the report is due in three working days"),
            ),
            Transition(
                "call_off",
                _("Call it off"),
                ("planned", "to_report"),
                "called_off",
                who=("team",),
                reason_required=True,
                grave=True,
                done=_("called it off"),
            ),
        ),
        outcomes={"reported": _("reported"), "called_off": _("called off")},
        ladder=CHILD_LADDER,
    )
)
