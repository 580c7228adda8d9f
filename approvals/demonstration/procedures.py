"""Procedures of the demonstration park: proposals, nobody has confirmed them.

Source: domain dossier, section 2. The limits are its demonstration calibration: the longest way of each
takes 15 working days, with environment and energy beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from approvals import actions
from approvals.models import Procedure, ServiceItem
from portal.demonstration import register

Step = tuple[str, str, int | None, str, dict[str, Any]]  # key, item, working days, waits for, condition


def _step(key: str, code: str, days: int | None, awaits: str = "", **more: Any) -> Step:
    return key, code, days, awaits, more


ENERGY = {"needed_if": "energy_tce", "at_least": Decimal(1000)}
BEFORE_WORK = (
    _step("filing", "GD-003", None),
    _step("land_use", "GD-008", 1, "filing"),
    _step("title", "GD-009", 1, "land_use"),
    _step("environment", "KG-002", 7, "filing"),
    _step("energy", "KG-004", 5, "filing", **ENERGY),
    _step("water", "KG-005", None, "filing"),
    _step("scheme", "KG-006", 3, "land_use"),
    _step("works_permit", "KG-007", 2, "scheme title"),
    _step("drawings", "KG-008", 3, "works_permit"),
    _step("fire", "KG-009", 3, "works_permit", needed_if="special_fire"),
    _step("basement", "KG-010", 3, "works_permit", needed_if="basement"),
    _step("supply", "KG-013", 8, "land_use"),
)
CHECKED = "drawings fire basement environment energy water"
AFTER_WORK = (
    _step("survey", "JG-001", None, "construction"),
    _step("acceptance", "JG-002", 4, "construction survey supply"),
    _step("completion", "JG-003", 1, "acceptance"),
    _step("registration", "JG-005", 1, "completion"),
)
FACTORY = (*BEFORE_WORK, _step("construction", "KG-012", 1, CHECKED), *AFTER_WORK)


def _in_phases(*steps: Step) -> tuple[Step, ...]:
    """The construction permit in phases; the last one, `construction`, closes the set."""
    return (*BEFORE_WORK, *steps, *AFTER_WORK)


PROCEDURES: tuple[tuple[dict[str, Any], Iterable[Step]], ...] = (
    ({"code": "new-factory", "name": "新建厂房", "name_en": "New factory", "mode": "standard"}, FACTORY),
    (
        {
            "code": "early-work-1",
            "name": "拿地即开工（一次办理施工许可）",
            "name_en": "Work begins with the land, one construction permit",
            "mode": "land_to_construction",
        },
        FACTORY,
    ),
    (
        {
            "code": "early-work-2",
            "name": "拿地即开工（施工许可分两期）",
            "name_en": "Work begins with the land, construction permit in two phases",
            "mode": "land_to_construction",
            "phases": 2,
        },
        _in_phases(
            _step("below", "KG-012", 1, "scheme title", phase=1),
            _step("construction", "KG-012", 1, f"below {CHECKED}", phase=2),
        ),
    ),
    (
        {
            "code": "early-work-3",
            "name": "拿地即开工（施工许可分三期）",
            "name_en": "Work begins with the land, construction permit in three phases",
            "mode": "land_to_construction",
            "phases": 3,
        },
        _in_phases(
            _step("pit", "KG-012", 1, "scheme title", phase=1),
            _step("cellar", "KG-012", 1, "pit works_permit", phase=2),
            _step("construction", "KG-012", 1, f"cellar {CHECKED}", phase=3),
        ),
    ),
    (
        {"code": "expansion", "name": "改扩建", "name_en": "Expansion of a factory", "mode": "expansion"},
        tuple(
            (key, code, days, " ".join(a for a in awaits.split() if a not in ("land_use", "title")) or
             ("" if key == "filing" else "filing"), more)
            for key, code, days, awaits, more in FACTORY
            if key not in ("land_use", "title")
        ),
    ),
)  # fmt: skip


@register
def procedures(now: datetime) -> int:
    """Publish the proposed procedures; no case is made."""
    items = {item.code: item for item in ServiceItem.objects.all()}
    for facts, steps in PROCEDURES:
        made, is_new = Procedure.objects.get_or_create(
            code=facts["code"], defaults={"promised_days": 15, "is_default": True, **facts}
        )
        if is_new:
            draft = actions.begin_draft(made, by=None, now=now)
            rows = [
                ({"key": key, "item": items[code], "days": days, **more}, awaits.split())
                for key, code, days, awaits, more in steps
            ]
            actions.fill_draft(draft, rows)
            actions.publish_version(draft, by=None, note="", now=now)
    return 0
