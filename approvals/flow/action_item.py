"""The flow of an action item: what a progress meeting agreed on, with its team and day."""

from django.utils.translation import gettext_lazy as _

from approvals import actions, forms
from approvals.access import ACTION_ITEM, PROJECT
from approvals.models import ActionItem
from portal.cases.declaration import Flow, Opening, Step, Transition, register, within, working_days

register(
    Flow(
        kind=ACTION_ITEM,
        label=_("Action item"),
        prefix="JD",
        part_of=PROJECT,
        facts=ActionItem,
        facts_related=("meeting__project__case",),
        facts_template="approvals/_action_item_facts.html",
        facts_public=("due_on", "result"),
        opening=Opening(
            who=("handler",),
            step="doing",
            form=forms.ActionItemForm,
            create=actions.create_action_item,
            title=lambda data: data["what"],
            tells=("team", "enterprise"),
        ),
        steps=(
            # The day that was agreed on takes its place.
            Step("doing", _("To be done"), limit=within(working_days(10))),
            Step(
                "checking",
                _("Check"),
                limit=within(working_days(3)),
                plain=_("The project team checks it"),
            ),
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
                effect=actions.report_item,
                tells=("parent_handler", "enterprise"),
                primary=True,
                done=_("reported the result"),
            ),
            Transition(
                "confirm",
                _("It is done"),
                ("checking",),
                "done",
                who=("parent_handler", "enterprise"),
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
                who=("parent_handler", "enterprise"),
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
    )
)
