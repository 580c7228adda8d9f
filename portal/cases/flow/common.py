"""What the kernel's own kinds of case have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.cases import circle, engine
from portal.cases.declaration import Rung
from portal.cases.errors import Refused
from portal.cases.forms import ActionForm
from portal.cases.models import Case, Trigger

if TYPE_CHECKING:
    from portal.cases.move import Move
    from portal.park.models import Team

CO_HANDLING = "cases.co_handling"
SUPERVISION = "cases.supervision"
FOLLOW_UP = "cases.follow_up"
SECOND_FAILURE = "cases.second_failure"

# Children of a late case are chased, but never by supervision orders of their own.
CHILD_LADDER = (
    Rung(1, Trigger.WARN, ("handler", "section_heads")),
    Rung(2, Trigger.DUE, ("handler", "heads")),
    Rung(3, Trigger.DUE, ("heads", "supervisors"), 1),
    Rung(4, Trigger.DUE, ("heads", "leader_in_charge"), 3),
)


class ReplyForm(ActionForm):
    """A written reply."""

    reply = forms.CharField(label=_("Reply"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))


def take_after_parent(move: Move) -> None:
    """A child carries the title of the case above it, so that a queue can be read; and what hides it."""
    parent = move.case.parent
    if parent is not None:
        move.case.title = f"{move.flow.label} · {parent.title}"[:200]
        move.case.sealed = parent.sealed
        circle.inherit(move.case, move.now)


def case_above(move: Move) -> Move:
    """A move of the case above, whose row is locked along with its child's."""
    return engine.lock(move.case.parent_id or 0, by=move.by, now=move.now, inside=True)


def ask_team(move: Move, team: Team, ask: str) -> None:
    """会办: another team answers for its part of the case, as a case of its own."""
    engine.open_case(
        CO_HANDLING,
        by=move.by,
        enterprise=move.case.enterprise,
        team=team,
        parent=move.case,
        data={"ask": ask},
        now=move.now,
        inside=True,
    )


def parts_replied(case: Case) -> None:
    """Every team that was asked has answered. Raises Refused with the one that is waited for."""
    waiting = next((c for c in case.children.all() if c.is_open and c.kind == CO_HANDLING), None)
    if waiting is not None:
        raise Refused(
            gettext("%(team)s has not replied yet. Wait, or recall the request.") % {"team": waiting.team}
        )
