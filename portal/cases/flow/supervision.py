"""Supervision orders (督办单): the supervision office asks a late team for an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from portal.cases.declaration import Flow, Opening, Step, Transition, register, within, working_days
from portal.cases.flow.common import CHILD_LADDER, SUPERVISION, ReplyForm, take_after_parent
from portal.cases.letters import kernel as letters
from portal.cases.models import SupervisionOrder
from portal.cases.offices import office

if TYPE_CHECKING:
    from portal.cases.move import Move


def open_supervision(move: Move) -> None:
    take_after_parent(move)
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
