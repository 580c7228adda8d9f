"""Second low ratings (二次差评): the follow-up was rated low as well, and the leaders take note.

Source: domain dossier, section 4, ladder: "+5 wd or 2nd rating failure → 主要领导 meeting list".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.cases.declaration import Flow, Opening, Rung, Step, Transition, register, within, working_days
from portal.cases.flow.common import SECOND_FAILURE, case_above, take_after_parent
from portal.cases.forms import ActionForm
from portal.cases.models import Rating, SecondFailure, Trigger

if TYPE_CHECKING:
    from portal.cases.move import Move

LEADERS_LEVEL = 5


class NoteForm(ActionForm):
    """What the leaders say to a second low rating; for staff only."""

    note = forms.CharField(
        label=_("Note"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What is to happen now. The team and the supervision office read it."),
    )


def open_second_failure(move: Move) -> None:
    """It lies with who handled the follow-up, and waits for the leaders."""
    take_after_parent(move)
    above = move.case.parent
    if above is not None and above.parent is not None:
        move.case.title = f"{move.flow.label} · {above.parent.title}"[:200]
        move.assign(above.assignee)
    SecondFailure.objects.create(case=move.case, rating=Rating.objects.get(case=above))


def keep_note(move: Move) -> None:
    """The follow-up, which the enterprise sees, says that the leaders know of it."""
    SecondFailure.objects.filter(case=move.case).update(note=move.data["note"])
    above = case_above(move)
    above.log("noted_by_leaders")
    above.tell("case.noted_by_leaders", "enterprise")
    above.save()


register(
    Flow(
        kind=SECOND_FAILURE,
        label=_("Second low rating"),
        prefix="EC",
        public=False,
        facts=SecondFailure,
        facts_related=("rating",),
        facts_template="cases/_second_failure_facts.html",
        facts_public=("rating",),
        facts_internal=("note",),
        opening=Opening(
            who=("system",),
            step="before_leaders",
            create=open_second_failure,
            tells=("heads", "supervisors", "leaders", "inspectors"),
            level=LEADERS_LEVEL,
        ),
        steps=(
            # Proposal: by the next weekly meeting.
            Step("before_leaders", _("On the leaders' list"), limit=within(working_days(5))),
            Step("noted", _("Noted by the leaders"), outcome="noted"),
        ),
        transitions=(
            Transition(
                "take_note",
                _("Take note"),
                ("before_leaders",),
                "noted",
                who=("leaders", "inspectors"),
                form=NoteForm,
                effect=keep_note,
                tells=("handler", "heads", "supervisors"),
                primary=True,
                done=_("took note of it"),
                help=_("The enterprise is told that the leaders took note, not what you write"),
            ),
        ),
        outcomes={"noted": _("noted by the leaders")},
        ladder=(
            Rung(LEADERS_LEVEL, Trigger.WARN, ("leaders",)),
            Rung(LEADERS_LEVEL + 1, Trigger.DUE, ("heads", "leaders", "supervisors")),
        ),
    )
)
