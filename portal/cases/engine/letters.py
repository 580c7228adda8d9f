"""Issuing letters: number, bytes, record, in one transaction."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.core.files.base import ContentFile
from django.utils import translation
from django.utils.translation import gettext as _

from portal import files
from portal.cases import access, papers
from portal.cases.declaration import Letter
from portal.cases.engine.core import lock
from portal.cases.engine.talk import attach_in
from portal.cases.errors import Conflict, NotAllowed, Refused
from portal.cases.letters import making
from portal.cases.models import Case, Document, IssuedLetter
from portal.cases.move import Move
from portal.park.acting import Actor
from portal.worktime.clock import local


def issue_letter(
    case: Case | int, name: str, *, by: Actor, now: datetime | None = None, version: int | None = None
) -> IssuedLetter:
    """Issue a letter that the flow declares: draw its number and keep its bytes, in two languages.

    Raises NotAllowed, Refused (nothing to tell yet), Conflict (issued already, or a stale page).
    """
    with files.atomic():
        move = lock(case, by=by, now=now, version=version)
        letter = declared_letter(move.case, name)
        check_letter(move.case, letter, by)
        occasion = letter.occasion(move.case) if letter.occasion else ""
        earlier = IssuedLetter.objects.filter(case=move.case, name=name, occasion=occasion).first()
        if earlier is not None:
            raise Conflict(
                _("It has been issued already as %(number)s: print that one again.")
                % {"number": earlier.number}
            )
        made = _issue(move, letter, occasion, by)
        move.save()
    return made


def issue_in(move: Move, name: str) -> IssuedLetter:
    """Issue a letter within a move that is under way: for an effect whose point it is.

    Raises Refused where there is nothing to tell yet, or nobody who issues it.
    """
    letter = declared_letter(move.case, name)
    if letter.ready:
        letter.ready(move.case)
    if move.by is None:
        raise Refused(_("Only a person may do this."))
    return _issue(move, letter, letter.occasion(move.case) if letter.occasion else "", move.by)


def _issue(move: Move, letter: Letter, occasion: str, by: Actor) -> IssuedLetter:
    made = _make(move, letter, occasion, by)
    side = "public" if letter.public else "internal"
    told = {"letter": letter.name, "document_number": made.number, "sha256": made.sha256}
    move.log("letter_issued", **{side: told})
    move.tell("case.letter_issued", *letter.tells, letter=letter.name, document_number=made.number)
    return made


def declared_letter(case: Case, name: str) -> Letter:
    """The letter of this name. Raises Refused when the flow has none."""
    try:
        return case.flow.letter(name)
    except KeyError as error:
        raise Refused(_("There is no such letter for this case.")) from error


def check_letter(case: Case, letter: Letter, by: Actor) -> None:
    """Who may issue it, and whether there is something to tell. Raises NotAllowed, Refused."""
    if not access.allows(by, case, letter.who):
        who = _(", ").join(str(access.RULES[word].label) for word in letter.who)
        raise NotAllowed(_("This is not for you to do. It is for: %(who)s.") % {"who": who})
    if letter.ready:
        letter.ready(case)


def _make(move: Move, letter: Letter, occasion: str, by: Actor) -> IssuedLetter:
    year = local(move.now).year
    serial = making.draw_serial(letter.mark, year)
    number = making.number_text(letter.mark, year, serial)
    original = _keep(move, letter, number, by, making.CHINESE)
    return IssuedLetter.objects.create(
        case=move.case,
        name=letter.name,
        occasion=occasion,
        mark=letter.mark,
        year=year,
        serial=serial,
        number=number,
        document=original,
        translation=_keep(move, letter, number, by, making.ENGLISH),
        sha256=original.sha256,
        issued_by=by.user,
        issued_at=move.now,
    )


def _keep(move: Move, letter: Letter, number: str, by: Actor, language: str) -> Document:
    """The bytes as a document of the case: in the enterprise's file when the letter is for it."""
    case = move.case
    content = making.pdf(case, letter, number=number, now=move.now, language=language)
    digest = hashlib.sha256(content).hexdigest()
    for_enterprise = letter.public and case.enterprise_id is not None
    with translation.override(language):
        title = f"{letter.label} {number}"
        if language == making.ENGLISH:
            title = _("%(letter)s (English translation)") % {"letter": title}
    document = Document(
        enterprise_id=case.enterprise_id if for_enterprise else None,
        team_id=None if for_enterprise else case.team_id,
        title=title[:200],
        original_name=f"{number}{'-en' if language == making.ENGLISH else ''}.pdf",
        content_type="application/pdf",
        size_bytes=len(content),
        sha256=digest,
        scan_state=Document.Scan.CLEAN,  # our own bytes
        uploaded_by=by.user,
        uploaded_at=move.now,
    )
    papers.put(document, ContentFile(content))
    document.save()
    attach_in(move, document, internal=not letter.public)
    return document
