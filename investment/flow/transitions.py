"""What can be done to a lead: forward with the proof of the step, back with a reason, parked, lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from investment import actions, forms
from investment.actions.leads import STEPS
from portal.cases.declaration import Effect, Text, Transition
from portal.cases.forms import ActionForm


def _forward(
    name: str,
    label: Text,
    source: str,
    form: type[ActionForm],
    done: Text,
    *,
    who: Sequence[str] = ("team",),
    effect: Effect = actions.plan,
    **more: Any,
) -> Transition:
    """To the next step, by the members of the task force if not said otherwise."""
    target = [*STEPS, "handed_over"][STEPS.index(source) + 1]
    return Transition(
        name, label, (source,), target, who=who, form=form, effect=effect, primary=True, done=done, **more
    )


TRANSITIONS = (
    _forward("accept", _("Take it up"), "registration", forms.NextActionForm, _("took the lead up")),
    _forward(
        "note_contact", _("Note the contact"), "contact", forms.ContactForm, _("noted the first contact")
    ),
    _forward(
        "pre_review", _("Give the opinions"), "pre_review", forms.OpinionForm, _("gave the opinions of five")
    ),
    _forward("report_visit", _("Report the visit"), "visits", forms.VisitForm, _("reported the visit")),
    _forward(
        "agree_terms",
        _("Agree on the terms"),
        "negotiation",
        forms.NegotiationForm,
        _("agreed on the terms"),
        tells=("heads",),
    ),
    _forward(
        "admit",
        _("Admit the project"),
        "admission_review",
        forms.AdmissionForm,
        _("admitted the project"),
        who=("heads",),
        tells=("team", "leaders"),
    ),
    _forward(
        "decide",
        _("Decide for the project"),
        "decision",
        forms.DecisionForm,
        _("decided for the project"),
        who=("leaders",),
        not_by=("admit",),  # who reviewed it does not decide on it
        tells=("team",),
    ),
    _forward(
        "sign",
        _("The contract is signed"),
        "signing",
        forms.SigningForm,
        _("noted that the contract is signed"),
        effect=actions.sign,
        tells=("team", "leaders"),
    ),
    _forward(
        "settle",
        _("The investor has settled"),
        "settlement",
        forms.SettlementForm,
        _("noted that the investor has settled"),
        effect=actions.settle,
        tells=("team",),
    ),
    _forward(
        "hand_over",
        _("Hand over"),
        "start",
        forms.HandOverForm,
        _("handed the project over"),
        effect=actions.hand_over,
        tells=("team", "leaders"),
    ),
    Transition(
        "plan",
        _("Set the next action"),
        STEPS,
        "",
        who=("team",),
        form=forms.NextActionForm,
        effect=actions.plan,
        done=_("set the next action"),
    ),
    Transition(
        "go_back",
        _("Back by one step"),
        tuple(step for step in STEPS[1:] if step != "decision"),
        "",
        who=("team",),
        form=forms.ReturnForm,
        effect=actions.go_back,
        may_lead_to=STEPS[:-1],
        tells=("team",),
        grave=True,
        done=_("took it back by one step"),
    ),
    Transition(
        "turn_down",
        _("Turn it down"),
        ("decision",),
        "",
        who=("leaders",),
        form=forms.ReturnForm,
        effect=actions.go_back,
        may_lead_to=("admission_review",),
        tells=("team",),
        grave=True,
        done=_("turned it down"),
        help=_("It goes back to the admission review"),
    ),
    Transition(
        "park",
        _("Put into the reserve"),
        STEPS,
        "parked",
        who=("team",),
        form=forms.ParkingForm,
        effect=actions.park,
        tells=("heads",),
        done=_("put it into the reserve"),
        help=_("The clock stands still until it is taken up again"),
    ),
    Transition(
        "take_up",
        _("Take it from the reserve"),
        ("parked",),
        "contact",
        who=("team",),
        form=forms.TakeUpForm,
        effect=actions.take_up,
        may_lead_to=STEPS,
        tells=("team",),
        primary=True,
        done=_("took it from the reserve"),
    ),
    Transition(
        "lose",
        _("The lead is lost"),
        (*STEPS, "parked"),
        "lost",
        who=("team",),
        form=forms.LossForm,
        effect=actions.lose,
        tells=("heads",),
        grave=True,
        done=_("noted that the lead is lost"),
    ),
)
