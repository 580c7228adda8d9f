"""What the notices about merged requests say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.notices.models import Kind
from portal.notices.texts import Matter, Placeholder, Template, register

Params = Mapping[str, Any]
NUMBER = Placeholder("number", _("number of the case"), "QS20260316-000123")
TITLE = Placeholder("title", _("title of the case"), _("Power cut in the workshop"))


class Line(NamedTuple):
    """One text: its name for the administration, the line, and the other request that it may name."""

    label: Promise
    line: Promise
    other: Placeholder


LINES: dict[str, Line] = {
    "stations.merged": Line(
        _("Merged into an earlier request"),
        _(
            "This is the same matter as your earlier request %(into)s. Both go on together under that "
            "number; nothing of what you sent is lost."
        ),
        Placeholder("into", _("number of the request that goes on"), "QS20260312-000098"),
    ),
    "stations.took_in": Line(
        _("A later request was merged into this one"),
        _("The later request %(merged)s is the same matter and was merged into this one, with its papers."),
        Placeholder("merged", _("number of the merged request"), "QS20260316-000130"),
    ),
}


def _matter(key: str, line: Line) -> Matter:
    places = (NUMBER, TITLE, line.other)

    def values(params: Params) -> dict[str, str]:
        return {place.name: str(params.get(place.name) or "") for place in places}

    template = Template(key, line.label, line.line, places, values)
    return Matter(key, Kind.PROGRESS, (template,), _path)


def _path(_params: Params, case_id: int | None) -> str:
    return reverse("cases:case_view", args=[case_id]) if case_id else "/"


def register_all() -> None:
    """Called once, when the flow is declared."""
    for key, line in LINES.items():
        register(_matter(key, line))
