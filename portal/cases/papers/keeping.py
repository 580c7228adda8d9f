"""Taking in papers: known by content, cleaned, kept once, private."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Container
from datetime import date, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal import files
from portal.cases.errors import Conflict, Refused
from portal.cases.models import Document
from portal.cases.papers import pdf
from portal.cases.papers.expiry import first_reminder
from portal.cases.papers.kinds import PICTURES, TYPES, sniff
from portal.cases.papers.orphans import spare
from portal.cases.papers.scanning import must_be_clean, scan_new

if TYPE_CHECKING:
    from portal.accounts.models import User
    from portal.park.models import Enterprise, Team


def store(
    upload: UploadedFile[bytes],
    *,
    by: User,
    now: datetime,
    enterprise: Enterprise | None = None,
    team: Team | None = None,
    title: str = "",
    valid_until_on: date | None = None,
) -> Document:
    """Keep a file in the archive of an enterprise (or as a proof of a team).

    The same content of the same owner is one document, however often it is sent; a date of expiry
    that comes along is kept. Raises Refused for what is not accepted, and says why.
    """
    check_outside(upload)
    content_type = sniff(upload)
    sent = digest_of(upload)
    owner = {"enterprise": enterprise, "team": team}
    known = Document.objects.filter(**owner, sent_sha256=sent).first()
    if known is not None:
        return _dated(known, valid_until_on)
    name = clean_name(upload.name or "")
    document = Document(
        **owner,
        title=(title.strip() or PurePath(name).stem)[:200],
        original_name=name,
        sent_sha256=sent,
        valid_until_on=valid_until_on,
        remind_on=first_reminder(valid_until_on),
        uploaded_by=by,
        uploaded_at=now,
    )
    scan_new(document, upload, now)
    kept = _cleaned(document, upload, content_type)
    return _written(document, kept, owner)


def checked(upload: UploadedFile[bytes], types: Container[str], *, now: datetime) -> str:
    """The type, by content, of a file that is given out as it came and is no paper of the archive.

    The same checks as in `store`, and `types` for the type. Raises Refused, and says why.
    """
    check_outside(upload)
    content_type = sniff(upload)
    if content_type not in types:
        raise Refused(_("%(kind)s is not accepted here.") % {"kind": TYPES[content_type]})
    if content_type == "application/pdf":
        pdf.page_count(upload)
    must_be_clean(upload, now)
    return content_type


def _cleaned(document: Document, upload: UploadedFile[bytes], content_type: str) -> File[bytes]:
    """What is kept of an upload: pictures drawn anew, PDF files opened once, the rest as it came."""
    kept: File[bytes] = upload
    if content_type in PICTURES:
        from portal.cases.papers import images  # the codecs, once they are needed

        kept, content_type = images.redraw(upload, content_type)
        document.pages = 1
    elif content_type == "application/pdf":
        document.pages = pdf.page_count(upload)
    document.content_type, document.size_bytes = content_type, kept.size or 0
    document.sha256 = document.sent_sha256 if kept is upload else digest_of(kept)
    return kept


def _written(document: Document, kept: File[bytes], owner: dict[str, Any]) -> Document:
    """Row and file; whoever sends the same at the same moment gets the one that was first."""
    try:
        with files.atomic():
            put(document, kept)
            document.save()
    except IntegrityError:
        return Document.objects.get(**owner, sent_sha256=document.sent_sha256)
    return document


def put(document: Document, content: File[bytes]) -> None:
    """Store the bytes of a paper, in the transaction (`files.atomic`) that writes its row."""
    spare(document.sha256)
    document.file.save("paper", content, save=False)
    files.note(document.file.storage, document.file.name or "")


def _dated(known: Document, valid_until_on: date | None) -> Document:
    """A paper that is there already takes over the date that was given this time."""
    if valid_until_on is not None and known.valid_until_on != valid_until_on:
        known.valid_until_on, known.remind_on = valid_until_on, first_reminder(valid_until_on)
        known.version += 1
        known.save(update_fields=["valid_until_on", "remind_on", "version"])
    return known


def correct(pk: int, *, title: str, valid_until_on: date | None, version: int | None) -> Document:
    """Another title or date of expiry. Raises Conflict when somebody has changed it since `version`."""
    with transaction.atomic():
        document = Document.objects.select_for_update().get(pk=pk)
        if version is not None and document.version != version:
            raise Conflict(_("Somebody has changed this paper meanwhile. Nothing was saved."))
        if document.valid_until_on != valid_until_on:
            document.remind_on = first_reminder(valid_until_on)
        document.title, document.valid_until_on = title.strip()[:200], valid_until_on
        document.version += 1
        document.save(update_fields=["title", "valid_until_on", "remind_on", "version"])
    return document


def check_outside(upload: UploadedFile[bytes]) -> None:
    """What is seen before the content is read: name and size. Raises Refused."""
    if getattr(upload, "has_path", False) or "/" in (upload.name or "") or "\\" in (upload.name or ""):
        raise Refused(_("The name of the file contains a path. Please send the file under its plain name."))
    if not upload.size:
        raise Refused(_("The file is empty. Please choose it again."))
    if upload.size > settings.DOCUMENT_MAX_BYTES:
        most = settings.DOCUMENT_MAX_BYTES // 2**20
        raise Refused(_("The file is larger than %(most)s MB. Please make it smaller.") % {"most": most})


def digest_of(file: File[bytes]) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def clean_name(name: str) -> str:
    """A file name as a label: no path, no control characters, not too long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(ch for ch in last if unicodedata.category(ch)[0] != "C").strip()
    return kept[-200:] or "file"
