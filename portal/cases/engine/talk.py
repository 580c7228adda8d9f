"""What people say about a case: messages, papers, ratings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.cases import access
from portal.cases.engine.core import fill, lock, open_case
from portal.cases.errors import Conflict, NotAllowed, Refused
from portal.cases.forms import CommentForm, RatingForm, RemindForm
from portal.cases.models import Attachment, Case, Comment, Document, Rating, Watch
from portal.cases.move import Move
from portal.park.acting import Actor
from portal.worktime.now import now as present


def comment(case: Case | int, *, by: Actor, data: Mapping[str, Any], now: datetime | None = None) -> Comment:
    """Say something: to the other side, or (staff only) as an internal note. Both sides are told."""
    with transaction.atomic():
        move = lock(case, by=by, now=now)
        fill(move, CommentForm, data, None)
        inside = access.is_staff_for(by, move.case)
        internal = bool(move.data["internal"]) and inside
        made = Comment.objects.create(
            case=move.case,
            author=by.user,
            body=move.data["body"],
            internal=internal,
            from_enterprise=not inside,
            at=move.now,
        )
        side = "internal" if internal else "public"
        move.log("commented", **{side: {"comment": made.pk}})
        words = ("handler",) if internal or not inside else ("handler", "enterprise")
        move.tell("case.commented", *words)
        move.save()
    return made


def remind(case: Case | int, *, by: Actor, data: Mapping[str, Any], now: datetime | None = None) -> Case:
    """催办: ask the handler to get on with it. For whoever leads or oversees."""
    with transaction.atomic():
        move = lock(case, by=by, now=now)
        if not access.allows(by, move.case, access.MAY_REMIND):
            raise NotAllowed(_("Only who leads the team or oversees the park may remind."))
        if not move.case.is_open:
            raise Conflict(_("The case is closed."))
        fill(move, RemindForm, data, None)
        move.log("reminded", internal={"note": move.data["note"]})
        move.tell("case.reminded", "handler", note=move.data["note"])
        move.save()
    return move.case


def watch(case: Case, *, by: Actor, on: bool, now: datetime | None = None) -> None:
    """Follow a case within sight, or no longer. It is nobody else's business: nothing is logged."""
    if on:
        Watch.objects.get_or_create(case=case, user=by.user, defaults={"since_at": now or present()})
    else:
        Watch.objects.filter(case=case, user=by.user).delete()


def attach(
    case: Case | int,
    document: Document,
    *,
    by: Actor,
    internal: bool = False,
    now: datetime | None = None,
) -> Attachment:
    """Use a paper in a case. A paper of another enterprise is refused; twice is once."""
    with transaction.atomic():
        move = lock(case, by=by, now=now)
        internal = internal and access.is_staff_for(by, move.case)
        made, created = attach_in(move, document, internal=internal)
        if created:
            side = "internal" if internal else "public"
            move.log("attached", **{side: {"document": document.title}})
            move.tell("case.attached", "handler", document=document.title)
            move.save()
    return made


def attach_in(move: Move, document: Document, *, internal: bool = False) -> tuple[Attachment, bool]:
    """Use a paper within a move that is under way: (attachment, whether it is new)."""
    if document.enterprise_id is not None and document.enterprise_id != move.case.enterprise_id:
        raise NotAllowed(_("This paper belongs to another enterprise."))
    if document.scan_state != Document.Scan.CLEAN:
        raise Refused(_("This paper has not passed the virus scan."))
    return Attachment.objects.get_or_create(
        case=move.case,
        document=document,
        defaults={"internal": internal, "attached_by_id": move.user_id or 0, "attached_at": move.now},
    )


def rate(case: Case | int, *, by: Actor, data: Mapping[str, Any], now: datetime | None = None) -> Rating:
    """好差评: the enterprise rates a closed case, once. A low rating opens what the flow declares.

    Source: 国办发〔2019〕51号, as in the domain dossier, section 4. Raises NotAllowed, Refused
    (not closed, or of an outcome that is not rated), Conflict (rated already), Invalid.
    """
    with transaction.atomic():
        move = lock(case, by=by, now=now)
        locked = move.case
        if not move.flow.ratable or not access.allows(by, locked, ("enterprise",)):
            raise NotAllowed(_("Only the enterprise itself may rate its case."))
        if locked.is_open:
            raise Refused(_("A case can be rated once it is closed."))
        if locked.outcome in move.flow.unrated_outcomes:
            raise Refused(
                _("A case that ended as “%(outcome)s” is not rated.")
                % {"outcome": move.flow.outcomes.get(locked.outcome, locked.outcome)}
            )
        if Rating.objects.filter(case=locked).exists():
            raise Conflict(_("The case has been rated already: one case, one rating."))
        fill(move, RatingForm, data, None)
        made = Rating.objects.create(
            case=locked,
            level=move.data["level"],
            comment=move.data["comment"],
            rated_by=by.user,
            rated_at=move.now,
        )
        move.log("rated", public={"level": made.level})
        move.tell("case.rated", "handler", "heads", level=made.level)
        move.save()
        if made.is_bad:
            open_case(
                move.flow.low_rating_opens,
                by=None,
                enterprise=locked.enterprise,
                team=locked.team,
                parent=locked,
                now=move.now,
                inside=True,
            )
    return made
