"""Papers on the page of a case: those in it, those of the archive that fit, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from portal.cases import access
from portal.cases.engine import MAY_SUPPLY
from portal.cases.models import Attachment, Case, Document, MissingItem, Pause
from portal.cases.models.supplements import ANSWER_MAX
from portal.cases.papers import described, validity
from portal.composed import Composed
from portal.park.acting import Actor
from portal.worktime.clock import local

ARCHIVE_SHOWN = 60
# Whether a case waits for something that was asked of its enterprise.
ASKED = Exists(MissingItem.objects.filter(pause__case=OuterRef("pk"), pause__to_at=None, supplied_at=None))


@dataclass(frozen=True)
class Paper:
    """A paper in one line: what it is, how large, since when, how long it holds."""

    pk: int
    title: str
    says: str
    expired: bool


@dataclass(frozen=True)
class Wanted:
    """A missing item; `fits` is the paper of the archive whose name is like it."""

    item: MissingItem
    fits: Paper | None
    most: int = ANSWER_MAX  # characters of an answer in words


def paper(document: Document, today: date) -> Paper:
    until = document.valid_until_on
    return Paper(document.pk, document.title, described(document, today), until is not None and until < today)


def in_case(attached: Sequence[Attachment], today: date) -> list[tuple[Attachment, str]]:
    """Each paper of the case with what there is to say of it."""
    return [(a, " · ".join(_said_of(a, today))) for a in attached]


def _said_of(attachment: Attachment, today: date) -> list[str]:
    document = attachment.document
    says = [filesizeformat(document.size_bytes)]
    if document.enterprise_id is not None and document.uploaded_at < attachment.attached_at:
        says.append(_("from the archive"))
    if until := validity(document.valid_until_on, today):
        says.append(until)
    if attachment.internal:
        says.append(_("internal"))
    return says


def archive(case: Case, actor: Actor, attached: Sequence[Attachment], now: datetime) -> list[Paper]:
    """The papers of the enterprise that this person may use here and that are not in the case yet."""
    if case.enterprise_id is None or not case.is_open:
        return []
    used = [a.document_id for a in attached]
    if access.holds_with_team(actor, case):
        rest = _OF_ENTERPRISE.rows(case.enterprise_id, used)
    else:
        rest = list(_offered(access.usable_papers(actor, case), used))
    lines = [paper(document, local(now).date()) for document in rest]
    return sorted(lines, key=lambda line: line.expired)


def _offered(usable: Q, used: list[int]) -> QuerySet[Document]:
    """The papers that hold longest first."""
    found = Document.objects.filter(usable, scan_state=Document.Scan.CLEAN).exclude(pk__in=used)
    return found.order_by(F("valid_until_on").desc(nulls_last=True), "-id")[:ARCHIVE_SHOWN]


_OF_ENTERPRISE = Composed(lambda enterprise, used: _offered(access.papers_of(enterprise), used))


def running_pause(pauses: Sequence[Pause]) -> Pause | None:
    """The stop of the clock that somebody ordered and nobody has ended."""
    return next((p for p in pauses if p.to_at is None and p.reason != Pause.Reason.TURN), None)


def missing_items(pause: Pause | None) -> list[MissingItem]:
    return list(pause.missing.select_related("document")) if pause is not None else []


def wanted(items: Sequence[MissingItem], archived: Sequence[Paper]) -> list[Wanted]:
    """Each item with the paper of the archive that fits it."""
    fresh = [line for line in archived if not line.expired]
    return [Wanted(item, _fitting(item.name, fresh) if item.supplied_at is None else None) for item in items]


def _fitting(name: str, archived: Sequence[Paper]) -> Paper | None:
    return next((line for line in archived if name in line.title or line.title in name), None)


def may_supply(case: Case, actor: Actor) -> bool:
    return access.allows(actor, case, MAY_SUPPLY)
