"""Invented trips and visits of the task forces, of three years.

The figures of the report on the park come out of the rows of 2024: 55 trips (in batches) and 78 visits to key
enterprises. Where they went, whom they met and what came of it is invented.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from portal.demonstration.history import Days

Line = Mapping[str, str]
# Year → trips, visits; of 2026 up to the end of June.
HELD = {2023: (41, 60), 2024: (55, 78), 2025: (58, 84), 2026: (29, 43)}
LAST = date(2026, 6, 26)
CITIES = ("深圳", "东莞", "上海", "苏州", "宁波", "武汉", "佛山", "杭州", "成都", "厦门", "长沙", "常州")
CAME_OF_IT = (
    "介绍园区产业规划和政策，企业表示愿意来园考察（示范）",
    "就用地、用能和配套需求交换意见，约定下次会面（示范）",
    "参观生产线，了解扩产计划，已列入重点跟踪（示范）",
    "企业暂无新增投资计划，保持联系（示范）",
)


def ledgers(seed: random.Random, leads: Sequence[Line]) -> dict[str, list[dict[str, str]]]:
    """The ledger of activities; each is about a lead of its task force where one was open then."""
    days, found = Days.of(2023, 2026), []
    for year, numbers in HELD.items():
        serial = 0
        for kind, many in zip(("trip", "visit"), numbers, strict=True):
            for _n in range(many):
                serial += 1
                found.append(_activity(seed, days, leads, year, serial, kind))
    return {"activities": sorted(found, key=lambda line: line["number"])}


def _activity(
    seed: random.Random, days: Days, leads: Sequence[Line], year: int, serial: int, kind: str
) -> dict[str, str]:
    last = min(date(year, 12, 28), LAST)
    on = days.after(date(year, 1, 4) + timedelta(days=seed.randrange((last - date(year, 1, 4)).days)), 0)
    open_then = [
        lead for lead in leads
        if lead["opened_on"] <= on.isoformat() <= (lead["signed_on"] or lead["lost_on"] or "9999")
    ]  # fmt: skip
    lead = seed.choice(open_then or list(leads))
    about = lead["number"] if lead in open_then else ""
    return {
        "number": f"HD{year}-{serial:03d}",
        "kind": kind,
        "task_force_code": lead["task_force_code"],
        "held_on": on.isoformat(),
        "place": seed.choice(CITIES),
        "investor_name": lead["investor_name"] if kind == "visit" or seed.random() < 0.4 else "",
        "lead_number": about,
        "leader_count": str(seed.choice((0, 0, 1, 1, 2))),
        "summary": seed.choice(CAME_OF_IT),
    }
