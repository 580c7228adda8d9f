"""Which kinds of files are accepted. The content decides; name and declared type never do."""

from __future__ import annotations

import zipfile
from pathlib import PurePath

import filetype
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from portal.cases.errors import Refused

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
PICTURES = ("image/jpeg", "image/png", "image/webp", "image/heic")
SHOWN_IN_BROWSER = ("application/pdf", "image/jpeg", "image/png", "image/webp")
# What a name promises. Only for words: it says to people what is wrong with their file.
_PROMISES = {
    ".pdf": "application/pdf", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png",
    ".webp": "image/webp", ".heic": "image/heic", ".docx": WORD, ".xlsx": EXCEL,
}  # fmt: skip
HEAD_BYTES = 8192
# An office file is a zip: what it may unpack to, in all, and from how many parts.
UNPACKED_MAX_BYTES = 500 * 2**20
PARTS_MAX = 10_000
_MAIN_PART = {WORD: "word/document.xml", EXCEL: "xl/workbook.xml"}


def sniff(upload: UploadedFile[bytes]) -> str:
    """The type by content, whatever the name says. Raises Refused when it is not on the list."""
    upload.seek(0)
    head = upload.read(HEAD_BYTES)
    upload.seek(0)
    kind = filetype.guess(head)
    mime = str(kind.mime) if kind else ""
    if mime == "application/zip":  # a package whose parts stand in an order that the head does not show
        mime = _office_kind(upload)
    if mime not in TYPES:
        raise Refused(_wrong(head, upload.name or ""))
    if mime in _MAIN_PART:
        check_office(upload, mime)
    return mime


def _wrong(head: bytes, name: str) -> str:
    """What is wrong with a file that is not accepted, as exactly as its content shows."""
    promised = _PROMISES.get(PurePath(name).suffix.lower())
    accepted = _("Accepted: %(types)s.") % {"types": _(", ").join(TYPES.values())}
    start = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<svg", b"<?xml")) and b"<svg" in head.lower():
        said = _("This is an SVG drawing. It can carry a program and is not accepted: send it as PNG or PDF.")
    elif start.startswith((b"<!doctype html", b"<html", b"<script", b"<head", b"<body")):
        said = _(
            "This is a web page (HTML), whatever its name says. Print the page to a PDF file and send that."
        )
    elif head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        said = _("This is an old Word or Excel file. Save it as .docx, .xlsx or PDF and send that.")
    elif promised is not None:
        said = _("The name says %(kind)s, but the content is something else.") % {"kind": TYPES[promised]}
    else:
        said = _("This kind of file is not accepted.")
    return f"{said} {accepted}"


def _office_kind(upload: UploadedFile[bytes]) -> str:
    try:
        with zipfile.ZipFile(upload) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return ""
    finally:
        upload.seek(0)
    if "[Content_Types].xml" not in names:
        return ""
    return next((mime for mime, part in _MAIN_PART.items() if part in names), "")


def check_office(upload: UploadedFile[bytes], mime: str) -> None:
    """An office file is whole, carries no macros, and unpacks to something of a sane size. Raises Refused."""
    try:
        with zipfile.ZipFile(upload) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refused(
            _("The file is damaged: it cannot be opened. Please save and send it again.")
        ) from error
    finally:
        upload.seek(0)
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or _MAIN_PART[mime] not in names:
        raise Refused(_("The file is damaged: it cannot be opened. Please save and send it again."))
    if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_MAX_BYTES:
        raise Refused(
            _("The file says that it unpacks to far more than any paper needs. It is not accepted.")
        )
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused(_("The file carries macros. Save it without them (.docx or .xlsx) and send that."))
