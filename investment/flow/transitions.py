"""What can be done to a lead: forward with the proof of the step, back with a reason, parked, lost, given to
others, kept among few."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from investment import forms
from investment.actions import STEPS, contracts, editing, gates, leads, opinions, panel, secrecy
from investment.flow.by_itself import BY_ITSELF
from portal.cases.declaration import Effect, Text, Transition
from portal.cases.forms import ActionForm
from portal.cases.move import Move

OPEN = (*STEPS, "parked", "pool")


def _forward(
    name: str,
    label: Text,
    source: str,
    form: type[ActionForm],
    done: Text,
    *,
    who: Sequence[str] = ("team",),
    effect: Effect = leads.plan,
    **more: Any,
) -> Transition:
    """To the next step, by the members of the task force if not said otherwise."""
    target = [*STEPS, "handed_over"][STEPS.index(source) + 1]
    if source in gates.GATES:
        more["ready"] = gates.ready
    return Transition(
        name, label, (source,), target, who=who, form=form, effect=effect, primary=True, done=done, **more
    )


def _then_note(effect: Effect) -> Effect:
    """An effect by which somebody did something for the lead."""

    def both(move: Move) -> None:
        effect(move)
        leads.note(move)

    return both


FORWARD = (
    _forward("accept", _("Take it up"), "registration", forms.NextActionForm, _("took the lead up")),
    _forward(
        "note_contact",
        _("Note the contact"),
        "contact",
        forms.ContactForm,
        _("noted the first contact"),
        effect=leads.begin_pre_review,
        help=_("Five departments are asked for their opinion at once"),
    ),
    _forward(
        "pre_review",
        _("Close the pre-review"),
        "pre_review",
        forms.NextActionForm,
        _("closed the pre-review"),
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
        effect=leads.sign,
        tells=("team", "leaders"),
    ),
    _forward(
        "settle",
        _("Settled: hand over to the butler"),
        "settlement",
        forms.SettlementForm,
        _("noted that the investor has settled"),
        effect=leads.settle,
        tells=("team", "leaders"),
        help=_("Opens the construction project with its leader, task force and butler"),
    ),
    _forward(
        "hand_over",
        _("Works begun: close the loop"),
        "start",
        forms.HandOverForm,
        _("handed the project over"),
        effect=leads.close_loop,
        tells=("team", "leaders"),
    ),
)

ON_THE_WAY = (
    Transition(
        "ask_again",
        _("Ask again who said no"),
        ("pre_review",),
        "",
        who=("team",),
        form=forms.ReturnForm,
        ready=gates.vetoed,
        quiet=True,
        effect=opinions.ask_again,
        done=_("asked again who had said no"),
    ),
    Transition(
        "write_terms",
        _("Write a term sheet"),
        ("negotiation",),
        "",
        who=("team",),
        form=forms.TermSheetForm,
        effect=_then_note(contracts.write_terms),
        done=_("wrote a version of the term sheet"),
    ),
    Transition(
        "convene",
        _("Convene the panel"),
        ("admission_review",),
        "",
        who=("heads",),
        form=forms.ConveneForm,
        ready=gates.no_panel,
        quiet=True,
        effect=_then_note(panel.convene),
        done=_("convened the panel"),
        help=_("Everybody of the panel gets a sheet of their own"),
    ),
    Transition(
        "add_reviewers",
        _("Add somebody to the panel"),
        ("admission_review",),
        "",
        who=("heads",),
        form=forms.ReviewersForm,
        ready=gates.has_panel,
        quiet=True,
        effect=panel.add_reviewers,
        done=_("added somebody to the panel"),
    ),
    Transition(
        "add_commitment",
        _("Add a commitment"),
        ("settlement", "start", "handed_over"),
        "",
        who=("team",),
        form=forms.CommitmentForm,
        ready=gates.has_contract,
        quiet=True,
        effect=contracts.add_commitment,
        done=_("added a commitment"),
    ),
    Transition(
        "note_commitment",
        _("Note what became of a commitment"),
        ("settlement", "start", "handed_over"),
        "",
        who=("team", "leaders"),
        form=forms.PerformanceForm,
        ready=gates.has_contract,
        quiet=True,
        effect=contracts.note_commitment,
        done=_("noted what became of a commitment"),
    ),
    Transition(
        "plan",
        _("Set the next action"),
        STEPS,
        "",
        who=("team",),
        form=forms.NextActionForm,
        effect=leads.plan,
        done=_("set the next action"),
    ),
    Transition(
        "edit",
        _("Correct the lead"),
        (*STEPS, "parked"),
        "",
        who=("team",),
        form=forms.LeadEditForm,
        effect=editing.edit,
        while_paused=True,
        done=_("corrected the lead"),
    ),
    Transition(
        "go_back",
        _("Back by one step"),
        tuple(step for step in STEPS[1:] if step != "decision"),
        "",
        who=("team",),
        form=forms.ReturnForm,
        effect=leads.go_back,
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
        effect=leads.go_back,
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
        effect=leads.park,
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
        effect=leads.take_up,
        may_lead_to=STEPS,
        tells=("team",),
        primary=True,
        done=_("took it from the reserve"),
    ),
    Transition(
        "lose",
        _("The lead is lost"),
        OPEN,
        "lost",
        who=("team",),
        form=forms.LossForm,
        effect=leads.lose,
        tells=("heads",),
        grave=True,
        done=_("noted that the lead is lost"),
    ),
)

SECRECY = (
    Transition(
        "confide",
        _("Make it confidential"),
        (*STEPS, "parked"),
        "",
        who=("heads", "leaders"),
        form=forms.CircleForm,
        ready=gates.not_confidential,
        quiet=True,
        effect=secrecy.confide,
        while_paused=True,
        done=_("made it confidential"),
    ),
    Transition(
        "let_in",
        _("Let somebody know of it"),
        (*STEPS, "parked"),
        "",
        who=("heads", "leaders"),
        form=forms.LetInForm,
        ready=gates.confidential,
        quiet=True,
        effect=secrecy.let_in,
        while_paused=True,
        done=_("let somebody know of it"),
    ),
    Transition(
        "take_out",
        _("Take somebody out of the circle"),
        (*STEPS, "parked"),
        "",
        who=("heads", "leaders"),
        form=forms.TakeOutForm,
        ready=gates.confidential,
        quiet=True,
        effect=secrecy.take_out,
        while_paused=True,
        done=_("took somebody out of the circle"),
    ),
    Transition(
        "disclose",
        _("Confidential no more"),
        (*STEPS, "parked"),
        "",
        who=("heads", "leaders"),
        ready=gates.confidential,
        quiet=True,
        effect=secrecy.disclose,
        while_paused=True,
        done=_("made it known"),
    ),
)

TRANSITIONS = (*FORWARD, *ON_THE_WAY, *BY_ITSELF, *SECRECY)
