"""The flow of a land approval (用地报批), and of the lines of its checklist.

Lists, not memory: each line has one owner and one day, and is a case with its own clock and ladder; a
weekly meeting looks at what is late. Of staff only: the land belongs to nobody yet.
Source: dossier, section 1, row 52.
"""

from django.utils.translation import gettext_lazy as _

from approvals import actions, forms
from approvals.access import LAND_APPROVAL, LAND_TASK
from approvals.models import LandApproval, LandTask
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

register(
    Flow(
        kind=LAND_APPROVAL,
        label=_("Land approval"),
        prefix="YD",
        public=False,
        facts=LandApproval,
        facts_related=("parcel",),
        facts_template="approvals/_land_approval_facts.html",
        facts_internal=("parcel",),
        opening=Opening(
            who=("land_desk",),
            step="preparing",
            form=forms.LandApprovalForm,
            create=actions.create_land_approval,
            team=actions.land_team,
        ),
        steps=(
            Step("preparing", _("Checklist under way"), limit=Unlimited(_("each line has its own clock"))),
            Step("approved", _("Approved"), outcome="approved"),
            Step("given_up", _("Given up"), outcome="given_up", rail=False),
        ),
        transitions=(
            Transition(
                "add_lines",
                _("Add lines to the checklist"),
                ("preparing",),
                "",
                who=("handler",),
                form=forms.LinesForm,
                effect=actions.add_lines,
                primary=True,
                done=_("added lines to the checklist"),
                help=_("Each line is a case of the team that owns it"),
            ),
            Transition(
                "hold_dispatch",
                _("Record a dispatch meeting"),
                ("preparing",),
                "",
                who=("handler",),
                form=forms.DispatchForm,
                effect=actions.hold_dispatch,
                tells=("team", "leader_in_charge"),
                done=_("recorded a dispatch meeting"),
                help=_("Who was there, what was decided, which lines get another day"),
            ),
            Transition(
                "approve",
                _("The land is approved"),
                ("preparing",),
                "approved",
                who=("heads", "section_heads"),
                ready=actions.no_lines_open,
                effect=actions.end_land_approval,
                reason_required=True,
                tells=("team", "leader_in_charge"),
                done=_("noted that the land is approved"),
            ),
            Transition(
                "give_up",
                _("Give the land approval up"),
                ("preparing",),
                "given_up",
                who=("heads",),
                effect=actions.end_land_approval,
                reason_required=True,
                tells=("team",),
                grave=True,
                done=_("gave the land approval up"),
                help=_("Recalls all open lines"),
            ),
        ),
        outcomes={"approved": _("approved"), "given_up": _("given up")},
    )
)

register(
    Flow(
        kind=LAND_TASK,
        label=_("Line of a land approval"),
        prefix="BP",
        public=False,
        facts=LandTask,
        facts_related=("approval__parcel",),
        facts_template="approvals/_land_task_facts.html",
        facts_internal=("due_on", "result"),
        opening=Opening(
            who=("handler",),
            step="doing",
            form=forms.LandTaskForm,
            create=actions.create_land_task,
            title=lambda data: data["what"],
        ),
        steps=(
            # The day that was agreed on takes its place.
            Step("doing", _("To be done"), limit=within(working_days(20))),
            Step("checking", _("Check"), limit=within(working_days(3))),
            Step("done", _("Done"), outcome="done"),
            Step("recalled", _("No longer needed"), outcome="recalled", rail=False),
        ),
        transitions=(
            Transition(
                "report",
                _("Report the result"),
                ("doing",),
                "checking",
                who=("handler",),
                form=forms.ResultForm,
                effect=actions.report_land_task,
                tells=("parent_handler",),
                primary=True,
                done=_("reported the result"),
            ),
            Transition(
                "confirm",
                _("It is done"),
                ("checking",),
                "done",
                who=("parent_handler", "parent_team"),
                not_by=("report",),  # who did it does not close it (dossier, section 4)
                tells=("handler",),
                primary=True,
                done=_("confirmed that it is done"),
            ),
            Transition(
                "send_back",
                _("Send back"),
                ("checking",),
                "doing",
                who=("parent_handler", "parent_team"),
                reason_required=True,
                tells=("handler",),
                grave=True,
                done=_("sent it back"),
            ),
            Transition(
                "recall",
                _("Recall"),
                ("doing", "checking"),
                "recalled",
                who=("parent_handler", "system"),
                while_paused=True,
                tells=("handler",),
                grave=True,
                done=_("recalled it"),
            ),
        ),
        outcomes={"done": _("done"), "recalled": _("no longer needed")},
        verbs={"moved_day": _("a dispatch meeting set another day")},
    )
)
