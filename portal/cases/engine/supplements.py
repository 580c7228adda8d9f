"""Supplying what was asked for (补正): item by item; when all is here, the clock runs on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.cases import access
from portal.cases.engine.core import lock
from portal.cases.engine.talk import attach_in
from portal.cases.engine.timing import run_on
from portal.cases.errors import Conflict, NotAllowed, Refused, TooLong
from portal.cases.models import Case, Document, MissingItem
from portal.cases.models.supplements import ANSWER_MAX
from portal.park.acting import Actor

MAY_SUPPLY = ("enterprise", "handler")


def supply(
    case: Case | int,
    item_id: int,
    *,
    by: Actor,
    document: Document | None = None,
    answer: str = "",
    now: datetime | None = None,
) -> MissingItem:
    """Answer one missing item, with a paper or in words. The last one lets the clock run again.

    For the enterprise, or for the handler to whom it brought the paper. Raises what `check_supply` does,
    and Refused for an answer that says nothing or is too long (TooLong), or a paper that has not passed the
    virus scan.
    """
    text = answer_text(answer)
    with transaction.atomic():
        move = lock(case, by=by, now=now)
        item = check_supply(move.case, item_id, by)
        if document is None and not text:
            raise Refused(_("Choose a paper of the archive, send a file, or answer in words."))
        if document is not None:
            attach_in(move, document)
        item.document, item.answer = document, text
        item.supplied_at, item.supplied_by = move.now, by.user
        item.save()
        told = {"item": item.name, "answer": text, "document": document.title if document else ""}
        move.log("supplied", public={name: value for name, value in told.items() if value})
        move.tell("case.supplied", "handler", item=item.name)
        if not item.pause.missing.filter(supplied_at=None).exists():
            run_on(move)
            move.tell("case.resumed", "handler")
        move.save()
    return item


def answer_text(answer: str) -> str:
    """An answer as it is kept: an end of line counts once, as it does in the browser. Raises TooLong."""
    text = answer.strip().replace("\r\n", "\n")
    if len(text) > ANSWER_MAX:
        values = {"most": ANSWER_MAX, "count": len(text)}
        raise TooLong(_("At most %(most)s characters are kept; these are %(count)s.") % values)
    return text


def check_supply(case: Case, item_id: int, by: Actor) -> MissingItem:
    """The item, if it is still waited for and this person may answer it.

    Raises NotAllowed, Refused (never asked for here), Conflict (answered, or no longer waited for).
    """
    if not access.allows(by, case, MAY_SUPPLY):
        raise NotAllowed(_("Only the enterprise or the handler may do this."))
    found = MissingItem.objects.select_related("pause").filter(pk=item_id, pause__case=case).first()
    if found is None:
        raise Refused(_("This is not asked for in this case."))
    if found.supplied_at is not None:
        raise Conflict(_("“%(item)s” has been supplied already.") % {"item": found.name})
    if found.pause.to_at is not None:
        raise Conflict(_("The clock runs again: “%(item)s” is no longer waited for.") % {"item": found.name})
    return found
