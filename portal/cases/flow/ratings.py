"""Follow-ups of low ratings (差评整改), and the review of a rating (评价复核).

Source: domain dossier, section 4, 好差评. Decisions: portal/decisions/0010-low-rating-follow-up.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.db.models import Max
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.cases import standards
from portal.cases.declaration import (
    Flow,
    Opening,
    RatingWords,
    Rung,
    Step,
    Transition,
    register,
    within,
    working_days,
)
from portal.cases.errors import Refused
from portal.cases.flow.common import (
    CHILD_LADDER,
    CO_HANDLING,
    FOLLOW_UP,
    SECOND_FAILURE,
    case_above,
    take_after_parent,
)
from portal.cases.forms import ActionForm
from portal.cases.models import Alert, FollowUp, Holder, Rating, Trigger
from portal.cases.offices import office

if TYPE_CHECKING:
    from portal.cases.models import Case
    from portal.cases.move import Move
    from portal.park.models import Team

TOLD_WHY = _("The enterprise is told, with your reason")
REVIEWERS = ("supervision", "discipline")  # the second where the first is itself concerned


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


class AppealForm(ActionForm):
    """Why a rating should not count. It is for the reviewers; the enterprise reads their decision."""

    ground = forms.ChoiceField(label=_("Ground"), choices=FollowUp.Ground.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "What shows it: facts, times, records. The enterprise hears that a review was asked for, "
            "and reads the decision, not this."
        ),
    )


def open_follow_up(move: Move) -> None:
    """The case comes back to who had it; whom its ladder had reached hears of that too."""
    take_after_parent(move)
    above = move.case.parent
    reached = Alert.objects.filter(case=above).aggregate(level=Max("level"))["level"] or 0
    FollowUp.objects.create(case=move.case, rating=Rating.objects.get(case=above), level=reached)
    if above is not None and (words := _told_before(above, reached)):
        move.tell("case.opened", *words)


def _told_before(above: Case, level: int) -> tuple[str, ...]:
    """Whom the rungs up to a level tell, outside the team (which is told anyway)."""
    rungs = standards.standard(above.standard_id).rungs.get(Holder.DEPARTMENT.value, ())
    told = (word for rung in rungs if rung.level <= level for word in rung.tells)
    return tuple(dict.fromkeys(word for word in told if word not in ("handler", "section_heads", "heads")))


def keep_contact(move: Move) -> None:
    FollowUp.objects.filter(case=move.case).update(contact_note=move.data["contact_note"])


def keep_remedy(move: Move) -> None:
    FollowUp.objects.filter(case=move.case).update(remedy=move.data["remedy"])


def co_handlers_have_replied(case: Case, _move: Move) -> None:
    if case.parent is not None and case.parent.children.open().filter(kind=CO_HANDLING).exists():
        raise Refused(gettext("A co-handling team has not replied yet."))


def review_possible(case: Case) -> None:
    """Once, and by an office that is not concerned itself."""
    if case.follow_up.appeal_ground:
        raise Refused(gettext("A review has been asked for once already: its decision is final."))
    reviewing_office(case)


def reviewing_office(case: Case) -> Team:
    """The office that judges whether the rating counts. Raises Refused where there is none."""
    if case.sealed:
        raise Refused(gettext("A sealed complaint stays with discipline inspection."))
    concerned = {case.team_id, case.parent.team_id if case.parent else None}
    for code in REVIEWERS:
        if (found := office(code)).pk not in concerned:
            return found
    raise Refused(gettext("No office is left that could review this rating without being concerned."))


def ask_for_review(move: Move) -> None:
    """The office that judges gets sight of what was rated."""
    chosen = reviewing_office(move.case)
    FollowUp.objects.filter(case=move.case).update(
        appeal_ground=move.data["ground"], appeal_reason=move.data["reason"]
    )
    case_above(move).participate(chosen.pk)
    move.route(chosen)


def back_to_rated_team(move: Move) -> None:
    """Back to the team that asked for the review."""
    asked = move.case.stays.filter(left_via="appeal").select_related("team").latest("seq")
    move.route(asked.team)


def let_rating_stand(move: Move) -> None:
    """The work goes on; who had not called the enterprise yet does that first."""
    back_to_rated_team(move)
    if not move.case.follow_up.contact_note:
        move.target = "to_contact"
    move.tell("case.rating_reviewed", "enterprise", reason=move.data["reason"], stands=True)


def set_rating_aside(move: Move) -> None:
    """The rating stays on record with the reason, and counts nowhere."""
    back_to_rated_team(move)
    reason = move.data["reason"]
    above = case_above(move)
    Rating.objects.filter(case=above.case).update(set_aside_at=move.now, set_aside_why=reason)
    above.log("rating_set_aside", public={"reason": reason})
    above.save()
    move.tell("case.rating_reviewed", "enterprise", reason=reason, stands=False)


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
        facts_internal=("contact_note", "level", "appeal_ground", "appeal_reason"),
        ratable=True,
        unrated_outcomes=("set_aside",),
        low_rating_opens=SECOND_FAILURE,
        rating_words=RatingWords(
            label=_("Rate the follow-up"),
            asks=_("Was it put right?"),
            heading=_("Rating of the follow-up"),
            after_low=_("Thank you for your rating. It goes to the leaders of the park."),
        ),
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
            Step(
                "in_review",
                _("Rating under review"),
                limit=within(working_days(2)),
                plain=_("We check whether the rating counts"),
                rail=False,
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
            Step("not_counted", _("Rating not counted"), outcome="set_aside", rail=False),
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
                "appeal",
                _("Ask for a review of the rating"),
                ("to_contact", "mending"),
                "in_review",
                who=("handler",),
                form=AppealForm,
                ready=review_possible,
                effect=ask_for_review,
                tells=("team", "enterprise"),
                grave=True,
                done=_("asked for a review of the rating"),
            ),
            Transition(
                "rating_stands",
                _("The rating stands"),
                ("in_review",),
                "mending",
                who=("reviewer",),
                effect=let_rating_stand,
                may_lead_to=("to_contact",),
                reason_required=True,
                tells=("team", "heads"),
                not_by=("appeal",),
                primary=True,
                done=_("reviewed the rating: it stands"),
                help=TOLD_WHY,
            ),
            Transition(
                "set_aside",
                _("Set the rating aside"),
                ("in_review",),
                "not_counted",
                who=("reviewer",),
                effect=set_rating_aside,
                reason_required=True,
                tells=("team", "heads"),
                not_by=("appeal",),
                grave=True,
                done=_("reviewed the rating: it is not counted"),
                help=TOLD_WHY,
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
        outcomes={
            "settled": _("settled"),
            "no_answer": _("closed without an answer"),
            "set_aside": _("rating not counted"),
        },
        ladder=(
            *CHILD_LADDER,
            Rung(1, Trigger.WARN, ("enterprise",), holder=Holder.ENTERPRISE),
        ),
    )
)
