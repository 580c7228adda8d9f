"""腾笼换鸟: recoveries at every step of both tracks, one that came to its end, one that has a remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from approvals.access import RECOVERY, RECOVERY_AGREEMENT, RECOVERY_COMPULSORY
from approvals.demonstration.projects import Cast, Story
from approvals.models import Parcel
from portal.cases import engine
from portal.cases.models import Case

HANDLER, HEAD = "construction.handler", "construction.head"
AGREEMENT, COMPULSORY = RECOVERY_AGREEMENT, RECOVERY_COMPULSORY
ONE_YEAR, TWO_YEARS = 500, 800  # more than a year, more than two: calendar days of lying idle
VALUER = "示范土地评估公司"
TALK = "约谈土地使用权人，就补偿口径和清场时间交换意见。（示范）"
FINDINGS = "现场勘查：合同约定开工日已过，未动工建设，无在建工程。（示范）"
HEARD = "期限内未申请听证。（示范）"
BROKEN = "双方报价差距较大，终止协商，转入强制程序。（示范）"


# Of which case, what, by whom, with what, and fields that name a day.
Act = tuple[str, str, str, dict[str, str], dict[str, int]]
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Deed(NamedTuple):
    """Something done, so many working days before the present. `on`: the kind of the track, "" the recovery.

    `days` are fields that name a day, by working days before the present (ahead of it when negative).
    """

    day: int
    on: str
    name: str
    by: str = HANDLER
    data: Mapping[str, Any] = NOTHING
    days: Mapping[str, int] = NOTHING


class Plot(NamedTuple):
    """One parcel: when its recovery began, how long it has lain idle, when it is wanted, what was done."""

    parcel: str
    begun: int
    idle: int
    wanted: int
    deeds: tuple[Deed, ...] = ()
    cause: str = "enterprise"


def agree(*days: int, amount: str = "21000000") -> Iterator[Deed]:
    """So many steps of the track by agreement as there are days."""
    steps: tuple[Act, ...] = (
        ("", "begin_agreement", HANDLER, {}, {}),
        (AGREEMENT, "value", HANDLER, {"valued_amount": amount, "valued_by": VALUER}, {}),
        (AGREEMENT, "note_talk", HANDLER, {"note": TALK}, {}),
        (AGREEMENT, "propose_price", HANDLER, {"amount": amount}, {}),
        (AGREEMENT, "approve_price", HEAD, {}, {}),
        (AGREEMENT, "sign_agreement", HANDLER, {}, {"signed_on": 0}),
        (AGREEMENT, "settle_price", HANDLER, {}, {"settled_on": 0}),
        (AGREEMENT, "hand_over", HANDLER, {}, {"delivered_on": 0}),
    )
    for day, (on, name, by, data, named) in zip(days, steps, strict=False):
        yield Deed(day, on, name, by, data, {field: day - before for field, before in named.items()})


def compel(*days: int, hearing_by: int = 0) -> Iterator[Deed]:
    """So many steps of the compulsory track as there are days."""
    steps: tuple[Act, ...] = (
        ("", "begin_compulsory", HANDLER, {}, {}),
        (COMPULSORY, "find_idle", HANDLER, {"findings": FINDINGS}, {"hearing_by": hearing_by}),
        (COMPULSORY, "note_hearing", HANDLER, {"hearing": HEARD}, {}),
        (COMPULSORY, "decide", HEAD, {"decision_number": "潭高新收〔示范〕2号"}, {}),
        (COMPULSORY, "apply", HANDLER, {"court": "示范人民法院"}, {"applied_on": days[-1]}),
    )
    for day, (on, name, by, data, named) in zip(days, steps, strict=False):
        yield Deed(day, on, name, by, data, named)


PLOTS = (
    Plot("晓塘片区低效用地三", 4, 420, 150),
    Plot("晓塘片区低效用地一", 12, ONE_YEAR, 140, tuple(agree(11))),
    Plot(
        "晓塘片区低效用地二", 32, ONE_YEAR, 120,
        (*agree(31, 20, 5), *compel(26, 18, hearing_by=-10)),
    ),
    Plot("火炬片区低效用地一", 50, 420, 120, (*agree(49, 32, 28, 3), *compel(10))),
    Plot(
        "火炬片区低效用地二", 50, ONE_YEAR, 90,
        (
            *agree(49, 35, 28, 8, 6, amount="9800000"),
            *compel(48, 36, 12, hearing_by=26),
            Deed(10, COMPULSORY, "charge_fee", HEAD),
        ),
    ),
    Plot(
        "板塘片区低效用地一", 61, TWO_YEARS, 60,
        (*agree(60, 46, 38, 25, 22, 14, amount="31500000"), *compel(60, 45, 30, 18, hearing_by=32)),
    ),
    Plot("板塘片区低效用地二", 71, 600, 50, tuple(agree(70, 56, 48, 35, 32, 25, 10, amount="13200000"))),
    Plot(
        "双马片区低效用地一", 71, TWO_YEARS, 80,
        (
            *agree(70, 58, 45),
            Deed(34, AGREEMENT, "break_off", HEAD, {"reason": BROKEN}),
            *compel(70, 56, 40, 25, 8, hearing_by=44),
        ),
    ),
    Plot("火炬片区低效用地三", 88, 600, 30, tuple(agree(87, 73, 66, 52, 49, 42, 27, 5, amount="22600000"))),
    Plot(
        "双马片区低效用地二", 40, ONE_YEAR, 100,
        (
            Deed(
                34, "", "grant_remedy", HEAD,
                {"remedy": "extension", "remedy_terms": "道路配套延期所致，开工期限顺延一年。（示范）"},
            ),
        ),
        cause="government",
    ),
)  # fmt: skip


def tell_all(cast: Cast) -> None:
    for plot in PLOTS:
        tell(cast, plot)


def tell(cast: Cast, plot: Plot) -> None:
    cast.stage.tell(lambda: recovered(cast, plot))


def recovered(cast: Cast, plot: Plot) -> Story:
    parcel = Parcel.objects.select_related("holder").get(name__startswith=plot.parcel)
    yield cast.stage.day(plot.begun, "09:15")
    case = engine.open_case(
        RECOVERY,
        by=cast.person(HANDLER),
        enterprise=parcel.holder,
        data={
            "parcel": parcel.pk,
            "cause": plot.cause,
            "reason": "超过合同约定的动工开发日期，尚未动工。（示范）",
            "idle_since": cast.ahead(-plot.idle),
            "land_price_amount": "9600000",
            "planned_delivery_on": cast.ahead(plot.wanted),
            "fixtures": "围墙和临时板房 380000\n配电设施 120000",
        },
        now=cast.stage.now,
    )
    for deed in sorted(plot.deeds, key=lambda deed: -deed.day):
        yield cast.stage.day(deed.day, "15:00" if deed.by == HEAD else "10:30")
        perform(cast, plot, case, deed)


def perform(cast: Cast, plot: Plot, case: Case, deed: Deed) -> None:
    data = {**deed.data, **{name: on(cast, day) for name, day in deed.days.items()}}
    if deed.name == "find_idle":
        data["idle_since"] = cast.ahead(-plot.idle)
    target = Case.objects.filter(parent=case.pk, kind=deed.on).latest("pk") if deed.on else case
    engine.perform(target, deed.name, by=cast.person(deed.by), data=data, now=cast.stage.now)


def on(cast: Cast, day: int) -> date:
    return cast.stage.working_day(day)
