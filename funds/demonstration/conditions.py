"""Conditions of the policies that came by ledger: written down in the portal, as an office would."""

from __future__ import annotations

from datetime import datetime

from funds import actions
from funds.models import Policy
from portal.worktime.clock import local

SMALL = ["micro", "small", "medium"]
MAKERS = ["新能源与电工电气", "机器人与智能装备", "先进金属材料", "医疗器械及生物医药"]
Condition = tuple[str, str, list[str]]
# By the code of the policy without its year; all of them invented.
CONDITIONS: dict[str, tuple[Condition, ...]] = {
    "KJ-01": (("industry", "in", [*MAKERS, "数字经济"]), ("rd_amount", "at_least", ["100000"])),
    "KJ-02": (("is_high_tech", "is", ["true"]),),
    "KJ-03": (("is_high_tech", "is", ["true"]), ("industry", "in", MAKERS)),
    "KJ-04": (("is_above_scale", "is", ["true"]), ("is_high_tech", "is", ["true"])),
    "KJ-05": (("industry", "in", [*MAKERS, "科技服务"]),),
    "KJ-06": (("size", "in", ["micro", "small"]), ("is_high_tech", "is", ["true"])),
    "CY-01": (("industry", "in", MAKERS), ("investment_amount", "at_least", ["1000000"])),
    "CY-02": (("is_above_scale", "is", ["true"]), ("settled_on", "since", ["2023-01-01"])),
    "CY-03": (("is_above_scale", "is", ["true"]), ("output_growth", "at_least", ["10"])),
    "CY-04": (("tags", "has_any", ["专精特新"]),),
    "CY-05": (("is_above_scale", "is", ["true"]), ("industry", "in", MAKERS)),
    "CY-06": (("size", "in", SMALL), ("settled_on", "since", ["2024-01-01"])),
    "RC-01": (("is_high_tech", "is", ["true"]), ("employees", "at_least", ["20"])),
    "RC-02": (("employees", "at_least", ["30"]),),
    "RC-03": (("industry", "in", [*MAKERS, "数字经济", "科技服务"]),),
    "JR-01": (("size", "in", SMALL), ("settled_on", "before", ["2025-01-01"])),
    "JR-02": (("size", "in", SMALL), ("is_high_tech", "is", ["true"])),
    "JR-03": (("output_amount", "at_least", ["200000000"]),),
    "QY-01": (("industry", "in", [*MAKERS, "商贸服务"]),),
    "QY-02": (("industry", "in", ["商贸服务", "数字经济"]),),
}


def write_down(present: datetime) -> None:
    """A second version, with its conditions, of each policy of this year, and of the last: what was never
    claimed of it is a figure of the park."""
    year = local(present).year
    codes = {f"{family}-{of}": family for family in CONDITIONS for of in (year - 1, year)}
    for policy in Policy.objects.filter(code__in=codes).order_by("code"):
        draft = actions.begin_draft(policy, by=None, now=present)
        for position, (fact, operator, values) in enumerate(CONDITIONS[codes[policy.code]], start=1):
            draft.criteria.create(position=position, fact=fact, operator=operator, values=values)
        actions.publish_version(draft, by=None, note="补充适用条件（示范）", now=present)
