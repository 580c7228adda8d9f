"""The finance office of the demonstration park collects, plans and pays; the bank is invented."""

from __future__ import annotations

from datetime import datetime

from funds import actions
from funds.demonstration.cast import PLAN_LEADER, Cast
from funds.models import PaymentFile, Plan
from portal.cases import engine
from portal.demonstration.staging import Story
from portal.worktime.clock import local


def payments(cast: Cast) -> Story:
    stage = cast.stage
    last: int | None = None
    for before in range(66, 0, -1):
        yield stage.day(before, "11:30")
        plan = Plan.objects.order_by("-month").first()
        if plan is None or plan.pk == last:
            continue
        if local(stage.now).day < 8 or not plan.lines.filter(deferred_why="").exists():
            _collect(cast, plan)
            continue
        if before < 6:
            continue
        last = plan.pk
        yield from _pay(cast, plan, before)


def _collect(cast: Cast, plan: Plan) -> None:
    engine.perform(plan.pk, "collect", by=cast.person("finance.clerk"), now=cast.stage.now)


def _pay(cast: Cast, plan: Plan, before: int) -> Story:
    stage = cast.stage
    clerk, head = cast.person("finance.clerk"), cast.person("finance.head")
    engine.perform(plan.pk, "submit", by=clerk, now=stage.now)
    yield stage.day(before - 1, "10:00")
    engine.perform(plan.pk, "review", by=head, now=stage.now)
    yield stage.day(before - 2, "15:30")
    engine.perform(plan.pk, "approve", by=cast.person(PLAN_LEADER), now=stage.now)
    yield stage.day(before - 3, "09:40")
    file = actions.make_file(plan, layout="csv", key=f"demonstration-{plan.pk}", by=clerk.user, now=stage.now)
    yield stage.day(before - 3, "14:20")
    actions.release_file(file, by=head.user, now=stage.now)
    yield stage.day(before - 4, "09:10")
    result = actions.take_result(file, _answer(file, stage.now), by=clerk.user, now=stage.now)
    actions.apply_result(result, stage.now)


def _answer(file: PaymentFile, now: datetime) -> bytes:
    """What the invented bank says: all but one payment came through."""
    rows = ["业务编号,收款账号,金额,结果,日期,流水号,原因"]
    lines = list(file.lines.select_related("to_account").order_by("position"))
    for line in lines:
        bad = len(lines) > 2 and line.position == 2
        said, why = ("退票", "收款账号与户名不符（示范）") if bad else ("成功", "")
        rows.append(
            f"{file.number}-{line.position:05d},{line.to_account.number},{line.amount:.2f},{said},"
            f"{local(now):%Y-%m-%d},SF{line.pk:08d},{why}"
        )
    return "\n".join(rows).encode()
