"""The two tracks of a recovery: by agreement (valuation, talks, price, signature, settlement, clearing) and
compulsory (investigation, hearing, decision, application to the court, enforcement).

Source: dossier, section 1, row 48 ("two legs"), section 2, stage 5. The limits are proposals, and data here.
"""

from django.utils.translation import gettext_lazy as _

from approvals import actions, forms
from approvals.access import RECOVERY, RECOVERY_AGREEMENT, RECOVERY_COMPULSORY
from approvals.models import RecoveryTrack
from portal.cases.declaration import (
    Flow,
    Opening,
    Step,
    Text,
    Transition,
    Unlimited,
    register,
    within,
    working_days,
)

AGREEING = ("valuation", "talks", "approving", "signing", "settlement", "clearing")
COMPELLING = ("investigation", "hearing", "deciding", "applying", "enforcing")
HOLDER = ("enterprise",)


def recall(source: tuple[str, ...]) -> Transition:
    """With its recovery, or because the other track was first."""
    return Transition(
        "recall",
        _("Recall"),
        source,
        "recalled",
        who=("system",),
        effect=actions.end_track,
        while_paused=True,
        tells=("team", "enterprise"),
        grave=True,
        done=_("recalled it: the land came back another way, or stays"),
    )


def give_up(label: Text, source: tuple[str, ...], done: Text) -> Transition:
    """A track that leads nowhere: the recovery stays open, and the other one may go on."""
    return Transition(
        "break_off",
        label,
        source,
        "broken_off",
        who=("heads", "section_heads"),
        effect=actions.end_track,
        reason_required=True,
        while_paused=True,
        tells=("team", "enterprise"),
        grave=True,
        done=done,
    )


register(
    Flow(
        kind=RECOVERY_AGREEMENT,
        label=_("Recovery by agreement"),
        prefix="XS",
        part_of=RECOVERY,
        facts=RecoveryTrack,
        facts_related=("recovery__parcel",),
        facts_template="approvals/_recovery_track_facts.html",
        facts_public=("signed_on", "settled_on", "delivered_on"),
        facts_internal=("valued_amount", "valued_by", "amount"),
        opening=Opening(
            who=("handler",),
            step="valuation",
            create=actions.create_track,
            tells=("team", "enterprise"),
        ),
        steps=(
            Step(
                "valuation",
                _("Valuation"),
                limit=within(working_days(20)),
                plain=_("Land and buildings are valued"),
            ),
            Step("talks", _("Talks"), limit=within(working_days(30)), plain=_("We talk about the price")),
            Step(
                "approving",
                _("Price to be approved"),
                limit=within(working_days(5)),
                plain=_("The park decides on the price"),
            ),
            Step(
                "signing",
                _("Signature"),
                limit=within(working_days(10)),
                plain=_("The agreement is to be signed"),
            ),
            Step("settlement", _("Settlement"), limit=within(working_days(20)), plain=_("You are paid")),
            # The day that was planned for the hand-over takes its place.
            Step("clearing", _("Clearing"), limit=within(working_days(60)), plain=_("The land is cleared")),
            Step("recovered", _("Recovered"), outcome="recovered", plain=_("The land is back")),
            Step("broken_off", _("Talks broken off"), outcome="broken_off", rail=False),
            Step("recalled", _("No longer needed"), outcome="recalled", rail=False),
        ),
        transitions=(
            Transition(
                "value",
                _("Record the valuation"),
                ("valuation",),
                "talks",
                who=("handler",),
                form=forms.ValuationForm,
                effect=actions.keep_track("valued_amount", "valued_by"),
                tells=HOLDER,
                primary=True,
                done=_("recorded the valuation"),
            ),
            Transition(
                "note_talk",
                _("Note a talk"),
                ("talks",),
                "",
                who=("handler",),
                form=forms.TalkForm,
                done=_("noted a talk"),
            ),
            Transition(
                "propose_price",
                _("Propose the price"),
                ("talks",),
                "approving",
                who=("handler",),
                form=forms.PriceForm,
                effect=actions.keep_track("amount"),
                keeps_assignee=False,
                tells=("heads",),
                primary=True,
                done=_("proposed a price"),
                help=_("Somebody else approves it"),
            ),
            Transition(
                "approve_price",
                _("Approve the price"),
                ("approving",),
                "signing",
                who=("heads", "section_heads"),
                not_by=("note_talk", "propose_price"),  # who negotiates does not approve
                keeps_assignee=False,
                tells=("team", *HOLDER),
                primary=True,
                done=_("approved the price"),
            ),
            Transition(
                "return_price",
                _("Back to the talks"),
                ("approving", "signing"),
                "talks",
                who=("heads", "section_heads"),
                reason_required=True,
                keeps_assignee=False,
                tells=("team",),
                grave=True,
                done=_("sent the price back to the talks"),
            ),
            Transition(
                "sign_agreement",
                _("The agreement is signed"),
                ("signing",),
                "settlement",
                who=("handler",),
                form=forms.AgreementForm,
                effect=actions.keep_track("signed_on"),
                tells=HOLDER,
                primary=True,
                done=_("noted that the agreement is signed"),
            ),
            Transition(
                "settle_price",
                _("The price is settled"),
                ("settlement",),
                "clearing",
                who=("handler",),
                form=forms.SettlementForm,
                effect=actions.begin_clearing,
                tells=HOLDER,
                primary=True,
                done=_("settled the price"),
            ),
            Transition(
                "hand_over",
                _("The land is handed over"),
                ("clearing",),
                "recovered",
                who=("handler",),
                form=forms.HandOverForm,
                effect=actions.hand_over,
                tells=HOLDER,
                primary=True,
                done=_("took the land over"),
                help=_("The parcel is recovered; the compulsory track is recalled"),
            ),
            give_up(_("Break the talks off"), AGREEING[:4], _("broke the talks off")),
            recall(AGREEING),
        ),
        outcomes={
            "recovered": _("recovered"),
            "broken_off": _("broken off"),
            "recalled": _("no longer needed"),
        },
        pausable=True,
    )
)

register(
    Flow(
        kind=RECOVERY_COMPULSORY,
        label=_("Compulsory recovery"),
        prefix="QZ",
        part_of=RECOVERY,
        facts=RecoveryTrack,
        facts_related=("recovery__parcel",),
        facts_template="approvals/_recovery_track_facts.html",
        facts_public=(
            "findings",
            "hearing_by",
            "hearing",
            "fee_amount",
            "fee_on",
            "decision_number",
            "decided_on",
            "court",
            "applied_on",
            "delivered_on",
        ),
        facts_internal=("amount",),
        opening=Opening(
            who=("handler",),
            step="investigation",
            create=actions.create_track,
            tells=("team", "enterprise"),
        ),
        steps=(
            Step(
                "investigation",
                _("Investigation"),
                limit=within(working_days(20)),
                plain=_("It is found out whether the land lies idle"),
            ),
            Step(
                "hearing",
                _("Hearing"),
                limit=within(working_days(30)),
                plain=_("You can ask for a hearing"),
            ),
            Step("deciding", _("Decision"), limit=within(working_days(20)), plain=_("The park decides")),
            Step(
                "applying",
                _("Application to the court"),
                limit=within(working_days(60)),
                plain=_("The park asks the court to enforce it"),
            ),
            Step(
                "enforcing",
                _("Enforcement"),
                limit=Unlimited(_("the court enforces")),
                plain=_("The court enforces it"),
            ),
            Step("recovered", _("Recovered"), outcome="recovered", plain=_("The land is back")),
            Step("broken_off", _("Stopped"), outcome="broken_off", rail=False),
            Step("recalled", _("No longer needed"), outcome="recalled", rail=False),
        ),
        transitions=(
            Transition(
                "find_idle",
                _("The land is idle: give notice of the hearing"),
                ("investigation",),
                "hearing",
                who=("handler",),
                form=forms.IdleForm,
                effect=actions.find_idle,
                tells=HOLDER,
                primary=True,
                done=_("found the land idle and gave notice of the hearing"),
            ),
            Transition(
                "charge_fee",
                _("Charge the fee for idle land"),
                ("hearing", "deciding"),
                "",
                who=("heads",),
                guard=actions.idle_a_year,
                effect=actions.charge_fee,
                not_by=("find_idle",),
                tells=("team", *HOLDER),
                grave=True,
                done=_("charged the fee for idle land"),
                help=_("20 % of the price, between one year and two"),
            ),
            Transition(
                "note_hearing",
                _("The hearing is over"),
                ("hearing",),
                "deciding",
                who=("handler",),
                form=forms.HearingForm,
                guard=actions.hearing_is_over,
                effect=actions.keep_track("hearing"),
                tells=("heads",),
                primary=True,
                done=_("recorded the hearing"),
            ),
            Transition(
                "decide",
                _("Decide to take the land back"),
                ("deciding",),
                "applying",
                who=("heads",),
                form=forms.TakingForm,
                guard=actions.idle_two_years,
                effect=actions.decide_taking,
                not_by=("find_idle", "note_hearing"),
                keeps_assignee=False,
                tells=("team", *HOLDER),
                primary=True,
                done=_("decided to take the land back"),
                help=_("After two years"),
            ),
            Transition(
                "apply",
                _("Apply for enforcement"),
                ("applying",),
                "enforcing",
                who=("handler",),
                form=forms.ApplicationForm,
                effect=actions.keep_track("court", "applied_on"),
                tells=HOLDER,
                primary=True,
                done=_("applied for enforcement"),
            ),
            Transition(
                "enforce",
                _("The land is handed over"),
                ("applying", "enforcing"),
                "recovered",
                who=("handler",),
                form=forms.EnforcementForm,
                effect=actions.enforce_taking,
                tells=HOLDER,
                primary=True,
                done=_("took the land over"),
                help=_("The parcel is recovered; the talks are recalled"),
            ),
            give_up(_("Stop the compulsory track"), COMPELLING, _("stopped the compulsory track")),
            recall(COMPELLING),
        ),
        outcomes={
            "recovered": _("recovered"),
            "broken_off": _("stopped"),
            "recalled": _("no longer needed"),
        },
        pausable=True,
    )
)
