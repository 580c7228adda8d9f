"""The picture of a procedure: everything in it, nothing over anything else, from left to right."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from approvals import actions
from approvals.drawing import BOX_H, BOX_W, Picture, draw, wrapped
from tests.approvals.test_procedures import drafted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("park")]


def picture() -> Picture:
    found = actions.timetable(drafted())
    assert found.plan is not None
    return draw(found.items, found.awaits, found.plan)


def test_boxes_lie_beside_one_another_and_inside() -> None:
    drawn = picture()
    assert len(drawn.boxes) == 10
    for box in drawn.boxes:
        assert box.x >= 0
        assert box.end <= drawn.width
        assert box.y >= 0
        assert box.y + BOX_H <= drawn.height
    for one, other in combinations(drawn.boxes, 2):
        assert abs(one.x - other.x) >= BOX_W or abs(one.y - other.y) >= BOX_H


def test_lines_lead_to_the_right() -> None:
    drawn = picture()
    assert len(drawn.lines) == 11
    for line in drawn.lines:
        start, *_rest, end = re.findall(r"(\d+) \d+", line.path)
        assert int(start) < int(end)
    assert sum(line.is_critical for line in drawn.lines) == 7


def test_the_same_procedure_gives_the_same_picture() -> None:
    found = actions.timetable(drafted())
    assert found.plan is not None
    one, other = (draw(found.items, found.awaits, found.plan) for _turn in range(2))
    assert [(b.item.pk, b.x, b.y) for b in one.boxes] == [(b.item.pk, b.x, b.y) for b in other.boxes]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("施工许可", ["施工许可"]),
        ("建筑工程施工许可（含质量安全监督手续）", ["建筑工程施工许可（含", "质量安全监督手续）"]),
        ("Land-use planning permit", ["Land-use planning ", "permit"]),
        ("一" * 40, ["一" * 10, "一" * 10 + "…"]),
    ],
)
def test_a_name_has_two_lines_at_most(name: str, lines: list[str]) -> None:
    assert wrapped(name) == lines
