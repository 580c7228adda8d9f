"""The kernel's own kinds of case: co-handling, supervision orders, follow-ups of low ratings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.cases.declaration import (
    Flow,
    Opening,
    Rung,
    Step,
    Transition,
    register,
    within,
    working_days,
)
from portal.cases.errors import Refused
from portal.cases.forms import ActionForm
from portal.cases.letters import kernel as letters
from portal.cases.models import CoHandling, FollowUp, Holder, Rating, SupervisionOrder, Trigger
from portal.cases.offices import office

if TYPE_CHECKING:
    from portal.cases.models import Case
    from portal.cases.move import Move

CO_HANDLING = "cases.co_handling"
SUPERVISION = "cases.supervision"
FOLLOW_UP = "cases.follow_up"

# Children of a late case are chased, but never by supervision orders of their own.
CHILD_LADDER = (
    Rung(1, Trigger.WARN, ("handler", "section_heads")),
    Rung(2, Trigger.DUE, ("handler", "heads")),
    Rung(3, Trigger.DUE, ("heads", "supervisors"), 1),
    Rung(4, Trigger.DUE, ("heads", "leader_in_charge"), 3),
)


class AskForm(ActionForm):
    """What a co-handling team is asked for."""

    ask = forms.CharField(label=_("What is asked"), max_length=2000)


class ReplyForm(ActionForm):
    """A written reply."""

    reply = forms.CharField(label=_("Reply"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))


def create_co_handling(move: Move) -> None:
    CoHandling.objects.create(case=move.case, ask=move.data["ask"])


def keep_co_handling_reply(move: Move) -> None:
    CoHandling.objects.filter(case=move.case).update(reply=move.data["reply"])


def title_of_part(move: Move) -> None:
    """A child carries the title of the case above it, so that a queue can be read."""
    if move.case.parent is not None:
        move.case.title = f"{move.flow.label} · {move.case.parent.title}"[:200]


def open_co_handling(move: Move) -> None:
    title_of_part(move)
    create_co_handling(move)


register(
    Flow(
        kind=CO_HANDLING,
        label=_("Co-handling"),
        prefix="HB",
        public=False,
        facts=CoHandling,
        facts_template="cases/_co_handling_facts.html",
        facts_public=("ask", "reply"),
        opening=Opening(who=("handler",), step="asked", form=AskForm, create=open_co_handling),
        steps=(
            # Dossier, section 4: the co-handler's limit is shorter than the lead's (3 of 7 elsewhere).
            Step("asked", _("Waiting for the reply"), limit=within(working_days(2))),
            Step("replied", _("Replied"), outcome="replied"),
            Step("recalled", _("No longer needed"), outcome="recalled", rail=False),
        ),
        transitions=(
            Transition(
                "reply",
                _("Reply"),
                ("asked",),
                "replied",
                who=("handler",),
                form=ReplyForm,
                effect=keep_co_handling_reply,
                tells=("parent_handler",),
                primary=True,
                done=_("replied"),
            ),
            Transition(
                "recall",
                _("Recall"),
                ("asked",),
                "recalled",
                who=("parent_handler", "system"),
                tells=("handler",),
                grave=True,
                while_paused=True,
                done=_("recalled the request"),
            ),
        ),
        outcomes={"replied": _("replied"), "recalled": _("recalled")},
        letters=(letters.ASSIGNMENT,),
        ladder=CHILD_LADDER,
    )
)


def open_supervision(move: Move) -> None:
    title_of_part(move)
    parent = move.case.parent
    SupervisionOrder.objects.create(case=move.case, level=parent.alert_level if parent else 0)


def keep_supervision_reply(move: Move) -> None:
    SupervisionOrder.objects.filter(case=move.case).update(reply=move.data["reply"])


def to_supervision(move: Move) -> None:
    """The reply goes to the supervision office, which the late team cannot be itself."""
    keep_supervision_reply(move)
    move.route(office("supervision"))


def back_to_late_team(move: Move) -> None:
    if move.case.parent is not None:
        move.route(move.case.parent.team)


register(
    Flow(
        kind=SUPERVISION,
        label=_("Supervision order"),
        prefix="DB",
        public=False,
        facts=SupervisionOrder,
        facts_template="cases/_supervision_facts.html",
        facts_public=("level", "reply"),
        opening=Opening(who=("supervisors", "system"), step="issued", create=open_supervision),
        steps=(
            # Dossier, section 4: "reply within 1 wd".
            Step("issued", _("Waiting for the reply"), limit=within(working_days(1))),
            Step("answered", _("Reply being checked"), limit=within(working_days(1))),
            Step("settled", _("Settled"), outcome="settled"),
            Step("lifted", _("Lifted"), outcome="lifted", rail=False),
        ),
        transitions=(
            Transition(
                "answer",
                _("Reply to the order"),
                ("issued",),
                "answered",
                who=("handler",),
                form=ReplyForm,
                effect=to_supervision,
                tells=("supervisors",),
                primary=True,
                done=_("replied to the order"),
            ),
            Transition(
                "settle",
                _("Accept the reply"),
                ("answered",),
                "settled",
                who=("handler", "supervisors"),
                tells=("parent_handler",),
                not_by=("answer",),
                primary=True,
                bulk=True,
                done=_("accepted the reply"),
            ),
            Transition(
                "reject",
                _("Send back"),
                ("answered",),
                "issued",
                who=("handler", "supervisors"),
                effect=back_to_late_team,
                reason_required=True,
                tells=("handler", "heads"),
                not_by=("answer",),
                grave=True,
                done=_("sent the reply back"),
            ),
            Transition(
                "recall",
                _("Lift the order"),
                ("issued", "answered"),
                "lifted",
                who=("supervisors", "system"),
                tells=("handler",),
                grave=True,
                while_paused=True,
                done=_("lifted the order"),
            ),
        ),
        outcomes={"settled": _("settled"), "lifted": _("lifted")},
        letters=(letters.SUPERVISION_ORDER,),
        ladder=CHILD_LADDER,
    )
)


class ContactForm(ActionForm):
    """What the enterprise said when it was called back."""

    contact_note = forms.CharField(
        label=_("What the enterprise said"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class RemedyForm(ActionForm):
    """What was done about a low rating; the enterprise can read it."""

    public_fields = ("remedy",)

    remedy = forms.CharField(
        label=_("What was done"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )


def open_follow_up(move: Move) -> None:
    title_of_part(move)
    FollowUp.objects.create(case=move.case, rating=Rating.objects.get(case=move.case.parent))


def keep_contact(move: Move) -> None:
    FollowUp.objects.filter(case=move.case).update(contact_note=move.data["contact_note"])


def keep_remedy(move: Move) -> None:
    FollowUp.objects.filter(case=move.case).update(remedy=move.data["remedy"])


def co_handlers_have_replied(case: Case, _move: Move) -> None:
    if case.parent is not None and case.parent.children.open().filter(kind=CO_HANDLING).exists():
        raise Refused(gettext("A co-handling team has not replied yet."))


register(
    Flow(
        kind=FOLLOW_UP,
        label=_("Follow-up of a low rating"),
        prefix="HF",
        public=True,
        facts=FollowUp,
        facts_related=("rating",),
        facts_template="cases/_follow_up_facts.html",
        facts_public=("rating", "remedy"),
        facts_internal=("contact_note",),
        opening=Opening(
            who=("system",),
            step="to_contact",
            create=open_follow_up,
            tells=("team", "heads"),
            starts_clock=True,
        ),
        # Dossier, section 4, 好差评: contact within 1 wd, done within 5 wd, handled by who handled it.
        promise={"": working_days(5)},
        steps=(
            Step(
                "to_contact",
                _("To call back"),
                limit=within(working_days(1)),
                plain=_("We will call you about your rating"),
            ),
            Step("mending", _("Being put right"), plain=_("We are putting it right")),
            Step(
                "confirming",
                _("Waiting for the enterprise"),
                holder=Holder.ENTERPRISE,
                counts=False,
                limit=within(working_days(5)),
                lapse="let_rest",
                plain=_("Please tell us whether it is settled"),
            ),
            Step("settled", _("Settled"), outcome="settled"),
            Step("rested", _("Closed without an answer"), outcome="no_answer", rail=False),
        ),
        transitions=(
            Transition(
                "call_back",
                _("Record the call"),
                ("to_contact",),
                "mending",
                who=("handler",),
                form=ContactForm,
                effect=keep_contact,
                primary=True,
                done=_("called the enterprise back"),
            ),
            Transition(
                "put_right",
                _("Report what was done"),
                ("mending",),
                "confirming",
                who=("handler",),
                form=RemedyForm,
                guard=co_handlers_have_replied,
                effect=keep_remedy,
                tells=("enterprise",),
                primary=True,
                done=_("reported what was done"),
            ),
            Transition(
                "agree",
                _("It is settled"),
                ("confirming",),
                "settled",
                who=("enterprise",),
                tells=("handler", "heads"),
                primary=True,
                done=_("agreed that it is settled"),
            ),
            Transition(
                "disagree",
                _("It is not settled"),
                ("confirming",),
                "mending",
                who=("enterprise",),
                reason_required=True,
                tells=("handler", "heads"),
                grave=True,
                done=_("said that it is not settled"),
            ),
            Transition(
                "let_rest",
                _("Close without an answer"),
                ("confirming",),
                "rested",
                who=("system",),
                tells=("enterprise", "handler"),
                done=_("closed it, as no answer came"),
            ),
        ),
        outcomes={"settled": _("settled"), "no_answer": _("closed without an answer")},
        ladder=(
            *CHILD_LADDER,
            Rung(1, Trigger.WARN, ("enterprise",), holder=Holder.ENTERPRISE),
        ),
    )
)
