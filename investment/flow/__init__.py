"""The flow of a lead (招商线索): ten steps of park entry (项目入园十个标准环节), and a closed loop.

registration → contact → pre-review → visits → negotiation → admission review → decision → signing →
settlement → start → handed over; on the way back by a step with a reason, parked, lost with a cause, or back
in the pool when nobody does anything for it.
Limits and proofs: dossier, section 5; every default there is marked as a proposal, and an administrator
changes the limits in the portal. Of staff only: an investor is told by people.
"""

from django.utils.translation import gettext_lazy as _

from investment import forms
from investment.access import LEAD
from investment.actions import leads
from investment.flow import activity, parts  # noqa: F401  # declare what belongs to leads
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
        facts_related=("envoy", "agent", "enterprise", "project"),
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
            create=leads.create_lead,
            title=lambda data: data["title"],
            text=lambda data: data["investor_name"],
            team=leads.task_force,
        ),
        steps=STEPS,
        transitions=TRANSITIONS,
        verbs={
            "shared": _("shared it with another task force"),
            "moved_over": _("gave it to another task force"),
        },
        notes=("report", "change", "due_diligence", "opinion", "minutes", "proof", "next_action", "activity"),
        outcomes={"handed_over": _("handed over"), "lost": _("lost")},
    )
)
