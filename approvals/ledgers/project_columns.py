"""The columns of the ledger of projects."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from approvals.models import BEFOREHAND, COMMITTED, Procedure, ServiceItem
from portal.ledgers.declaration import Column, Parser
from portal.ledgers.parsers import BOOL, DATE, USCC, NumberParser, TextParser, WholeParser, codes

MODES = codes(
    Procedure.Mode.choices,
    standard="标准",
    land_to_construction="拿地即开工",
    expansion="改扩建|扩建",
)
# What a project that has ended was in at last. `terminated` is no stage of the contract: see below.
ENDS = {"done": "capacity_review", "terminated": "negotiation"}
STAGE = ServiceItem.Stage.NEGOTIATION.value
# A project that was given up has a word of its own, else it would come back as one under way.
STAGES = codes(
    [
        *BEFOREHAND.items(),  # a file means the same whatever the stages are called on the pages
        ("done", "done"),
        ("terminated", "given up"),
    ],
    negotiation="洽谈服务|洽谈即服务|洽谈|Talks",
    land="用地供应|签约即供地|供地|Land",
    construction="开工配套|开工即配套|开工|Construction",
    completion="竣工办证|竣工即办证|竣工|Completion",
    capacity_review="达产复核|达产即复核|复核|Capacity review",
    done="已完成|完成",
    terminated="已终止|终止",
)
COMMITTED_KEYS = COMMITTED
MONEY = NumberParser(2, example="500000000")


def _optional(key: str, zh: str, parser: Parser, note: Any, **more: Any) -> Column:
    return Column(key, zh, parser, required=False, note=note, **more)


PROJECT_COLUMNS = (
    Column(
        "number",
        "编号",
        TextParser(40, "XM2024-0001"),
        note=gettext_lazy("The number of the project, for life and once in the park"),
    ),
    Column("name", "名称", TextParser(200, "年产五万吨电磁线项目"), note=gettext_lazy("What it is called")),
    Column(
        "uscc",
        "统一社会信用代码",
        USCC,
        note=gettext_lazy("The enterprise that builds; it must be in the register"),
    ),
    Column("mode", "办理模式", MODES, note=gettext_lazy("The way in which it is handled")),
    Column(
        "is_new_construction",
        "新建工程",
        BOOL,
        note=gettext_lazy("Whether it is new construction: only that counts in the average time"),
    ),
    Column("investment_amount", "总投资", MONEY, note=gettext_lazy("The whole investment, in yuan")),
    Column(
        "baseline_days",
        "基准工作日",
        WholeParser(1, 3650, "40"),
        note=gettext_lazy("How many working days such a project took before the reform"),
    ),
    Column("opened_on", "立项日期", DATE, note=gettext_lazy("When the project was opened")),
    _optional(
        "stage",
        "阶段",
        STAGES,
        gettext_lazy("The stage in which it is, or done; talks when empty"),
        default=STAGE,
        keeps=True,
    ),
    _optional(
        "parcel_code", "地块编码", TextParser(40, "DK-001"), gettext_lazy("The land that it builds on")
    ),
    _optional(
        "committed_investment_amount", "承诺投资", MONEY, gettext_lazy("The promised investment, in yuan")
    ),
    _optional(
        "committed_output_per_mu",
        "承诺亩均产值",
        MONEY,
        gettext_lazy("The promised yearly output per mu, in yuan"),
    ),
    _optional(
        "committed_tax_per_mu",
        "承诺亩均税收",
        MONEY,
        gettext_lazy("The promised yearly tax per mu, in yuan"),
    ),
    _optional("committed_start_on", "承诺开工日期", DATE, gettext_lazy("When work is to begin")),
    _optional("committed_completion_on", "承诺竣工日期", DATE, gettext_lazy("When it is to be completed")),
    _optional(
        "committed_capacity_on", "承诺达产日期", DATE, gettext_lazy("When full production is to be reached")
    ),
    _optional(
        "lead_number",
        "线索编号",
        TextParser(40, "ZS2024-0001"),
        gettext_lazy("The lead that it came from"),
        default="",
    ),
    _optional(
        "done_on",
        "办结日期",
        DATE,
        gettext_lazy("When it was done, or given up; when empty, the day on which that came in"),
        keeps=True,
    ),
)
KEYS = tuple(column.key for column in PROJECT_COLUMNS)
# What may change without telling the life of the case anew.
FACTS = frozenset(KEYS) - {"uscc", "mode", "opened_on", "stage", "done_on"}
