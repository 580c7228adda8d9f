"""The enterprise's turn, verification, tracking."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from portal.demonstration.staging import Story
from stations.demonstration import Cast, Request
from stations.demonstration_stories.telling import tell


def tell_all(cast: Cast) -> None:
    for place, days in enumerate((1, 2, 3)):
        tell(cast, answered, days, category=("utilities", "tax", "policy")[place], of_owner=place == 0)
    tell(cast, silent)
    tell(cast, disputed, category="utilities", station="jinrong")
    for days in (0, 1, 2):
        tell(cast, to_be_verified, days)
    for _turn in range(3):
        tell(cast, tracked)
    tell(cast, withdrawn)


def answered(r: Request, days: int, result: str = "resolved", **more: Any) -> Story:
    yield from r.until_handling(r.stage.day(days + 1, "09:25"))
    yield r.stage.day(days, "15:20")
    r.report(result, **more)


def silent(r: Request) -> Story:
    """The enterprise has said nothing for five working days: it went on by itself."""
    yield from answered(r, 7)


def disputed(r: Request) -> Story:
    yield from answered(r, 2)
    yield r.stage.day(1, "09:50")
    r.do("dispute", r.owner, reason="昨晚又跳闸一次，问题没有解决。")


def to_be_verified(r: Request, days: int) -> Story:
    yield from answered(r, max(days, 1))
    yield r.stage.day(days, "16:10") if days else r.stage.minutes(40)
    r.do("confirm", r.owner)


def tracked(r: Request) -> Story:
    planned_on = timezone.localdate(r.stage.present) + timedelta(days=75)
    yield from answered(r, 4, "planned", planned_on=planned_on)
    yield r.stage.day(3, "10:00")
    r.do("confirm", r.owner)
    yield r.stage.day(3, "16:00")
    r.do("verify", r.colleague)


def withdrawn(r: Request) -> Story:
    yield from r.until_handling(r.stage.day(3, "11:00"))
    yield r.stage.day(2, "09:00")
    r.do("withdraw", r.owner, reason="问题已自行解决，感谢。")
