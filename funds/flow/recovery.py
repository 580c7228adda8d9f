"""追回: what has to be given back, in as many parts as it comes; what is missing stays due."""

from django.utils.translation import gettext_lazy as _

from funds import actions, forms
from funds.access import CLAIM, RECOVERY
from funds.models import Recovery
from portal.cases.declaration import Flow, Opening, Step, Transition, register, within, working_days
from portal.cases.models import Holder

register(
    Flow(
        kind=RECOVERY,
        label=_("Recovery"),
        prefix="ZH",
        part_of=CLAIM,
        facts=Recovery,
        facts_related=("account__claim__case", "account__budget"),
        facts_template="funds/_recovery_facts.html",
        facts_public=("demanded_amount", "received_amount", "due_on", "reason"),
        opening=Opening(
            who=("finance",),
            step="demanded",
            form=forms.DemandForm,
            create=actions.demand,
            title=actions.recovery_title,
            tells=("enterprise", "team"),
        ),
        steps=(
            Step(
                "demanded",
                _("Demanded"),
                limit=within(working_days(30)),
                holder=Holder.ENTERPRISE,
                counts=False,
                plain=_("Please give the money back"),
            ),
            Step("recovered", _("Recovered"), outcome="recovered", plain=_("Given back")),
            Step("dropped", _("Given up"), outcome="dropped", rail=False, plain=_("No longer demanded")),
        ),
        transitions=(
            Transition(
                "receive",
                _("Book what came back"),
                ("demanded",),
                "",
                who=("handler",),
                form=forms.ReceiveForm,
                effect=actions.receive,
                may_lead_to=("recovered",),
                tells=("enterprise",),
                primary=True,
                done=_("booked what came back"),
                help=_("It is free again in the budget it came from"),
            ),
            Transition(
                "drop",
                _("Give up"),
                ("demanded",),
                "dropped",
                who=("heads",),
                ready=actions.nothing_received,
                reason_required=True,
                tells=("enterprise",),
                grave=True,
                done=_("gave the demand up"),
            ),
        ),
        outcomes={"recovered": _("recovered"), "dropped": _("given up")},
    )
)
