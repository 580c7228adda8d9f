"""What is said of a paper: size, when it came, how long it holds; and why it cannot be used."""

from __future__ import annotations

from datetime import date

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from portal.cases.models import Document
from portal.worktime.clock import local


def validity(valid_until_on: date | None, today: date) -> str:
    """ "valid until …", "expired on …"; empty where the paper names no day."""
    if valid_until_on is None:
        return ""
    text = _("expired on %(day)s") if valid_until_on < today else _("valid until %(day)s")
    return text % {"day": valid_until_on.isoformat()}


def described(document: Document, today: date) -> str:
    """What tells papers of one title apart: size, when it came, how long it holds; and a scan not passed."""
    came = _("uploaded %(day)s") % {"day": local(document.uploaded_at).date().isoformat()}
    scan = "" if document.is_clean else str(document.get_scan_state_display())
    says = (filesizeformat(document.size_bytes), came, validity(document.valid_until_on, today), scan)
    return " · ".join(part for part in says if part)


def unusable(document: Document) -> str:
    """Why nothing can be filed with a paper, and what can be done now; empty for one that is clean.

    Source: decision 9: `clean` is the only state in which a paper is filed with.
    """
    says = {
        Document.Scan.PENDING: _(
            "“%(paper)s” is kept in the archive and waits for the virus scan, which has not got to it yet. "
            "You need not wait: send this without it now, and add it to the case once it has passed. "
            "Whoever uploaded it is told."
        ),
        Document.Scan.FAILED: _(
            "“%(paper)s” is kept in the archive, but the virus scan could not look into it; it tries again "
            "tomorrow. Send this without it, or save the file anew, as PDF say, and send that."
        ),
        Document.Scan.INFECTED: _("“%(paper)s” carries a virus and cannot be used. Send this without it."),
    }
    return says.get(Document.Scan(document.scan_state), "") % {"paper": document.title}
