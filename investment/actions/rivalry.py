"""撞单: another task force claims an investor that is taken; the first answers, and a panel decides.

Limits and panel are proposals (dossier, section 5: "conflict panel").
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from investment.access import INVESTMENT_OFFICE, RIVALRY
from investment.actions.leads import protect
from investment.models import Lead, Rivalry
from portal.cases import engine
from portal.cases.errors import NotAllowed, Refused
from portal.cases.flow.common import take_after_parent
from portal.cases.models import Case
from portal.cases.move import Move
from portal.park import offices
from portal.park.acting import Actor
from portal.park.models import Team


def claim(
    lead: Case, *, by: Actor, data: Mapping[str, Any], now: datetime, token: UUID | None = None
) -> Case:
    """Open a claim to a lead, one at a time. Raises NotAllowed, Invalid, Refused."""
    with transaction.atomic():
        above = engine.lock(lead.pk, by=by, now=now, inside=True)
        if not above.case.is_open or above.case.step == "pool":
            raise Refused(_("The lead is to be had without a claim."))
        return engine.open_case(RIVALRY, by=by, parent=above.case, data=data, now=now, token=token)


def begin(move: Move) -> None:
    """Raises Refused for a claim to one's own lead, and for a second one beside the first."""
    take_after_parent(move)
    parent: Any = move.case.parent  # it is a part of a lead
    claimant: Team = move.data["claimant"]
    if claimant.pk == parent.team_id:
        raise Refused(_("The lead lies with this task force already."))
    if Rivalry.objects.filter(lead=parent.lead, case__closed_at=None).exists():
        raise Refused(_("Somebody claims this lead already: the panel decides on it first."))
    Rivalry.objects.create(case=move.case, lead=parent.lead, claimant=claimant, grounds=move.data["grounds"])
    move.participate(claimant.pk)


def of_parent(move: Move) -> Team:
    """The task force of the lead answers first."""
    parent: Any = move.case.parent  # it is a part of a lead
    team: Team = parent.team
    return team


def keep_answer(move: Move) -> None:
    rivalry: Rivalry = move.case.rivalry
    rivalry.answer = move.data["answer"]
    move.keep(rivalry)


def contest(move: Move) -> None:
    keep_answer(move)
    call_panel(move)


def call_panel(move: Move) -> None:
    """The investment promotion office sees what it is to decide on."""
    office = offices.team_of(INVESTMENT_OFFICE)
    if office is not None:
        move.participate(office.pk)


def impartial(case: Case, move: Move) -> None:
    """Who decides belongs to neither side. Raises NotAllowed."""
    sides = {case.rivalry.claimant_id, case.rivalry.lead.case.team_id}
    if move.by is not None and sides & set(move.by.team_ids):
        raise NotAllowed(_("You belong to one of the two task forces: somebody else decides."))


def keep_decision(move: Move) -> None:
    rivalry: Rivalry = move.case.rivalry
    rivalry.decision = move.data["decision"]
    move.keep(rivalry)


def give_up(move: Move) -> None:
    """The first lets it go."""
    keep_answer(move)
    _move_over(move)


def award(move: Move) -> None:
    """The panel gives it to who claims it."""
    keep_decision(move)
    _move_over(move)


def share(move: Move) -> None:
    """Both work on it: the first leads, the other one sees all and is named."""
    keep_decision(move)
    above = _lead_above(move)
    above.participate(move.case.rivalry.claimant_id)
    above.log("shared", internal={"team": move.case.rivalry.claimant.name})
    above.save()


def _move_over(move: Move) -> None:
    above = _lead_above(move)
    lead: Lead = above.case.lead
    protect(lead, above)
    above.keep(lead)
    above.route(move.case.rivalry.claimant)
    above.log("moved_over", internal={"team": move.case.rivalry.claimant.name})
    above.tell("case.moved", "team", transition="")
    above.save()


def _lead_above(move: Move) -> Move:
    """A move of the lead, whose row is locked along. Raises Refused for one that has ended."""
    above = engine.lock(move.case.parent_id or 0, by=move.by, now=move.now, inside=True)
    if not above.case.is_open:
        raise Refused(_("The lead has ended meanwhile."))
    return above
