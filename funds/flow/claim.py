"""The flow of a claim (奖补申报): from the draft of an agent to the money on the account.

Steps and limits: dossier, section 3 (proposals where marked there). Who accepts, who reviews, who approves
and who pays are four people.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from funds import actions, forms, letters
from funds.access import CLAIM
from funds.flow.claim_decision import APPEAL_TRANSITIONS, DECISION_STEPS, DECISION_TRANSITIONS, END_STEPS
from funds.flow.claim_payment import PAYMENT_STEPS, PAYMENT_TRANSITIONS
from funds.models import Claim
from portal.cases.declaration import (
    Flow,
    Opening,
    Subjects,
    register,
    working_days,
)

register(
    Flow(
        kind=CLAIM,
        label=pgettext_lazy("noun", "Claim"),
        prefix="DX",
        facts=Claim,
        facts_related=("policy__team", "version", "budget", "bank_account", "account"),
        facts_template="funds/_claim_facts.html",
        facts_public=(
            "policy",
            "period",
            "base_amount",
            "claimed_amount",
            "calculated_amount",
            "approved_on",
            "document_number",
            "refusal",
            "reasons",
            "remedies",
            "public_from",
            "public_until",
        ),
        facts_internal=("opinion", "minutes_number"),
        file_page="funds:entitlements",
        letters=letters.LETTERS,
        drafts_by=Subjects(actions.titles_of_policies, "funds:claim_file"),
        invitation=(
            _("Money that is yours"),
            _("Which policies fit your enterprise, and what they come to"),
        ),
        opening=Opening(
            who=("enterprise",),
            step="signing",
            form=forms.ClaimForm,
            create=actions.create_claim,
            title=actions.claim_title,
            team=actions.intake_team,
            tells=("owner",),
        ),
        promise={"": working_days(60)},  # dossier, section 3 [S33]: from acceptance to the money, elsewhere
        pausable=True,
        supplement_by=("handler",),
        extendable=True,
        co_handled=True,
        ratable=True,
        unrated_outcomes=("withdrawn", "not_accepted"),
        steps=(*DECISION_STEPS, *PAYMENT_STEPS, *END_STEPS),
        transitions=(*DECISION_TRANSITIONS, *PAYMENT_TRANSITIONS, *APPEAL_TRANSITIONS),
        verbs={
            "account_changed": _("named another account, to which it is paid from now on"),
            "budget_carried": _("moved it into the budget of the next year: that of its own is closed"),
        },
        outcomes={
            "approved": _("approved"),
            "refused": _("refused"),
            "not_accepted": _("not accepted"),
            "withdrawn": _("withdrawn"),
        },
    )
)
