"""Co-handling (会办): a part of a case that another team answers for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.cases.declaration import Flow, Opening, Step, Transition, register, within, working_days
from portal.cases.flow.common import CHILD_LADDER, CO_HANDLING, ReplyForm, take_after_parent
from portal.cases.forms import ActionForm
from portal.cases.letters import kernel as letters
from portal.cases.models import CoHandling

if TYPE_CHECKING:
    from portal.cases.move import Move


class AskForm(ActionForm):
    """What a co-handling team is asked for."""

    ask = forms.CharField(label=_("What is asked"), max_length=2000)


def create_co_handling(move: Move) -> None:
    CoHandling.objects.create(case=move.case, ask=move.data["ask"])


def keep_co_handling_reply(move: Move) -> None:
    CoHandling.objects.filter(case=move.case).update(reply=move.data["reply"])


def open_co_handling(move: Move) -> None:
    take_after_parent(move)
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
