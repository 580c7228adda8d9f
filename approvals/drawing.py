"""The picture of a procedure: boxes in columns, lines from what is awaited to what waits. Lengths in pixels.

An item stands one column to the right of the last one that it waits for; within a column, near those.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians

from approvals.models import Parcel, ProcedureItem
from approvals.networks import Plan

BOX_W, BOX_H, GAP_X, GAP_Y, MARGIN = 142, 58, 30, 18, 10
LINE_CHARS = 10  # of a Chinese name in one line of a box; Latin letters take half the room


@dataclass(frozen=True)
class Box:
    """One item: its place in the picture, and where it lies in time."""

    item: ProcedureItem
    x: int
    y: int
    lines: Sequence[str]
    start: int
    finish: int
    slack: int

    @property
    def is_critical(self) -> bool:
        return self.slack == 0

    @property
    def middle(self) -> int:
        return self.y + BOX_H // 2

    @property
    def end(self) -> int:
        return self.x + BOX_W


@dataclass(frozen=True)
class Line:
    """From what is awaited to what waits for it."""

    path: str
    is_critical: bool


@dataclass(frozen=True)
class Picture:
    """A procedure, drawn."""

    boxes: Sequence[Box]
    lines: Sequence[Line]
    width: int
    height: int


def draw(
    items: Sequence[ProcedureItem], awaits: Mapping[int, Collection[ProcedureItem]], plan: Plan
) -> Picture:
    """Lay out the items that are in the plan. The same procedure always gives the same picture."""
    by_key = {item.key: item for item in items if item.key in plan.places}
    column: dict[str, int] = {}
    for key in plan.places:  # none comes before what it waits for
        befores = [column[a.key] for a in awaits.get(by_key[key].pk, ()) if a.key in column]
        column[key] = max(befores, default=-1) + 1
    rows = _rows(by_key, awaits, column)
    boxes = {key: _box(by_key[key], plan, column[key], rows[key]) for key in plan.places}
    critical = set(plan.path)
    lines = [
        _line(boxes[awaited.key], boxes[key], {awaited.key, key} <= critical)
        for key in plan.places
        for awaited in awaits.get(by_key[key].pk, ())
        if awaited.key in boxes
    ]
    width = max((box.end for box in boxes.values()), default=0) + MARGIN
    height = max((box.y + BOX_H for box in boxes.values()), default=0) + MARGIN
    return Picture(list(boxes.values()), sorted(lines, key=lambda line: line.is_critical), width, height)


def _rows(
    by_key: Mapping[str, ProcedureItem],
    awaits: Mapping[int, Collection[ProcedureItem]],
    column: Mapping[str, int],
) -> dict[str, int]:
    """Which place from above each has in its column: as near as can be to what it waits for."""
    rows: dict[str, int] = {}
    for number in range(max(column.values(), default=-1) + 1):
        wish = {}
        for key in (key for key, place in column.items() if place == number):
            befores = [rows[a.key] for a in awaits.get(by_key[key].pk, ()) if a.key in rows]
            wish[key] = sum(befores) / len(befores) if befores else 0.0
        taken = -1
        for key in sorted(wish, key=lambda key: wish[key]):
            taken = max(taken + 1, round(wish[key]))
            rows[key] = taken
    return rows


def _box(item: ProcedureItem, plan: Plan, column: int, row: int) -> Box:
    place = plan.places[item.key]
    x, y = MARGIN + column * (BOX_W + GAP_X), MARGIN + row * (BOX_H + GAP_Y)
    return Box(item, x, y, wrapped(item.item.label), place.start, place.finish, place.slack)


def wrapped(name: str) -> list[str]:
    """A name in two lines at most, cut with an ellipsis."""
    lines, room = [""], float(LINE_CHARS)
    for part in _parts(name):
        wide = sum(1.0 if ch > "\u2e7f" else 0.55 for ch in part)
        if wide > room and lines[-1]:
            if len(lines) == 2:
                return [lines[0], lines[1].rstrip() + "…"]
            lines.append("")
            room = float(LINE_CHARS)
        lines[-1] += part if lines[-1] else part.lstrip()
        room -= wide
    return lines


def _parts(name: str) -> list[str]:
    """What a line may be broken between: Chinese characters, Latin words with the blank after them."""
    parts: list[str] = []
    for ch in name:
        if parts and ch <= "\u2e7f" and parts[-1][-1] <= "\u2e7f" and parts[-1][-1] != " ":
            parts[-1] += ch
        else:
            parts.append(ch)
    return parts


def _line(a: Box, b: Box, critical: bool) -> Line:
    bend = max((b.x - a.end) // 2, 12)
    path = f"M{a.end} {a.middle}C{a.end + bend} {a.middle} {b.x - bend} {b.middle} {b.x - 2} {b.middle}"
    return Line(path, critical)


MAP_W, MAP_H, MAP_EDGE = 720, 360, 48


@dataclass(frozen=True)
class Shape:
    """A parcel on the map: its outline where one is known, else a spot; and where its code is written."""

    parcel: Parcel
    points: str
    x: int
    y: int
    text_y: int


def parcel_shapes(parcels: Sequence[Parcel]) -> list[Shape]:
    """Those parcels of which somebody has said where they lie, drawn to one scale."""
    known = [(parcel, _corners(parcel)) for parcel in parcels]
    placed = [(parcel, corners) for parcel, corners in known if corners]
    if not placed:
        return []
    every = [corner for _parcel, corners in placed for corner in corners]
    # A degree of longitude is shorter than one of latitude.
    narrow = cos(radians(every[0][1]))
    lons, lats = [lon * narrow for lon, _lat in every], [lat for _lon, lat in every]
    wide, high = max(lons) - min(lons), max(lats) - min(lats)
    room_w, room_h = MAP_W - 2 * MAP_EDGE, MAP_H - 2 * MAP_EDGE
    scale = min(room_w / wide if wide else room_h * 1e3, room_h / high if high else room_w * 1e3)
    left = (MAP_W - wide * scale) / 2
    top = (MAP_H - high * scale) / 2

    def place(corner: tuple[float, float]) -> tuple[int, int]:
        return (
            round(left + (corner[0] * narrow - min(lons)) * scale),
            round(top + (max(lats) - corner[1]) * scale),
        )

    shapes = [_shape(parcel, [place(corner) for corner in corners]) for parcel, corners in placed]
    return sorted(shapes, key=lambda shape: (shape.x, shape.y))


def _corners(parcel: Parcel) -> list[tuple[float, float]]:
    if parcel.outline:
        return [(float(lon), float(lat)) for lon, lat in parcel.outline]
    if parcel.longitude is None or parcel.latitude is None:
        return []
    return [(float(parcel.longitude), float(parcel.latitude))]


def _shape(parcel: Parcel, points: list[tuple[int, int]]) -> Shape:
    x = round(sum(x for x, _y in points) / len(points))
    y = round(sum(y for _x, y in points) / len(points))
    if len(points) == 1:
        return Shape(parcel, "", x, y, y - 24)
    return Shape(parcel, " ".join(f"{x},{y}" for x, y in points), x, y, y + 5)
