"""The flow of a lead (招商线索): ten steps of park entry (项目入园十个标准环节), and a closed loop.

registration → contact → pre-review → visits → negotiation → admission review → decision → signing →
settlement → start → handed over; on the way back by a step with a reason, parked, or lost with a cause.
Limits and proofs: dossier, section 5; every default there is marked as a proposal, and an administrator
changes the limits in the portal. Of staff only: an investor is told by people.
"""

from django.utils.translation import gettext_lazy as _

from investment import actions, forms
from investment.access import LEAD
from investment.flow.steps import STEPS
from investment.flow.transitions import TRANSITIONS
from investment.models import Lead
from portal.cases.declaration import Flow, Opening, register

register(
    Flow(
        kind=LEAD,
        label=_("Lead"),
        prefix="ZS",
        public=False,
        facts=Lead,
        facts_template="investment/_lead_facts.html",
        facts_internal=(
            "investor_name",
            "uscc",
            "source",
            "industry",
            "content",
            "investment_amount",
            "is_key",
            "heat",
            "next_action",
            "next_action_on",
            "signed_on",
            "lost_on",
            "lost_reason",
        ),
        opening=Opening(
            who=("any_staff",),
            step="registration",
            form=forms.LeadForm,
            create=actions.create_lead,
            title=lambda data: data["title"],
            text=lambda data: data["investor_name"],
            team=actions.task_force,
        ),
        steps=STEPS,
        transitions=TRANSITIONS,
        outcomes={"handed_over": _("handed over"), "lost": _("lost")},
    )
)
