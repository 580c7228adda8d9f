"""Who holds a case: claiming, assigning, handing over to another team."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.cases import access, circle
from portal.cases.engine.core import fill, lock
from portal.cases.errors import Conflict, NotAllowed
from portal.cases.forms import AnswerForm, AssignForm, TransferForm
from portal.cases.models import Case, Handover
from portal.cases.move import Move
from portal.cases.statements import Joined, Written
from portal.park.acting import Actor
from portal.park.models import Team
from portal.worktime.clock import Calendar


def claim(case: Case | int, *, by: Actor, now: datetime | None = None) -> Case:
    """Take an unclaimed case of one's own team. The second of two is told who was faster."""
    with transaction.atomic():
        move = lock(case, by=by, now=now)
        if move.case.team_id not in by.team_ids:
            raise NotAllowed(_("Only members of the team may claim it."))
        if move.case.assignee_id == by.user.pk:
            return move.case
        if move.case.assignee is not None:
            raise Conflict(_("%(who)s was faster and has claimed it.") % {"who": move.case.assignee})
        _check_open(move)
        move.assign(by.user)
        move.log("claimed")
        move.save()
    return move.case


def claim_next(by: Actor, *, now: datetime | None = None) -> Case | None:
    """Give the person the most pressing unclaimed case of the own teams; None when there is none.

    Two people who ask at once get two different cases.
    """
    with transaction.atomic():
        Calendar.held()  # before the row is locked
        found = (
            Case.objects.open()
            .filter(access.known_to(by), team_id__in=by.team_ids, assignee=None, paused_at=None)
            .order_by(F("due_at").asc(nulls_last=True), "id")
            .select_for_update(skip_locked=True, of=("self",))
            .first()
        )
        return claim(found, by=by, now=now) if found is not None else None


def release(case: Case | int, *, by: Actor, now: datetime | None = None) -> Case:
    """Put a case that one has claimed back into the team's queue."""
    with transaction.atomic():
        move = lock(case, by=by, now=now)
        _check_handler(move, by)
        move.assign(None)
        move.log("released")
        move.save()
    return move.case


def assign(case: Case | int, *, by: Actor, data: Mapping[str, Any], now: datetime | None = None) -> Case:
    """Give a case to a colleague of the team. For whoever leads the team."""
    with transaction.atomic():
        move = lock(case, by=by, now=now)
        if not access.allows(by, move.case, ("heads", "section_heads")):
            raise NotAllowed(_("Only who leads the team may assign its cases."))
        _check_open(move)
        fill(move, AssignForm, data, None)
        assignee: User = move.data["assignee"]
        move.assign(assignee)
        move.log("assigned", internal={"assignee": assignee.display_name or assignee.username})
        move.tell("case.assigned", "handler")
        move.save()
    return move.case


def transfer(
    case: Case | int, *, by: Actor, data: Mapping[str, Any], now: datetime | None = None
) -> Handover:
    """Ask another team to take the case. It stays where it is, clock running, until they accept.

    Who leads the other team as well accepts by asking: the case goes over at once.
    """
    with transaction.atomic():
        move = lock(case, by=by, now=now)
        _check_handler(move, by)
        if pending := _pending(move.case):
            raise Conflict(_("It is already offered to %(team)s.") % {"team": pending.to_team})
        recorded = fill(move, TransferForm, data, None)
        to_team: Team = move.data["to_team"]
        handover = Handover(
            case=move.case,
            from_team=move.case.team,
            to_team=to_team,
            reason=move.data["reason"],
            asked_by=by.user,
            asked_at=move.now,
        )
        at_once = to_team.pk in by.headed_team_ids  # who leads both teams need not ask
        if at_once:
            _answered(handover, Handover.State.ACCEPTED, by, move)
        _HANDOVERS.save(handover)
        move.participate(to_team.pk)
        circle.let_in(move.case, circle.heads(to_team), move.now)
        move.log("transfer_offered", **recorded)
        if at_once:
            _take_over(move, to_team)
        else:
            move.tell("case.transfer_offered", "receiving_team")
        move.save()
    return handover


def _take_over(move: Move, team: Team) -> None:
    move.route(team)
    move.log("transfer_accepted", public={"team": team.name})


def accept_transfer(
    case: Case | int, *, by: Actor, data: Mapping[str, Any] | None = None, now: datetime | None = None
) -> Case:
    """Accept a case that another team offers: it now lies in the own queue."""
    with transaction.atomic():
        move, handover = _answer(case, by, now, data, Handover.State.ACCEPTED)
        _take_over(move, handover.to_team)
        move.tell("case.transfer_accepted", "receiving_asker")
        move.save()
    return move.case


def decline_transfer(
    case: Case | int, *, by: Actor, data: Mapping[str, Any] | None = None, now: datetime | None = None
) -> Case:
    """Decline a case that another team offers: it stays with that team."""
    with transaction.atomic():
        move, handover = _answer(case, by, now, data, Handover.State.DECLINED)
        move.log("transfer_declined", internal={"team": handover.to_team.name, "answer": handover.answer})
        move.tell("case.transfer_declined", "handler")
        move.save()
    return move.case


def withdraw_transfer(case: Case | int, *, by: Actor, now: datetime | None = None) -> Case:
    """Take back an offer that has not been answered."""
    with transaction.atomic():
        move = lock(case, by=by, now=now)
        _check_handler(move, by)
        handover = _require_pending(move.case)
        _close_handover(handover, Handover.State.WITHDRAWN, by, move)
        move.log("transfer_withdrawn")
        move.save()
    return move.case


def restore(
    case: Case | int,
    *,
    team: Team,
    assignee: User | None,
    by: Actor,
    version: int,
    now: datetime | None = None,
) -> Case:
    """Undo what `by` has just done: back to the team and handler of before.

    Raises Conflict when anything has happened since (`version` is what the case had after it).
    """
    with transaction.atomic():
        move = lock(case, by=by, now=now, version=version)
        _check_open(move)
        pending = _pending(move.case)
        if pending is not None and pending.asked_by_id == by.user.pk:
            _close_handover(pending, Handover.State.WITHDRAWN, by, move)
        move.route(team)
        move.assign(assignee)
        move.log("restored", internal={"team": team.name})
        move.tell("case.restored", "handler")
        move.save()
    return move.case


def delegate(case: Case | int, *, to: User, expected: User, why: str, now: datetime | None = None) -> Case:
    """Pass a case to a deputy, or back. Only the portal does it, on a recorded absence.

    Raises Conflict when it no longer lies with whom it is expected.
    """
    with transaction.atomic():
        move = lock(case, by=None, now=now)
        _check_open(move)
        if move.case.assignee_id != expected.pk:
            raise Conflict(_("The case has changed hands meanwhile."))
        move.assign(to)
        move.log(why, internal={"assignee": to.display_name or to.username})
        move.tell("case.assigned", "handler")
        move.save()
    return move.case


def _answer(
    case: Case | int,
    by: Actor,
    now: datetime | None,
    data: Mapping[str, Any] | None,
    state: Handover.State,
) -> tuple[Move, Handover]:
    move = lock(case, by=by, now=now)
    handover = _require_pending(move.case)
    if handover.to_team_id not in by.team_ids:
        raise NotAllowed(_("Only %(team)s may answer.") % {"team": handover.to_team})
    fill(move, AnswerForm, data, None)
    handover.answer = move.data.get("answer", "")
    _close_handover(handover, state, by, move)
    return move, handover


def _close_handover(handover: Handover, state: Handover.State, by: Actor, move: Move) -> None:
    _answered(handover, state, by, move)
    _HANDOVERS.save(handover)


def _answered(handover: Handover, state: Handover.State, by: Actor, move: Move) -> None:
    handover.state, handover.answered_by, handover.answered_at = state, by.user, move.now


_PENDING = Joined(
    Handover,
    "to_team",
    "from_team",
    where=f"t0.case_id = %s AND t0.state = '{Handover.State.PENDING.value}' ORDER BY t0.id LIMIT 1",
)
_HANDOVERS = Written(Handover)


def _pending(case: Case) -> Handover | None:
    return _PENDING.first(case.pk)


def _require_pending(case: Case) -> Handover:
    handover = _pending(case)
    if handover is None:
        last = case.handovers.select_related("answered_by").order_by("-asked_at").first()
        if last is not None and last.answered_by is not None:
            raise Conflict(_("%(who)s was faster and has answered.") % {"who": last.answered_by})
        raise Conflict(_("No transfer is waiting for an answer."))
    return handover


def _check_open(move: Move) -> None:
    if not move.case.is_open:
        raise Conflict(_("The case is closed."))


def _check_handler(move: Move, by: Actor) -> None:
    _check_open(move)
    if not access.allows(by, move.case, ("handler",)):
        raise NotAllowed(_("Only the handler or who leads the team may do this."))
