"""The flow of the capacity review (达产即复核): contract supervision, no licence.

filed by the enterprise → found out on the spot → decided by a panel → time to object → done, or put right
within twelve months and reviewed again; who fails twice is in breach. Source: dossier, section 2, stage 5.
"""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from approvals import actions, forms
from approvals.access import PROJECT, REVIEW
from approvals.models import CapacityReview
from portal.cases.declaration import Flow, Opening, Step, Transition, register, within, working_days
from portal.cases.models import Holder
from portal.worktime.clock import Limit, Unit

YEAR = Limit(Decimal(365), Unit.CALENDAR_DAY)
OPEN = ("filing", "verifying", "panel", "announced", "objected", "rectifying", "default")

register(
    Flow(
        kind=REVIEW,
        label=_("Capacity review"),
        prefix="FH",
        part_of=PROJECT,
        facts=CapacityReview,
        facts_related=("project__case", "project__parcel"),
        facts_template="approvals/_review_facts.html",
        facts_public=("due_on", "round", "result", "excuse", "excused_days", "report", "measures"),
        opening=Opening(
            who=("handler",),
            step="filing",
            form=forms.OpenReviewForm,
            create=actions.begin_review,
            tells=("team", "enterprise", "project_leader", "butler"),
        ),
        steps=(
            Step(
                "filing",
                _("To be filed"),
                limit=within(working_days(20)),
                holder=Holder.ENTERPRISE,
                counts=False,
                plain=_("Please confirm what became of your promises"),
            ),
            Step(
                "verifying", _("Visit"), limit=within(working_days(10)), plain=_("The park looks on the spot")
            ),
            Step("panel", _("Panel"), limit=within(working_days(5)), plain=_("A panel decides")),
            Step(
                "announced",
                _("Time to object"),
                limit=within(working_days(10)),
                holder=Holder.ENTERPRISE,
                counts=False,
                lapse="let_stand",
                plain=_("You can object within ten working days"),
            ),
            Step(
                "objected",
                _("Objection"),
                limit=within(working_days(10)),
                rail=False,
                plain=_("Your objection is examined"),
            ),
            Step(
                "rectifying",
                _("Put right"),
                limit=within(YEAR),
                holder=Holder.ENTERPRISE,
                counts=False,
                rail=False,
                plain=_("You have twelve months to put it right"),
            ),
            Step(
                "default",
                _("Breach"),
                limit=within(working_days(20)),
                rail=False,
                plain=_("The park decides what follows from the breach"),
            ),
            Step("passed", _("Passed"), outcome="met", plain=_("Passed")),
            Step("breached", _("In breach"), outcome="breached", rail=False, plain=_("In breach")),
            Step("recalled", _("No longer needed"), outcome="recalled", rail=False),
        ),
        transitions=(
            Transition(
                "tell",
                _("File the review"),
                ("filing",),
                "verifying",
                who=("enterprise", "filing_agent"),
                form=forms.ActualsForm,
                effect=actions.tell_actuals,
                tells=("team",),
                primary=True,
                done=_("said what became of the promises"),
            ),
            Transition(
                "verify",
                _("Record the visit"),
                ("verifying",),
                "panel",
                who=("handler",),
                form=forms.FindingsForm,
                effect=actions.find_actuals,
                keeps_assignee=False,
                tells=("heads", "section_heads"),
                primary=True,
                done=_("recorded the visit"),
                help=_("The result follows by rule"),
            ),
            Transition(
                "settle",
                _("Decide"),
                ("panel", "objected"),
                "announced",
                who=("heads", "section_heads"),
                form=forms.MeasuresForm,
                ready=actions.found_out,
                effect=actions.settle,
                not_by=("verify",),
                keeps_assignee=False,
                tells=("enterprise", "project_leader", "butler"),
                primary=True,
                done=_("decided on the review"),
                help=_("Ten working days to object begin"),
            ),
            Transition(
                "look_again",
                _("Look again"),
                ("panel", "objected"),
                "verifying",
                who=("heads", "section_heads"),
                reason_required=True,
                keeps_assignee=False,
                tells=("team", "enterprise"),
                grave=True,
                done=_("had it looked at again"),
            ),
            Transition(
                "object",
                _("Object"),
                ("announced",),
                "objected",
                who=("enterprise",),
                effect=actions.object_to_result,
                reason_required=True,
                tells=("team", "heads"),
                grave=True,
                done=_("objected to the result"),
            ),
            Transition(
                "agree",
                _("Agree"),
                ("announced",),
                "passed",
                who=("enterprise",),
                effect=actions.follow,
                may_lead_to=("rectifying", "default"),
                tells=("team",),
                primary=True,
                done=_("agreed to the result"),
            ),
            Transition(
                "let_stand",
                _("The result stands"),
                ("announced",),
                "passed",
                who=("system",),
                effect=actions.follow,
                may_lead_to=("rectifying", "default"),
                tells=("team", "enterprise"),
                done=_("let the result stand: nobody objected in time"),
            ),
            Transition(
                "note_progress",
                _("Quarterly check"),
                ("rectifying",),
                "",
                who=("handler",),
                form=forms.NoteForm,
                tells=("enterprise",),
                done=_("looked how it is being put right"),
            ),
            Transition(
                "report_again",
                _("It is put right"),
                ("rectifying",),
                "filing",
                who=("enterprise", "filing_agent", "handler"),
                effect=actions.begin_second_round,
                tells=("team", "enterprise"),
                primary=True,
                done=_("asked for the second review"),
            ),
            Transition(
                "enforce",
                _("Enforce the contract"),
                ("default",),
                "breached",
                who=("heads",),
                form=forms.MeasuresForm,
                effect=actions.enforce,
                tells=("enterprise", "project_leader", "butler"),
                grave=True,
                done=_("enforced the contract"),
            ),
            Transition(
                "recall",
                _("Recall"),
                OPEN,
                "recalled",
                who=("system",),
                while_paused=True,
                grave=True,
                done=_("recalled it with its project"),
            ),
        ),
        outcomes={
            "met": _("met"),
            "mostly": _("met in the main"),
            "breached": _("in breach"),
            "recalled": _("no longer needed"),
        },
    )
)
