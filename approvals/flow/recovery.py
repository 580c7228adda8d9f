"""The flow of a recovery of land (腾笼换鸟). Its two tracks, which run side by side: `recovery_tracks`.

The holder of the right is a party: it sees its case and both tracks in plain words; what the park reckons
with in the talks is internal. Source: dossier, section 1 (rows 48 to 51), section 2, stage 5. The limits are
proposals there, and data here.
"""

from django.utils.translation import gettext_lazy as _

from approvals import actions, forms
from approvals.access import RECOVERY
from approvals.models import Recovery
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

UNDER_WAY = ("examining", "recovering")
HOLDER = ("enterprise",)

register(
    Flow(
        kind=RECOVERY,
        label=_("Recovery of land"),
        prefix="SH",
        facts=Recovery,
        facts_related=("parcel",),
        facts_template="approvals/_recovery_facts.html",
        facts_public=("cause", "reason", "planned_delivery_on", "remedy", "remedy_terms", "delivered_on"),
        facts_internal=("parcel", "idle_since", "land_price_amount", "mode", "amount", "supplied_on"),
        opening=Opening(
            who=("land_desk",),
            step="examining",
            form=forms.RecoveryForm,
            create=actions.create_recovery,
            team=actions.land_team,
            tells=("team", "enterprise"),
        ),
        steps=(
            Step(
                "examining",
                _("Examination"),
                limit=within(working_days(10)),
                plain=_("The park examines how the land is used"),
            ),
            Step(
                "recovering",
                _("Recovery"),
                limit=Unlimited(_("each track has its own clock")),
                plain=_("The land is to go back to the park"),
            ),
            Step("recovered", _("Recovered"), outcome="recovered", plain=_("The land is back")),
            Step("remedied", _("Remedied"), outcome="remedied", rail=False, plain=_("You keep land")),
            Step("given_up", _("Given up"), outcome="given_up", rail=False, plain=_("You keep the land")),
        ),
        transitions=(
            Transition(
                "begin_agreement",
                _("Begin the track by agreement"),
                UNDER_WAY,
                "recovering",
                who=("handler",),
                ready=actions.may_agree,
                may_lead_to=("recovered",),  # when the track ends with the land
                effect=actions.begin_agreement,
                tells=HOLDER,
                primary=True,
                done=_("began the track by agreement"),
                help=_("A case of its own: valuation, talks, price, signature, settlement, clearing"),
            ),
            Transition(
                "begin_compulsory",
                _("Begin the compulsory track"),
                UNDER_WAY,
                "recovering",
                who=("handler",),
                ready=actions.may_compel,
                may_lead_to=("recovered",),
                effect=actions.begin_compulsory,
                tells=HOLDER,
                done=_("began the compulsory track"),
                help=_("A case of its own beside the talks; which is first ends the other"),
            ),
            Transition(
                "list_fixtures",
                _("List structures and fixtures"),
                UNDER_WAY,
                "",
                who=("handler",),
                form=forms.FixturesForm,
                effect=actions.list_fixtures,
                done=_("listed structures and fixtures"),
            ),
            Transition(
                "grant_remedy",
                _("Grant more time or an exchange"),
                UNDER_WAY,
                "remedied",
                who=("heads",),
                form=forms.RemedyForm,
                ready=actions.government_caused,
                quiet=True,
                effect=actions.grant_remedy,
                tells=("team", *HOLDER),
                done=_("granted a remedy: the government has caused it"),
            ),
            Transition(
                "give_up",
                _("Give the recovery up"),
                UNDER_WAY,
                "given_up",
                who=("heads",),
                ready=actions.nothing_paid,
                effect=actions.leave_parcel,
                reason_required=True,
                tells=("team", *HOLDER),
                grave=True,
                done=_("gave the recovery up"),
                help=_("Recalls both tracks"),
            ),
        ),
        outcomes={"recovered": _("recovered"), "remedied": _("remedied"), "given_up": _("given up")},
        verbs={"recovered": _("the land is back with the park")},
        on_child_closed=actions.track_ended,
    )
)
