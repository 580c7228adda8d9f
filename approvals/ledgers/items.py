"""The ledger of the catalogue: every service item, with the windows that take it in.

The contract's columns are enough; the others keep a round trip without loss. Materials and blank forms
are no columns: they are kept in the register.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import Collate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from approvals.models import BEFOREHAND, DAY_UNITS, ComprehensiveWindow, Intake, ServiceItem
from portal.accounts.models import Duty
from portal.ledgers.books import ModelBook, Reference
from portal.ledgers.declaration import (
    BadRow,
    Change,
    Column,
    Context,
    Ledger,
    Parser,
    Row,
    Values,
    register,
)
from portal.ledgers.parsers import BOOL, DATE, ListParser, TextParser, WholeParser, codes
from portal.park.models import Team
from portal.worktime.clock import Unit

MOST_DAYS = 3650
STAGES = codes(
    # A file means the same whatever the stages are called on the pages.
    [*BEFOREHAND.items(), (ServiceItem.Stage.OTHER, ServiceItem.Stage.OTHER.label)],
    negotiation="洽谈服务|洽谈即服务|洽谈|Talks",
    land="用地供应|签约即供地|供地|Land",
    construction="开工配套|开工即配套|开工|Construction",
    completion="竣工办证|竣工即办证|竣工|Completion",
    capacity_review="达产复核|达产即复核|复核|Capacity review",
    other="其他事项|其他",
)
MODES = codes(ServiceItem.Mode.choices, granted="赋权", entrusted="委托", direct="直通")
UNITS = codes(DAY_UNITS, wd="工作日", cd="自然日|日历日|日")
PLEDGES = codes(
    ServiceItem.Pledge.choices,
    none="不可容缺|否",
    lacking="可容缺受理|容缺受理|容缺",
    commitment="告知承诺",
)


def _optional(key: str, zh: str, parser: Parser, note: Any, default: Any = "", **more: Any) -> Column:
    return Column(key, zh, parser, required=False, default=default, note=note, **more)


ITEM_COLUMNS = (
    Column(
        "code", "编码", TextParser(40, "KG-012"), note=gettext_lazy("The code of the item, once in the park")
    ),
    Column("name", "名称", TextParser(120, "建筑工程施工许可"), note=gettext_lazy("What it is called")),
    _optional(
        "name_en",
        "英文名称",
        TextParser(200, "Construction permit"),
        gettext_lazy("What it is called in English"),
    ),
    Column("stage", "阶段", STAGES, note=gettext_lazy("The stage of a project to which it belongs")),
    Column(
        "team_code",
        "部门编码",
        TextParser(40, "construction"),
        note=gettext_lazy("The code of the department in charge"),
    ),
    _optional(
        "statutory_days",
        "法定时限",
        WholeParser(0, MOST_DAYS, "20"),
        gettext_lazy("The longest that the law allows, in days; empty when it names no limit"),
        None,
    ),
    _optional(
        "promised_days",
        "承诺时限",
        WholeParser(0, MOST_DAYS, "3"),
        gettext_lazy("What the park promises, in days; 0 is at once, empty is no promise"),
        None,
    ),
    Column("is_delegated", "赋权事项", BOOL, note=gettext_lazy("Whether it was delegated to the park")),
    _optional("active", "启用", BOOL, gettext_lazy("Whether it is handled now; yes when empty"), True),
    _optional(
        "mode",
        "下放方式",
        MODES,
        gettext_lazy("How a delegated item came to the park; granted when empty"),
        keeps=True,
    ),
    _optional(
        "source_authority",
        "上级来源部门",
        TextParser(120, "市级主管部门"),
        gettext_lazy("The authority that it comes from"),
    ),
    _optional("taken_over_on", "承接日期", DATE, gettext_lazy("When a delegated item was taken over"), None),
    _optional(
        "legal_basis",
        "设定依据",
        TextParser(300, "《建筑法》第八条"),
        gettext_lazy("The law that it rests on"),
    ),
    _optional(
        "statutory_unit",
        "法定时限单位",
        UNITS,
        gettext_lazy("What the statutory limit counts; working days when empty"),
        Unit.WORKING_DAY.value,
    ),
    _optional(
        "promised_unit",
        "承诺时限单位",
        UNITS,
        gettext_lazy("What the promised limit counts; working days when empty"),
        Unit.WORKING_DAY.value,
    ),
    _optional(
        "counts_in_total",
        "计入总用时",
        BOOL,
        gettext_lazy("Whether it counts in the total time of a project; yes when empty"),
        True,
    ),
    _optional(
        "ends_total",
        "终结总用时",
        BOOL,
        gettext_lazy(
            "Whether the total time of a project ends with it; when empty, of a new item, that of a "
            "construction permit does"
        ),
        None,
        keeps=True,
    ),
    _optional(
        "certificate", "结果文书", TextParser(120, "施工许可证"), gettext_lazy("The document that one gets")
    ),
    _optional(
        "certificate_en",
        "结果文书英文",
        TextParser(200, "Construction permit"),
        gettext_lazy("The document that one gets, in English"),
    ),
    _optional(
        "pledgeable",
        "容缺承诺",
        PLEDGES,
        gettext_lazy("What can stand for a missing material; nothing when empty"),
        ServiceItem.Pledge.NONE.value,
    ),
    _optional(
        "summary",
        "事项说明",
        TextParser(1000, "取得后方可开工"),
        gettext_lazy("What it is, in plain words"),
    ),
    _optional(
        "summary_en",
        "事项说明英文",
        TextParser(2000, "Before work begins"),
        gettext_lazy("The same in English"),
    ),
    _optional(
        "conditions",
        "申请条件",
        TextParser(1000, "已取得规划许可"),
        gettext_lazy("Who can apply, and when"),
    ),
    _optional(
        "conditions_en",
        "申请条件英文",
        TextParser(2000, "The works permit is there"),
        gettext_lazy("The same in English"),
    ),
    _optional(
        "is_default",
        "待确认",
        BOOL,
        gettext_lazy("Whether it was filled in beforehand and the park has not confirmed it; no when empty"),
        False,
    ),
    _optional(
        "window_codes",
        "受理窗口",
        ListParser(40, "window_project"),
        gettext_lazy("The codes of the windows that take it in"),
        [],
    ),
)
TEAM = Reference(
    field="team_id",
    rows=Team.objects.all(),
    by="code",
    path="team__code",
    unknown=gettext_noop("There is no team with the code “%(value)s”."),
)
DEFAULTS: Values = {column.key: column.default for column in ITEM_COLUMNS}
# 施工许可: what the total time of a project ends with, unless a ledger says otherwise.
CONSTRUCTION_PERMIT = "施工许可"
# What only a delegated item has, and what another one has instead.
ONLY_DELEGATED: Values = {"mode": "", "taken_over_on": None}


class ItemBook(ModelBook):
    """Service items; the windows that take an item in are rows of their own."""

    def __init__(self) -> None:
        keys = [column.key for column in ITEM_COLUMNS]
        super().__init__(ServiceItem, keys, ("code",), references={"team_code": TEAM})

    def _all(self) -> QuerySet[Any]:
        windows = ComprehensiveWindow.objects.filter(intake__item=OuterRef("pk"))
        codes_of = windows.order_by(Collate(F("code"), "C")).values("code")
        items: QuerySet[Any] = super()._all()
        found: QuerySet[Any] = items.annotate(window_codes=ArraySubquery(codes_of))
        return found

    def check(self, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, BadRow]]:
        yield from super().check(rows, context)
        known = self.find([(row.values["code"],) for row in rows], context)
        windows = dict(ComprehensiveWindow.objects.values_list("code", "pk"))
        context.memory["windows"] = windows
        for row in rows:
            pk, before = known.get((row.values["code"],), (0, DEFAULTS))
            complete_mode(row, before)
            if not pk:
                complete_end(row)
            for problem in misfits(row, {**before, **row.values}, windows):
                yield row, problem

    def create(self, rows: Sequence[Row], context: Context) -> None:
        super().create(rows, context)
        told = {row.values["code"]: row.values["window_codes"] for row in rows}
        pks = ServiceItem.objects.filter(code__in=told).values_list("code", "pk")
        self._take_in({pk: told[code] for code, pk in pks}, context)

    def update(self, changes: Sequence[Change], context: Context) -> None:
        own = [(change, {k: v for k, v in change.after.items() if k != "window_codes"}) for change in changes]
        super().update([Change(c.row, c.pk, c.before, after) for c, after in own if after], context)
        told = {c.pk: c.after["window_codes"] for c in changes if "window_codes" in c.after}
        Intake.objects.filter(item__in=told).delete()
        self._take_in(told, context)

    @staticmethod
    def _take_in(told: Mapping[int, Sequence[str]], context: Context) -> None:
        """Have items, by their pk, taken in by the windows with these codes."""
        windows = context.memory["windows"]
        rows = [Intake(item_id=pk, window_id=windows[code]) for pk, found in told.items() for code in found]
        Intake.objects.bulk_create(rows, batch_size=1000)


def complete_mode(row: Row, before: Values) -> None:
    """The contract's columns do not say how an item was delegated: then it stays as it is known, or is
    taken for granted (赋权, as the report on the park calls them); what is no longer delegated loses it."""
    if row.values["is_delegated"]:
        if not row.values.get("mode"):
            row.values["mode"] = before["mode"] or ServiceItem.Mode.GRANTED.value
        return
    for column, none in ONLY_DELEGATED.items():
        row.values.setdefault(column, none)


def complete_end(row: Row) -> None:
    """What a new item ends, where its ledger does not say: a change of a construction permit, which does
    not count in the total time either, ends nothing."""
    if row.values.get("ends_total") is None:
        counts = row.values.get("counts_in_total", True)
        row.values["ends_total"] = bool(counts) and CONSTRUCTION_PERMIT in row.values["name"]


def misfits(row: Row, values: Values, windows: Mapping[str, int]) -> Iterator[BadRow]:
    """What of a row does not go together. `values` are those of the item as it would be."""
    if not values["is_delegated"]:
        for column, none in ONLY_DELEGATED.items():
            if values[column] != none:
                yield BadRow(column, _("Only for an item that was delegated."))
    promised, statutory = values["promised_days"], values["statutory_days"]
    same = values["promised_unit"] == values["statutory_unit"]
    if same and promised is not None and statutory is not None and promised > statutory:
        yield BadRow("promised_days", _("The promised limit is longer than the statutory one."))
    if "window_codes" in row.values:
        row.values["window_codes"] = sorted(set(row.values["window_codes"]))
        for code in row.values["window_codes"]:
            if code not in windows:
                yield BadRow(
                    "window_codes", _("There is no window with the code “%(value)s”.") % {"value": code}
                )


register(
    Ledger(
        key="service_items",
        zh="事项清单",
        columns=ITEM_COLUMNS,
        natural_key=("code",),
        book=ItemBook,
        after=("teams", "windows"),
        readers=(Duty.LEADER, Duty.SUPERVISOR, Duty.AUDITOR),
        note=gettext_lazy("What the park handles, with limits: delegated items and others"),
    )
)
