"""What is said of a paper in a line: size, when it came, how long it holds, whether it can be used."""

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
