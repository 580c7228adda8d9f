"""用地报批: checklists with an owner for each line, and the minutes of the weekly dispatch meeting."""

from __future__ import annotations

from typing import Any

from approvals.access import LAND_APPROVAL, LAND_TASK
from approvals.demonstration.projects import Cast, Story
from approvals.models import Parcel
from portal.cases import engine
from portal.cases.models import Case
from portal.worktime.clock import local

HANDLER, HEAD = "construction.handler", "construction.head"
LINES = (
    ("勘测定界和权属核查", "natural_resources"),
    ("社会稳定风险评估", "emergency"),
    ("规划条件和区域评估成果核对", "natural_resources"),
    ("补偿资金落实情况说明", "development_reform"),
    ("征收程序合法性审查", "legal"),
    ("组卷上报", "construction"),
)


def tell_all(cast: Cast) -> None:
    cast.stage.tell(lambda: under_way(cast))
    cast.stage.tell(lambda: approved(cast))


def begun(cast: Cast, parcel: str) -> Case:
    land = Parcel.objects.get(name__startswith=parcel)
    by = cast.person(HANDLER)
    return engine.open_case(LAND_APPROVAL, by=by, data={"parcel": land.pk}, now=cast.stage.now)


def act(cast: Cast, case: Case, name: str, by: str = HANDLER, **data: Any) -> None:
    engine.perform(case, name, by=cast.person(by), data=data, now=cast.stage.now)


def lines(cast: Cast, case: Case, days: tuple[int, ...]) -> None:
    """The checklist. `days`: until when each line is to be done, in working days before the present."""
    data: dict[str, Any] = {}
    for n, ((what, team), day) in enumerate(zip(LINES, days, strict=True), start=1):
        due_on = cast.stage.working_day(day)
        data |= {f"what_{n}": what, f"team_{n}": cast.teams[team].pk, f"due_{n}": due_on}
    act(cast, case, "add_lines", **data)


def line(case: Case, number: int) -> Case:
    return Case.objects.get(parent=case.pk, kind=LAND_TASK, title=LINES[number][0])


def report(cast: Cast, case: Case, number: int, result: str) -> None:
    act(cast, line(case, number), "report", f"{LINES[number][1]}.head", result=result)


def under_way(cast: Cast) -> Story:
    """One line done, one to be checked, one moved by the meeting, one late, two to come."""
    stage = cast.stage
    yield stage.day(16, "09:10")
    case = begun(cast, "双马片区待报批地块")
    yield stage.day(16, "10:00")
    lines(cast, case, (9, 5, 4, 2, -6, -15))
    yield stage.day(11, "15:10")
    report(cast, case, 0, "勘测定界报告已出，权属无争议。（示范）")
    yield stage.day(10, "09:40")
    act(cast, line(case, 0), "confirm")
    yield stage.day(8, "16:30")
    meet(cast, case, "要求各责任单位按节点报送进展，逐项销号。（示范）")
    yield stage.day(5, "11:00")
    meet(cast, case, "区域评估成果正在更新，同意顺延。（示范）", moved=2, until=-4)
    yield stage.day(5, "16:00")
    report(cast, case, 1, "风险评估报告已备案，等级为低风险。（示范）")
    yield stage.day(4, "09:30")
    act(cast, line(case, 1), "send_back", reason="请补充征求意见的记录。（示范）")
    yield stage.day(2, "10:10")
    report(cast, case, 1, "征求意见记录已补充。（示范）")


def meet(cast: Cast, case: Case, decided: str, *, moved: int | None = None, until: int = 0) -> None:
    """调度会. `moved`: the line that gets another day."""
    more: dict[str, Any] = {}
    if moved is not None:
        more = {"tasks": [line(case, moved).pk], "new_due_on": cast.stage.working_day(until)}
    present = "开发建设局、自然资源和规划、应急管理、发展改革（示范）"
    today = local(cast.stage.now).date()
    act(cast, case, "hold_dispatch", held_on=today, present=present, decided=decided, **more)


def approved(cast: Cast) -> Story:
    """All lines done, one after the other: the parcel can be supplied."""
    stage = cast.stage
    yield stage.day(45, "09:20")
    case = begun(cast, "火炬片区待报批地块")
    yield stage.day(45, "10:30")
    lines(cast, case, (38, 34, 30, 26, 20, 12))
    for number, day in enumerate((40, 36, 31, 28, 22, 14)):
        yield stage.day(day, "10:00")
        by = "colleague" if LINES[number][1] == "construction" else "head"
        act(cast, line(case, number), "report", f"{LINES[number][1]}.{by}", result="已办理完毕。（示范）")
        yield stage.day(day, "16:00")
        act(cast, line(case, number), "confirm")
    yield stage.day(12, "15:30")
    act(cast, case, "approve", HEAD, reason="清单事项全部办结，已取得用地批准文件。（示范）")
