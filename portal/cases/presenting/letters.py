"""Letters on the case page: what can be issued now, what was issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.cases import access, engine
from portal.cases.declaration import Letter
from portal.cases.errors import CaseError
from portal.cases.models import Attachment, Case, IssuedLetter
from portal.park.acting import Actor


@dataclass(frozen=True)
class LetterOffer:
    """A letter that this person may issue now."""

    label: str
    href: str


@dataclass(frozen=True)
class LetterLine:
    """A letter that was issued."""

    label: str
    issued: IssuedLetter


def offered(case: Case, actor: Actor, issued: list[IssuedLetter]) -> list[LetterOffer]:
    """What the flow lets this person issue now and was not issued yet."""
    out = []
    for letter in case.flow.letters:
        if not _available(case, letter, actor):
            continue
        occasion = letter.occasion(case) if letter.occasion else ""
        if any((done.name, done.occasion) == (letter.name, occasion) for done in issued):
            continue
        out.append(LetterOffer(str(letter.label), reverse("cases:letter", args=[case.pk, letter.name])))
    return out


def _available(case: Case, letter: Letter, actor: Actor) -> bool:
    try:
        engine.check_letter(case, letter, actor)
    except CaseError:
        return False
    return True


def letter_of(attached: Attachment) -> IssuedLetter | None:
    """The letter whose original or translation an attachment is; None for other papers."""
    document = attached.document
    found: IssuedLetter | None = getattr(document, "letter", None)
    return found or getattr(document, "letter_translated", None)


def letters(
    case: Case, actor: Actor, attached: Sequence[Attachment], *, inside: bool
) -> dict[str, list[LetterOffer] | list[LetterLine]]:
    """Both lists. What was issued is read off what is attached."""
    known = {letter.name: letter for letter in case.flow.letters}
    rows = [found for a in attached if (found := letter_of(a)) and found.document_id == a.document_id]
    return {
        "offered": offered(case, actor, rows) if inside and known else [],
        "issued": [LetterLine(str(known[row.name].label), row) for row in rows if row.name in known],
    }


def says(letter: Letter) -> str:
    """Whom the letter tells: said before it is issued."""
    who = _(", ").join(str(access.RULES[word].label) for word in letter.tells)
    return _("Tells: %(who)s") % {"who": who} if who else ""
