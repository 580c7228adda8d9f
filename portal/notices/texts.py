"""What a notice says, in the reader's language: made when it is read or sent, not when it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from portal.notices.models import Kind
from portal.notices.wording import REWRITTEN, fill, in_braces

Params = Mapping[str, Any]
Words = str | Promise
CASE_TITLE = gettext_lazy("%(number)s %(title)s")


@dataclass(frozen=True)
class Text:
    """A notice in words. `path` is the page it leads to, without the host."""

    title: str
    body: str
    path: str


@dataclass(frozen=True)
class Placeholder:
    """A name that a text may use, what it stands for, and an example for the preview."""

    name: str
    label: Words
    sample: Words


@dataclass(frozen=True)
class Template:
    """One editable text: the original subject and line (with "%(name)s"), and what may stand in them."""

    name: str
    label: Words
    line: Words
    placeholders: tuple[Placeholder, ...]
    values: Callable[[Params], Mapping[str, str]]
    title: Words = CASE_TITLE

    def original(self) -> tuple[str, str]:
        """Title and line as delivered, in the active language."""
        return in_braces(str(self.title)), in_braces(str(self.line))

    def in_force(self, language: str) -> tuple[str, str]:
        """Title and line as they hold now."""
        return REWRITTEN.get(self.name, language) or self.original()

    def in_force_here(self) -> tuple[str, str]:
        """The same in the active language, for a list."""
        return self.in_force(get_language() or "")

    @property
    def allowed(self) -> frozenset[str]:
        return frozenset(place.name for place in self.placeholders)

    def samples(self) -> dict[str, str]:
        return {place.name: str(place.sample) for place in self.placeholders}


@dataclass(frozen=True)
class Matter:
    """Everything about the notices of one key. `choose` picks one of several texts by the facts."""

    key: str
    kind: Kind
    templates: tuple[Template, ...]
    path: Callable[[Params, int | None], str]
    choose: Callable[[Params], int] | None = None

    def template(self, params: Params) -> Template:
        return self.templates[self.choose(params) if self.choose else 0]


MATTERS: dict[str, Matter] = {}


def register(matter: Matter) -> None:
    """Say how notices of a key read. Called by the app that writes them, when the apps are loaded."""
    MATTERS[matter.key] = matter


def kind_of(key: str) -> str:
    """What a key is about; an undeclared one counts as progress."""
    matter = MATTERS.get(key)
    return (matter.kind if matter else Kind.PROGRESS).value


def templates() -> Iterator[tuple[Matter, Template]]:
    """Every editable text, in the order of declaration."""
    for matter in MATTERS.values():
        for template in matter.templates:
            yield matter, template


def render(key: str, params: Params, case_id: int | None) -> Text:
    """The text of a notice in the active language."""
    matter = MATTERS.get(key)
    if matter is None:  # written by an app that is no longer installed
        return Text(_("Notice"), str(params.get("title", "")), "/")
    template = matter.template(params)
    title, body = template.in_force(get_language() or "")
    values = template.values(params)
    return Text(fill(title, values), fill(body, values), matter.path(params, case_id))
