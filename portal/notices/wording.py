"""Texts with placeholders: filling them, checking them, and what the administration has rewritten.

A placeholder is a name in braces, "{number}", out of a fixed list per text. Nothing else is
interpreted, and what is filled in is never looked at again: a text cannot reach anything.
"""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from portal.notices.models import Wording

_PLACE = re.compile(r"\{(\w+)\}")
_ORIGINAL = re.compile(r"%\((\w+)\)s")
# Other processes take up a new wording within this time; the one that saved it, at once.
KEPT_S = 5.0


def in_braces(text: str) -> str:
    """A translated original ("%(number)s") in the form that administrators edit ("{number}")."""
    return _ORIGINAL.sub(r"{\1}", text).replace("%%", "%")


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled in; an unknown one stays as it stands."""
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), text).strip()


def faults(text: str, allowed: Collection[str]) -> list[str]:
    """What is wrong with the placeholders of a text, in sentences."""
    found = [
        _("There is no placeholder {%(name)s} for this text.") % {"name": name}
        for name in dict.fromkeys(_PLACE.findall(text))
        if name not in allowed
    ]
    if set("{}") & set(_PLACE.sub("", text)):
        found.append(_("A brace stands alone: placeholders look like {number}."))
    return found


class Rewritten:
    """The wordings in force, read once and kept for a moment."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], tuple[str, str]] | None = None
        self._read_at = 0.0

    def get(self, name: str, language: str) -> tuple[str, str] | None:
        """Title and text as rewritten, or None: the original holds."""
        moment = time.monotonic()
        if self._rows is None or moment - self._read_at > KEPT_S:
            rows = Wording.objects.values_list("name", "language", "title", "body")
            self._rows = {(name, language): (title, body) for name, language, title, body in rows}
            self._read_at = moment
        return self._rows.get((name, language))

    def forget(self) -> None:
        """Read afresh at the next look."""
        self._rows = None


REWRITTEN = Rewritten()
