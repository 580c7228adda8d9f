"""容缺 and 告知承诺: what was promised when a permit was accepted or decided, each a case with its clock."""

from django.utils.translation import gettext_lazy as _

from approvals import actions, forms
from approvals.access import PLEDGE, PROJECT, VERIFICATION
from approvals.models import Pledge
from portal.cases.declaration import (
    Flow,
    Opening,
    Step,
    Transition,
    calendar_days,
    register,
    within,
    working_days,
)
from portal.cases.models import Holder

_RECALL = Transition(
    "recall",
    _("Recall"),
    ("promised", "checking", "unmet"),
    "recalled",
    who=("system",),
    while_paused=True,
    grave=True,
    done=_("recalled it with the permit"),
)
_OUTCOMES = {"kept": _("kept"), "revoked": _("the permit was revoked"), "recalled": _("no longer needed")}

register(
    Flow(
        kind=PLEDGE,
        label=_("Pledged paper"),
        prefix="RQ",
        part_of=PROJECT,
        facts=Pledge,
        facts_related=("permit__item", "permit__project", "paper__material"),
        facts_template="approvals/_pledge_facts.html",
        facts_public=("due_on",),
        opening=Opening(
            who=("handler",),
            step="promised",
            form=forms.PaperPledgeForm,
            create=actions.create_pledge,
            title=lambda data: f"{data['paper'].material.name} · {data['paper'].permit.item.name}",
            tells=("enterprise", "filing_agent"),
        ),
        steps=(
            Step(
                "promised",
                _("Paper promised"),
                # The day that was pledged takes its place; the longest that may be pledged stands here
                # (proposal: the dossier, section 2, gives none).
                limit=within(calendar_days(60)),
                holder=Holder.ENTERPRISE,
                counts=False,
                lapse="lapse",
                plain=_("Please bring the paper that you promised"),
            ),
            Step("checking", _("Check"), limit=within(working_days(2)), plain=_("The department checks it")),
            Step(
                "unmet",
                _("Not brought"),
                limit=within(working_days(2)),
                rail=False,
                plain=_("The paper did not come: the department decides what follows"),
            ),
            Step("kept", _("Kept"), outcome="kept"),
            Step("revoked", _("Permit revoked"), outcome="revoked", rail=False),
            Step("recalled", _("No longer needed"), outcome="recalled", rail=False),
        ),
        transitions=(
            Transition(
                "bring",
                _("Send the paper"),
                ("promised", "unmet"),
                "checking",
                who=("enterprise", "filing_agent", "handler"),
                form=forms.SupplyForm,
                effect=actions.supply_paper,
                tells=("handler",),
                primary=True,
                done=_("sent the paper"),
            ),
            Transition(
                "confirm",
                _("The paper is right"),
                ("checking",),
                "kept",
                who=("handler",),
                tells=("enterprise", "filing_agent"),
                primary=True,
                done=_("found the paper right"),
            ),
            Transition(
                "return_paper",
                _("It is not the right one"),
                ("checking",),
                "promised",
                who=("handler",),
                form=forms.PledgeDayForm,
                effect=actions.set_new_day,
                tells=("enterprise", "filing_agent"),
                grave=True,
                done=_("asked for another paper"),
            ),
            Transition(
                "lapse",
                _("The day has passed"),
                ("promised",),
                "unmet",
                who=("system",),
                tells=("handler", "heads", "enterprise"),
                done=_("noted that the day has passed"),
            ),
            Transition(
                "extend",
                _("Give another day"),
                ("unmet",),
                "promised",
                who=("heads", "section_heads"),
                form=forms.PledgeDayForm,
                effect=actions.set_new_day,
                tells=("enterprise", "filing_agent"),
                done=_("gave another day"),
            ),
            Transition(
                "revoke",
                _("Revoke the permit"),
                ("unmet",),
                "revoked",
                who=("heads",),
                form=forms.RevocationForm,
                ready=actions.in_force,
                effect=actions.revoke,
                tells=("enterprise", "filing_agent"),
                grave=True,
                done=_("revoked the permit"),
            ),
            _RECALL,
        ),
        outcomes=_OUTCOMES,
    )
)

register(
    Flow(
        kind=VERIFICATION,
        label=_("Verification of a commitment"),
        prefix="HC",
        part_of=PROJECT,
        facts=Pledge,
        facts_related=("permit__item", "permit__project"),
        facts_template="approvals/_pledge_facts.html",
        facts_public=("due_on", "finding"),
        opening=Opening(
            who=("handler",),
            step="checking",
            form=forms.VerificationForm,
            create=actions.create_verification,
            title=lambda data: data["permit"].item.name,
            tells=("team",),
        ),
        steps=(
            Step(
                "checking",
                _("Verification"),
                limit=within(calendar_days(30)),  # dossier, section 2: 30 to 60 days
                plain=_("The department looks whether the commitment is kept"),
            ),
            Step("kept", _("Kept"), outcome="kept"),
            Step("revoked", _("Permit revoked"), outcome="revoked", rail=False),
            Step("recalled", _("No longer needed"), outcome="recalled", rail=False),
        ),
        transitions=(
            Transition(
                "confirm",
                _("The commitment is kept"),
                ("checking",),
                "kept",
                who=("handler",),
                form=forms.FindingForm,
                effect=actions.find_kept,
                tells=("enterprise", "filing_agent"),
                primary=True,
                done=_("found the commitment kept"),
            ),
            Transition(
                "revoke",
                _("Revoke the permit"),
                ("checking",),
                "revoked",
                who=("heads",),
                form=forms.RevocationForm,
                ready=actions.in_force,
                effect=actions.revoke,
                tells=("enterprise", "filing_agent"),
                grave=True,
                done=_("revoked the permit"),
            ),
            Transition(
                "recall",
                _("Recall"),
                ("checking",),
                "recalled",
                who=("system",),
                while_paused=True,
                grave=True,
                done=_("recalled it with the permit"),
            ),
        ),
        outcomes=_OUTCOMES,
    )
)
