"""What the notices about papers say: they expire, they have been scanned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.notices.models import Kind
from portal.notices.texts import Matter, Placeholder, Template, register

Params = Mapping[str, Any]
NAME = Placeholder("name", _("name of the paper"), _("Business licence"))
UNTIL = Placeholder("until", _("last valid day"), "2026-12-31")
TITLE = _("%(name)s")
# Key → kind, label, line, placeholders.
LINES: dict[str, tuple[Kind, Promise, Promise, tuple[Placeholder, ...]]] = {
    "paper.expiring": (
        Kind.DEADLINE,
        _("A paper expires soon"),
        _("This paper is valid until %(until)s. Please add the new one to your papers in time."),
        (NAME, UNTIL),
    ),
    "paper.expired": (
        Kind.DEADLINE,
        _("A paper has expired"),
        _("This paper was valid until %(until)s. Please add the new one to your papers."),
        (NAME, UNTIL),
    ),
    "paper.clean": (
        Kind.MESSAGE,
        _("A paper has passed the virus scan"),
        _("This paper has passed the virus scan and can be used now."),
        (NAME,),
    ),
    "paper.infected": (
        Kind.MESSAGE,
        _("A paper carries a virus"),
        _("The virus scan has found a virus in this paper. It cannot be opened or used any more."),
        (NAME,),
    ),
}


def _values(params: Params) -> dict[str, str]:
    return {"name": str(params.get("document", "")), "until": str(params.get("until", ""))}


def _path(params: Params, _case_id: int | None) -> str:
    return reverse("cases:document_view", args=[params["paper"]]) if "paper" in params else "/"


def register_all() -> None:
    """Called once, when the apps are loaded."""
    for key, (kind, label, line, places) in LINES.items():
        register(Matter(key, kind, (Template(key, label, line, places, _values, TITLE),), _path))
