"""The diagram of a flow, computed from its declaration: boxes in layers, orthogonal lines in lanes.

The line of steps is the main column, what lies off it the side column. A step's layer is the
longest way to it. Neighbours are joined straight; a way back runs in a lane to the left, every
other line in a lane between the columns. Lines to the same step share a lane. Lengths in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from portal.cases.declaration import Flow, Step

BOX_W, BOX_H, GAP_Y = 196, 56, 44  # a box is higher where many lines leave or reach it
PORT_GAP = 15  # between lines at a box: the height of a label
LABELS_W, LANE, MARGIN = 168, 16, 12
MANY = 4  # a transition from so many steps is named once, where it arrives
LONGEST_LABEL = 26


@dataclass
class Box:
    """One step."""

    step: Step
    layer: int
    side: bool
    x: int = 0
    y: int = 0
    h: int = BOX_H

    @property
    def below(self) -> int:
        return self.y + self.h

    @property
    def middle(self) -> int:
        return self.x + BOX_W // 2

    @property
    def end(self) -> int:
        return self.x + BOX_W


@dataclass
class Edge:
    """All transitions from one step to another."""

    source: Box
    target: Box
    names: list[str]
    possible: bool = False  # an effect may lead there
    lane: str = ""  # straight | left | middle | right
    points: str = ""
    label: str = ""
    label_x: int = 0
    label_y: int = 0
    anchor: str = "start"


@dataclass
class Diagram:
    """Boxes and lines with their places; `width` and `height` of the drawing."""

    boxes: list[Box]
    edges: list[Edge]
    width: int = 0
    height: int = 0
    notes: list[tuple[str, int, int]] = field(default_factory=list)


def draw(flow: Flow) -> Diagram:
    """Lay out a flow. The same declaration always gives the same drawing."""
    layers = _layers(flow)
    boxes = [Box(step, layers[step.name], side=not step.rail) for step in flow.steps]
    edges = _edges(flow, {box.step.name: box for box in boxes})
    made = Diagram(boxes, edges)
    _lanes(made)
    _heights(made)
    _rows(made)
    _columns(made)
    _lines(made)
    return made


def ways(flow: Flow) -> list[tuple[str, str, str, bool]]:
    """Every way from a step to another: source, target, label, whether only an effect leads there."""
    return [
        (source, target, str(t.label), target != t.target)
        for t in flow.transitions
        for source in t.source
        for target in (t.target, *t.may_lead_to)
        if target and target != source
    ]


def _layers(flow: Flow) -> dict[str, int]:
    """The longest way from the opening to each step, along what leads forward in declared order."""
    order = {step.name: n for n, step in enumerate(flow.steps)}
    layer = dict.fromkeys(order, 0)
    forward = sorted(
        {(s, t) for s, t, _label, _possible in ways(flow) if order[t] > order[s]}, key=lambda e: order[e[0]]
    )
    for source, target in forward:  # in declared order every source is final before it is used
        layer[target] = max(layer[target], layer[source] + 1)
    return layer


def _edges(flow: Flow, boxes: dict[str, Box]) -> list[Edge]:
    found: dict[tuple[str, str], Edge] = {}
    for source, target, label, possible in ways(flow):
        edge = found.setdefault((source, target), Edge(boxes[source], boxes[target], [], possible=True))
        edge.possible = edge.possible and possible
        edge.names.append(label)
    return list(found.values())


def _rows(made: Diagram) -> None:
    """One row for each layer, more where a layer has several boxes in a column."""
    y = MARGIN
    for layer in sorted({box.layer for box in made.boxes}):
        columns = [[b for b in made.boxes if b.layer == layer and b.side == side] for side in (False, True)]
        for column in columns:
            at = y
            for box in column:
                box.y = at
                at += box.h + GAP_Y
        y += max(sum(box.h + GAP_Y for box in column) for column in columns)
    made.height = y - GAP_Y + MARGIN


def _lanes(made: Diagram) -> None:
    """Which way each line goes."""
    main = sorted((box for box in made.boxes if not box.side), key=lambda box: box.layer)
    below = {id(a): b for a, b in pairwise(main)}
    for edge in made.edges:
        if edge.source.side and edge.target.side:
            edge.lane = "right"
        elif edge.source.side or edge.target.side:
            edge.lane = "middle"
        elif below.get(id(edge.source)) is edge.target:
            edge.lane = "straight"
        else:
            edge.lane = "left" if edge.target.layer < edge.source.layer else "middle"


def _heights(made: Diagram) -> None:
    """So high that the labels at each side of a box have a line each."""
    for box in made.boxes:
        most = max(len(_ports(made, box, face)) for face in ("left", "right"))
        box.h = max(BOX_H, PORT_GAP * (most + 1))


def _targets(made: Diagram, lane: str) -> list[int]:
    """The boxes that lines of a lane lead to, from top to bottom: each has a lane of its own."""
    inside = sorted((e for e in made.edges if e.lane == lane), key=lambda e: e.target.layer)
    return list(dict.fromkeys(id(edge.target) for edge in inside))


def _columns(made: Diagram) -> None:
    left = LABELS_W + LANE * len(_targets(made, "left")) if _targets(made, "left") else 0
    middle = LABELS_W + LANE * (len(_targets(made, "middle")) + 1)
    right = _right_labels(made) + LANE * (len(_targets(made, "right")) + 1) if _targets(made, "right") else 0
    has_side = any(box.side for box in made.boxes)
    for box in made.boxes:
        box.x = MARGIN + left + (BOX_W + middle if box.side else 0)
    lanes = middle if has_side or _targets(made, "middle") else LABELS_W
    made.width = 2 * MARGIN + left + BOX_W + lanes + (BOX_W if has_side else 0) + right


def _right_labels(made: Diagram) -> int:
    """How wide the labels are that stand between the side column and the lanes to its right."""
    texts = [_short(" / ".join(edge.names)) for edge in made.edges if edge.lane == "right"]
    return max((_wide(text) for text in texts), default=0)


def _wide(text: str) -> int:
    """About how wide a label is: 12 pixels for a Chinese character, 6.5 for a Latin one."""
    return round(sum(12 if ch > "\u2e7f" else 6.5 for ch in text))


def _lines(made: Diagram) -> None:
    main_x = next((box.x for box in made.boxes if not box.side), MARGIN)
    ports = _Ports(made)
    for edge in made.edges:
        if edge.lane == "straight":
            _straight(edge)
            continue
        place = _targets(made, edge.lane).index(id(edge.target))
        out_y, in_y = ports.leaving(edge), ports.arriving(edge)
        if edge.lane == "left":
            x, start, end, edge.anchor = MARGIN + LANE * place + 4, edge.source.x, edge.target.x, "end"
        elif edge.lane == "right":
            x = edge.source.end + _right_labels(made) + LANE * (place + 1)
            start, end = edge.source.end, edge.target.end
        else:
            x = main_x + BOX_W + LABELS_W + LANE * place
            start = edge.source.x if edge.source.side else edge.source.end
            end = edge.target.x if edge.target.side else edge.target.end
            edge.anchor = "end" if edge.source.side else "start"
        edge.points = f"{start},{out_y} {x},{out_y} {x},{in_y} {end},{in_y}"
        edge.label_x = start + (6 if edge.anchor == "start" else -6)
        edge.label_y = out_y - 4
    _name(made, ports)


def _straight(edge: Edge) -> None:
    x = edge.source.middle
    edge.points = f"{x},{edge.source.below} {x},{edge.target.y}"
    edge.label_x, edge.label_y = x + 8, edge.source.below + GAP_Y // 2 + 4


def _ports(made: Diagram, box: Box, face: str) -> list[tuple[int, str, str]]:
    """The places at a side of a box where lines leave and arrive. Those that arrive by one lane share one."""
    keys: list[tuple[int, str, str]] = []
    for edge in made.edges:
        if edge.lane == "straight":
            continue
        if edge.source is box and _face(edge, box) == face:
            keys.append((id(box), face, f"to {id(edge.target)}"))
        if edge.target is box and _face(edge, box) == face:
            keys.append((id(box), face, f"in {edge.lane}"))
    return list(dict.fromkeys(keys))


class _Ports:
    """Where lines leave and reach a box: spread over its side, so that none lies on another."""

    def __init__(self, made: Diagram) -> None:
        self._at: dict[tuple[int, str, str], int] = {}
        for box in made.boxes:
            for face in ("left", "right"):
                self._spread(made, box, face)

    def _spread(self, made: Diagram, box: Box, face: str) -> None:
        keys = _ports(made, box, face)
        for n, key in enumerate(keys):
            self._at[key] = box.y + box.h * (n + 1) // (len(keys) + 1)

    def leaving(self, edge: Edge) -> int:
        return self._at[(id(edge.source), _face(edge, edge.source), f"to {id(edge.target)}")]

    def arriving(self, edge: Edge) -> int:
        return self._at[(id(edge.target), _face(edge, edge.target), f"in {edge.lane}")]


def _face(edge: Edge, box: Box) -> str:
    """The side of a box at which a line leaves or arrives."""
    if edge.lane in ("left", "right"):
        return edge.lane
    return "left" if box.side else "right"


def _name(made: Diagram, ports: _Ports) -> None:
    """Labels where lines leave; what leads there from many steps is named once, at its arrival."""
    for edge in made.edges:
        same = [
            e
            for e in made.edges
            if (id(e.target), e.names, e.lane) == (id(edge.target), edge.names, edge.lane)
        ]
        if edge.lane == "straight" or len(same) < MANY:
            edge.label = _short(" / ".join(edge.names))
        elif edge is same[-1]:
            face = _face(edge, edge.target)
            x = edge.target.x - 6 if face == "left" else edge.target.end + 6
            note = (_short(" / ".join(edge.names)), x, ports.arriving(edge) - 5)
            made.notes.append(note)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1] + "…"
