"""The ledgers of envoys and advisers, targets, awards, and partnerships with universities."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from investment.models import Award, Envoy, Partnership, Target
from investment.models.registers import QUARTER
from portal.accounts.models import Duty
from portal.ledgers.books import ModelBook, Reference
from portal.ledgers.declaration import BadCell, BadRow, Column, Context, Ledger, Row, register
from portal.ledgers.parsers import DATE, MONEY, USCC, TextParser, WholeParser, as_text, codes
from portal.park.models import Enterprise, Team

READERS = (Duty.LEADER, Duty.SUPERVISOR, Duty.AUDITOR)
TASK_FORCE = Reference(
    field="team_id",
    rows=Team.objects.filter(kind=Team.Kind.TASK_FORCE),
    by="code",
    path="team__code",
    unknown=gettext_noop("There is no task force with the code “%(value)s”."),
)
TEAM = Reference(
    field="team_id",
    rows=Team.objects.all(),
    by="code",
    path="team__code",
    unknown=gettext_noop("There is no team with the code “%(value)s”."),
)
ENTERPRISE = Reference(
    field="enterprise_id",
    rows=Enterprise.objects.all(),
    by="uscc",
    path="enterprise__uscc",
    unknown=gettext_noop("No enterprise of the park has the code %(value)s."),
)


class QuarterParser:
    """YYYY-Qn."""

    example = "2024-Q3"

    def form(self) -> str:
        return _("A quarter: YYYY-Qn")

    def parse(self, cell: Any) -> str:
        text = as_text(cell).upper()
        if not re.fullmatch(QUARTER, text):
            raise BadCell(_("A quarter is written as 2024-Q3."))
        return text

    def show(self, value: str) -> str:
        return value


class EnvoyBook(ModelBook):
    """Envoys, whose terms end after they begin."""

    def check(self, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, BadRow]]:
        known = self.find([(row.values["number"],) for row in rows], context)
        for row in rows:
            values = {**known.get((row.values["number"],), (0, {}))[1], **row.values}
            ends = values.get("ends_on")
            if ends is not None and ends < values["appointed_on"]:
                yield row, BadRow("ends_on", _("A term ends after it begins."))


class TargetBook(ModelBook):
    """Targets of whole years: a ledger knows no quarters of them."""

    def _all(self) -> QuerySet[Any]:
        return super()._all().filter(quarter=Target.Quarter.YEAR)


ENVOYS = (
    Column("number", "编号", TextParser(40, "TS2024-001"), note=gettext_lazy("Its number, once in the park")),
    Column("name", "姓名", TextParser(80, "示范·陈明"), note=gettext_lazy("The name of the person")),
    Column(
        "kind",
        "类别",
        codes(Envoy.Kind.choices, envoy="招商特使|特使", adviser="招商顾问|顾问"),
        note=gettext_lazy("Envoy or adviser"),
    ),
    Column(
        "field", "领域", TextParser(120, "先进金属材料"), note=gettext_lazy("What the person knows about")
    ),
    Column("appointed_on", "聘任日期", DATE, note=gettext_lazy("From when the term runs")),
    Column(
        "ends_on",
        "到期日期",
        DATE,
        required=False,
        note=gettext_lazy("Until when; empty: until further notice"),
        example="2026-12-31",
    ),
)
TARGETS = (
    Column("year", "年度", WholeParser(2000, 2100, "2024"), note=gettext_lazy("The year")),
    Column(
        "task_force_code",
        "专班编码",
        TextParser(40, "task_force_metal"),
        note=gettext_lazy("The task force; it must be in the register of teams"),
    ),
    Column("signed_amount", "签约投资额", MONEY, note=gettext_lazy("Investment to be signed, in yuan")),
    Column("projects", "签约项目数", WholeParser(most=10_000), note=gettext_lazy("Projects to be signed")),
    Column("trips", "走出去批次", WholeParser(most=10_000), note=gettext_lazy("Trips to be made")),
    Column("visits", "拜访次数", WholeParser(most=10_000), note=gettext_lazy("Visits to be made")),
)
AWARDS = (
    Column("number", "编号", TextParser(40, "JX2024-001"), note=gettext_lazy("Its number, once in the park")),
    Column("name", "奖项名称", TextParser(120, "骏马奖"), note=gettext_lazy("What the award is called")),
    Column("quarter", "季度", QuarterParser(), note=gettext_lazy("The quarter for which it was given")),
    Column(
        "team_code",
        "专班编码",
        TextParser(40, "task_force_metal"),
        required=False,
        note=gettext_lazy("Who got it; empty: the park as a whole"),
    ),
)
PARTNERSHIPS = (
    Column("number", "编号", TextParser(40, "XQ2024-001"), note=gettext_lazy("Its number, once in the park")),
    Column("university", "高校", TextParser(80, "湘潭大学"), note=gettext_lazy("The university")),
    Column("uscc", "统一社会信用代码", USCC, note=gettext_lazy("The enterprise; it must be in the register")),
    Column("topic", "合作内容", TextParser(200, "联合研发"), note=gettext_lazy("What they work on")),
    Column("signed_on", "签订日期", DATE, note=gettext_lazy("When it was agreed")),
)


def keys(columns: Sequence[Column]) -> list[str]:
    return [column.key for column in columns]


register(
    Ledger(
        key="envoys",
        zh="招商特使与顾问",
        natural_key=("number",),
        columns=ENVOYS,
        book=lambda: EnvoyBook(Envoy, keys(ENVOYS), ("number",)),
        readers=READERS,
        note=gettext_lazy("Experts and entrepreneurs who speak for the park"),
    )
)
register(
    Ledger(
        key="targets",
        zh="招商目标",
        natural_key=("year", "task_force_code"),
        columns=TARGETS,
        book=lambda: TargetBook(
            Target,
            keys(TARGETS),
            ("year", "task_force_code"),
            references={"task_force_code": TASK_FORCE},
        ),
        after=("teams",),
        readers=READERS,
        note=gettext_lazy("What each task force is to reach in a year"),
    )
)
register(
    Ledger(
        key="awards",
        zh="考核奖项",
        natural_key=("number",),
        columns=AWARDS,
        book=lambda: ModelBook(Award, keys(AWARDS), ("number",), references={"team_code": TEAM}),
        after=("teams",),
        readers=READERS,
        note=gettext_lazy("Awards for investment promotion, by quarter"),
    )
)
register(
    Ledger(
        key="partnerships",
        zh="校企合作",
        natural_key=("number",),
        columns=PARTNERSHIPS,
        book=lambda: ModelBook(Partnership, keys(PARTNERSHIPS), ("number",), references={"uscc": ENTERPRISE}),
        after=("enterprises",),
        readers=READERS,
        note=gettext_lazy("What universities and enterprises work on together"),
    )
)
