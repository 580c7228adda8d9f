"""The picture of what a project needs: the boxes of its procedure, each in the light of its permit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from approvals.drawing import Box, Picture, draw, wrapped
from approvals.presenting.reading import Shown, Whole
from approvals.presenting.states import MARKS, State, ahead, name_of

# Of several permits of one item the most pressing one speaks for all.
PRESSING = ("late", "warn", "turn", "hold", "ok", "ended", "done")
ROOM = 18  # letters of the state in a box


@dataclass(frozen=True)
class Node:
    """A box with its light; `href` leads to the permit, empty where there is none to see."""

    box: Box
    state: State
    href: str
    says: str  # for who cannot see the picture
    lines: Sequence[str]  # the name, with the phase or building

    @property
    def words(self) -> str:
        """As much of the state as fits into the box; a Chinese character takes the room of two letters."""
        text, room = "", ROOM
        for ch in self.state.says:
            room -= 2 if ch > "\u2e7f" else 1
            if room < 0:
                return text.rstrip() + "…"
            text += ch
        return text


@dataclass(frozen=True)
class Graph:
    picture: Picture
    nodes: Sequence[Node]
    legend: Sequence[tuple[str, str]]  # light → words


def graph(whole: Whole) -> Graph | None:
    """The needed items with their lights; None for a project that no procedure leads."""
    places = whole.standing.places
    if not places:
        return None
    awaits = {
        places[key].pk: [places[other] for other in sorted(befores)]
        for key, befores in whole.standing.after.items()
    }
    picture = draw(list(places.values()), awaits, whole.plan)
    return Graph(picture, [_node(box, whole) for box in picture.boxes], _legend())


def _node(box: Box, whole: Whole) -> Node:
    own = whole.by_key.get(box.item.key, [])
    if not own:
        name = name_of(box.item)
        return Node(box, ahead(), "", _said(name, ahead()), wrapped(name))
    # The youngest of the most pressing: what was refused and filed again is under way again.
    alive = [one for one in own if one.state.light != "ended"] or own
    one = min(reversed(alive), key=lambda shown: PRESSING.index(shown.state.light))
    name = name_of(one.permit)
    return Node(box, one.state, _href(one), _said(name, one.state), wrapped(name))


def _href(one: Shown) -> str:
    return reverse("cases:case_view", args=[one.permit.pk]) if one.seen else ""


def _said(name: str, state: State) -> str:
    return _("%(item)s: %(state)s") % {"item": name, "state": state.says}


def _legend() -> list[tuple[str, str]]:
    words = {
        "ahead": _("not its turn yet"),
        "turn": _("to be filed"),
        "ok": _("being handled, on time"),
        "warn": _("due soon"),
        "late": _("overdue"),
        "hold": _("paused"),
        "done": _("permit granted"),
        "ended": _("refused or withdrawn"),
    }
    return [(MARKS[light], text) for light, text in words.items()]
