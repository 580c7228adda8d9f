"""Parts of a lead that others answer for: opinions of departments, sheets of the panel, claims of rivals."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from investment import forms
from investment.access import ASSESSMENT, OPINION, RIVALRY
from investment.actions import opinions, panel, rivalry
from investment.models import Assessment, Opinion, Rivalry
from portal.cases.declaration import Flow, Opening, Step, Transition, register, within, working_days
from portal.cases.flow.common import CHILD_LADDER


def _recall(source: str) -> Transition:
    return Transition(
        "recall",
        _("Recall"),
        (source,),
        "recalled",
        who=("parent_team", "system"),
        tells=("handler",),
        grave=True,
        while_paused=True,
        done=_("recalled the request"),
    )


RECALLED = Step("recalled", _("No longer needed"), outcome="recalled", rail=False)

register(
    Flow(
        kind=OPINION,
        label=_("Opinion for the pre-review"),
        prefix="YS",
        public=False,
        facts=Opinion,
        facts_template="investment/_opinion_facts.html",
        facts_internal=("about", "verdict", "reason"),
        opening=Opening(who=("team",), step="asked", form=forms.OpinionAskForm, create=opinions.begin),
        steps=(
            # Dossier, section 5, step 3: five working days for the whole pre-review.
            Step("asked", _("Waiting for the opinion"), limit=within(working_days(4))),
            Step("given", _("Opinion given"), outcome="given"),
            RECALLED,
        ),
        transitions=(
            Transition(
                "give",
                _("Give the opinion"),
                ("asked",),
                "given",
                who=("handler",),
                form=forms.VerdictForm,
                effect=opinions.give,
                tells=("parent_handler",),
                primary=True,
                done=_("gave the opinion"),
            ),
            _recall("asked"),
        ),
        outcomes={"given": _("given"), "recalled": _("recalled")},
        ladder=CHILD_LADDER,
    )
)

register(
    Flow(
        kind=ASSESSMENT,
        label=_("Sheet of the admission review"),
        prefix="PS",
        public=False,
        facts=Assessment,
        facts_related=("reviewer",),
        facts_template="investment/_assessment_facts.html",
        notes=("interest",),
        opening=Opening(who=("team",), step="asked", form=forms.SheetForm, create=panel.begin),
        steps=(
            Step("asked", _("Waiting for the sheet"), limit=within(working_days(5))),
            Step("scored", _("Points given"), outcome="scored"),
            Step("interested", _("Interest declared"), outcome="interested", rail=False),
            RECALLED,
        ),
        transitions=(
            Transition(
                "score",
                _("Give the points"),
                ("asked",),
                "scored",
                who=("assessor",),
                form=forms.ScoreForm,
                effect=panel.score,
                tells=("parent_handler",),
                primary=True,
                done=_("gave the points"),
            ),
            Transition(
                "declare_interest",
                _("Declare an interest"),
                ("asked",),
                "interested",
                who=("assessor",),
                form=forms.InterestForm,
                effect=panel.declare_interest,
                tells=("parent_handler",),
                grave=True,
                done=_("declared an interest"),
                help=_("You give no points then, and somebody else is named"),
            ),
            _recall("asked"),
        ),
        outcomes={
            "scored": _("points given"),
            "interested": _("interest declared"),
            "recalled": _("recalled"),
        },
        ladder=CHILD_LADDER,
    )
)

register(
    Flow(
        kind=RIVALRY,
        label=_("Claim to a lead"),
        prefix="ZD",
        public=False,
        facts=Rivalry,
        facts_related=("claimant",),
        facts_template="investment/_rivalry_facts.html",
        facts_internal=("claimant", "grounds", "answer", "decision"),
        notes=("grounds", "decision"),
        opening=Opening(
            who=("task_forces",),
            step="answer",
            form=forms.ClaimForm,
            create=rivalry.begin,
            team=rivalry.of_parent,
        ),
        steps=(
            Step(
                "answer",
                _("The first answers"),
                limit=within(working_days(3)),
                lapse="no_answer",
            ),
            Step("panel", _("The panel decides"), limit=within(working_days(5))),
            Step("kept", _("Stays with the first"), outcome="kept"),
            Step("moved", _("Goes to who claims it"), outcome="moved", rail=False),
            Step("shared", _("Both work on it"), outcome="shared", rail=False),
            Step("withdrawn", _("Claim withdrawn"), outcome="withdrawn", rail=False),
            RECALLED,
        ),
        transitions=(
            Transition(
                "contest",
                _("Contest the claim"),
                ("answer",),
                "panel",
                who=("team",),
                form=forms.ClaimAnswerForm,
                effect=rivalry.contest,
                tells=("claimant", "investment_office", "leaders"),
                primary=True,
                done=_("contested the claim"),
            ),
            Transition(
                "give_up",
                _("Let it go"),
                ("answer",),
                "moved",
                who=("team",),
                form=forms.ClaimAnswerForm,
                effect=rivalry.give_up,
                tells=("claimant",),
                grave=True,
                done=_("let the lead go"),
            ),
            Transition(
                "no_answer",
                _("No answer"),
                ("answer",),
                "panel",
                who=("system",),
                effect=rivalry.call_panel,
                tells=("team", "claimant", "investment_office", "leaders"),
                done=_("passed it to the panel: the first did not answer"),
            ),
            Transition(
                "keep",
                _("It stays with the first"),
                ("panel",),
                "kept",
                who=("investment_office", "leaders"),
                form=forms.ClaimDecisionForm,
                guard=rivalry.impartial,
                effect=rivalry.keep_decision,
                tells=("team", "claimant"),
                done=_("decided that it stays"),
            ),
            Transition(
                "award",
                _("It goes to who claims it"),
                ("panel",),
                "moved",
                who=("investment_office", "leaders"),
                form=forms.ClaimDecisionForm,
                guard=rivalry.impartial,
                effect=rivalry.award,
                tells=("team", "claimant"),
                done=_("decided that it goes to who claims it"),
            ),
            Transition(
                "share",
                _("Both work on it"),
                ("panel",),
                "shared",
                who=("investment_office", "leaders"),
                form=forms.ClaimDecisionForm,
                guard=rivalry.impartial,
                effect=rivalry.share,
                tells=("team", "claimant"),
                done=_("decided that both work on it"),
            ),
            Transition(
                "withdraw",
                _("Withdraw the claim"),
                ("answer", "panel"),
                "withdrawn",
                who=("claimant",),
                tells=("team",),
                grave=True,
                done=_("withdrew the claim"),
            ),
            Transition(
                "recall",
                _("Recall"),
                ("answer", "panel"),
                "recalled",
                who=("system",),
                tells=("claimant",),
                while_paused=True,
                done=_("recalled the request"),
            ),
        ),
        outcomes={
            "kept": _("stays with the first"),
            "moved": _("goes to who claims it"),
            "shared": _("both work on it"),
            "withdrawn": _("withdrawn"),
            "recalled": _("recalled"),
        },
        ladder=CHILD_LADDER,
    )
)
