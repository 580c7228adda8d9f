"""Taking in papers: known by content, kept once, private."""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import date, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING

import filetype
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from portal.cases.errors import Refused
from portal.cases.models import Document
from portal.worktime.clock import local

if TYPE_CHECKING:
    from portal.accounts.models import User
    from portal.park.models import Enterprise, Team

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {
    "application/pdf": "PDF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WebP",
    "image/heic": "HEIC",
    WORD: "Word",
    EXCEL: "Excel",
}
SHOWN_IN_BROWSER = ("application/pdf", "image/jpeg", "image/png", "image/webp")
HEAD_BYTES = 8192


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

    The same content of the same enterprise is one document, however often it is sent.
    Raises Refused for a type that is not accepted, an empty file, or one that is too large.
    """
    size = upload.size or 0
    if size == 0:
        raise Refused(_("The file is empty. Please choose it again."))
    if size > settings.DOCUMENT_MAX_BYTES:
        most = settings.DOCUMENT_MAX_BYTES // 2**20
        raise Refused(_("The file is larger than %(most)s MB. Please make it smaller.") % {"most": most})
    content_type = sniff(upload)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    name = clean_name(upload.name or "")
    if enterprise is not None:
        known = Document.objects.filter(enterprise=enterprise, sha256=digest.hexdigest()).first()
        if known is not None:
            return known
    document = Document(
        enterprise=enterprise,
        team=team,
        title=(title.strip() or PurePath(name).stem)[:200],
        original_name=name,
        content_type=content_type,
        size_bytes=size,
        sha256=digest.hexdigest(),
        valid_until_on=valid_until_on,
        uploaded_by=by,
        uploaded_at=now,
    )
    document.file.save("upload", upload, save=False)
    document.save()
    return document


def sniff(upload: UploadedFile[bytes]) -> str:
    """The type by content, whatever the name says. Raises Refused when it is not on the list."""
    upload.seek(0)
    kind = filetype.guess(upload.read(HEAD_BYTES))
    upload.seek(0)
    mime = kind.mime if kind else ""
    if mime not in TYPES:
        raise Refused(
            _("This kind of file is not accepted, whatever its name says. Accepted: %(types)s.")
            % {"types": _(", ").join(TYPES.values())}
        )
    return str(mime)


def clean_name(name: str) -> str:
    """A file name as a label: no path, no control characters, not too long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(ch for ch in last if unicodedata.category(ch)[0] != "C").strip()
    return kept[-200:] or "file"


def validity(valid_until_on: date | None, today: date) -> str:
    """ "valid until …", "expired on …"; empty where the paper names no day."""
    if valid_until_on is None:
        return ""
    text = _("expired on %(day)s") if valid_until_on < today else _("valid until %(day)s")
    return text % {"day": valid_until_on.isoformat()}


def described(document: Document, today: date) -> str:
    """What tells papers of one title apart: size, when it came, how long it holds."""
    came = _("uploaded %(day)s") % {"day": local(document.uploaded_at).date().isoformat()}
    says = (filesizeformat(document.size_bytes), came, validity(document.valid_until_on, today))
    return " · ".join(part for part in says if part)
