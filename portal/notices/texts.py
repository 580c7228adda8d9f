"""What a notice says, in the reader's language: made when it is read or sent, not when it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Text:
    """A notice in words. `path` is the page it leads to, without the host."""

    title: str
    body: str
    path: str


Renderer = Callable[[Mapping[str, Any], int | None], Text]
RENDERERS: dict[str, Renderer] = {}


def register(key: str, renderer: Renderer) -> None:
    """Say how notices of a key read. Called by the app that writes them."""
    RENDERERS[key] = renderer


def render(key: str, params: Mapping[str, Any], case_id: int | None) -> Text:
    """The text of a notice in the active language."""
    renderer = RENDERERS.get(key)
    if renderer is None:  # written by an app that is no longer installed
        return Text(_("Notice"), str(params.get("title", "")), "/")
    return renderer(params, case_id)
