"""The lead table (招商线索表) by ledger: each line becomes a case with its lead.

What has been handled in the portal keeps its course: a ledger then changes facts only. A confidential lead
comes in as confidential, known to those who lead its task force; a ledger discloses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Case as Choose
from django.db.models import DateField, F, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Collate, TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from investment.access import LEAD
from investment.actions import STEPS
from investment.flow import steps as declared
from investment.ledgers.lead_history import FACTS, SIGNED, history_of, lead_of
from investment.ledgers.registers import READERS, TASK_FORCE
from investment.models import Contract, Envoy, Lead
from portal.cases import circle, importing
from portal.cases.importing import History
from portal.cases.models import Case, StepLog
from portal.ledgers.access import cases_for
from portal.ledgers.books import EXPORT_CHUNK, Reference, resolve
from portal.ledgers.declaration import (
    BadRow,
    Change,
    Column,
    Context,
    Key,
    Ledger,
    Row,
    Values,
    register,
    register_cases,
)
from portal.ledgers.parsers import BOOL, DATE, MONEY, USCC, NumberParser, TextParser, codes
from portal.park.acting import Actor
from portal.park.models import Team
from portal.worktime.clock import ZONE

MEASURE = NumberParser(2, most=NumberParser(2).most / 100, example="35.5")
SOURCES = codes(
    Lead.Source.choices,
    task_force="专班",
    trip="走出去",
    envoy="特使顾问|特使|顾问",
    agent="委托招商",
    investor="以商招商",
    referral="上级推介",
    association="商协会",
    xiang="湘商",
    self="自荐",
)
STATES = codes(
    [(step.name, step.label) for step in declared.STEPS],
    registration="线索登记",
    contact="初步接洽",
    pre_review="研判预审",
    visits="考察互访",
    negotiation="方案洽谈",
    admission_review="准入评审",
    decision="上会审定",
    signing="签约",
    settlement="注册落户|供地",
    start="开工入库|移交跟踪",
    handed_over="已移交",
    lost="放弃|失败",
    parked="转储备|储备",
    pool="线索池",
)
CAUSES = codes(
    Lead.Cause.choices,
    price="要素成本",
    elsewhere="落户他处",
    policy="政策诉求未满足",
    double="重复登记",
    admission="未通过准入",
    investor="投资方放弃",
    silent="失去联系",
    other="其他",
)


def _words(key: str, zh: str, most: int, example: str, note: Any) -> Column:
    return Column(key, zh, TextParser(most, example), required=False, default="", note=note, example=example)


def _day(key: str, zh: str, note: Any, *, keeps: bool = False) -> Column:
    return Column(key, zh, DATE, required=False, note=note, keeps=keeps)


def _measure(key: str, zh: str, note: Any) -> Column:
    return Column(key, zh, MEASURE, required=False, note=note, keeps=True)


COLUMNS = (
    Column(
        "number", "编号", TextParser(40, "ZS2024-0001"), note=gettext_lazy("Its number, once in the park")
    ),
    Column(
        "title",
        "项目名称",
        TextParser(200, "镁合金压铸件项目"),
        note=gettext_lazy("What is to be built, in one line"),
    ),
    Column(
        "task_force_code",
        "专班编码",
        TextParser(40, "task_force_metal"),
        note=gettext_lazy("The task force; it must be in the register of teams"),
    ),
    Column("investor_name", "投资方", TextParser(120, "星野材料有限公司"), note=gettext_lazy("Who invests")),
    Column(
        "uscc",
        "统一社会信用代码",
        USCC,
        required=False,
        default="",
        note=gettext_lazy("The code of the investor, who need not be in the park"),
    ),
    Column("source", "来源", SOURCES, note=gettext_lazy("How the park heard of it")),
    Column("opened_on", "登记日期", DATE, note=gettext_lazy("When it was registered")),
    Column("step", "环节", STATES, note=gettext_lazy("Where it lies now, or how it ended")),
    Column(
        "investment_amount",
        "总投资",
        MONEY,
        note=gettext_lazy("Investment, in yuan; by contract once signed"),
    ),
    Column("is_key", "是否重点", BOOL, note=gettext_lazy("Whether it is a key project")),
    Column(
        "is_top500",
        "是否三类500强",
        BOOL,
        note=gettext_lazy("Whether the investor is on one of the three top-500 lists"),
    ),
    Column(
        "is_xiang_returning",
        "是否湘商回归",
        BOOL,
        note=gettext_lazy("Whether the investor is a returning Hunan entrepreneur"),
    ),
    _words("industry", "产业", 60, "先进金属材料", gettext_lazy("The industry")),
    _day("signed_on", "签约日期", gettext_lazy("When the contract was signed")),
    _day("lost_on", "放弃日期", gettext_lazy("When it was given up")),
    _words("lost_reason", "放弃原因", 300, "落户外地", gettext_lazy("Why; needed where it is lost")),
    _words("next_action", "下一步", 200, "回访投资方", gettext_lazy("What is done next")),
    _day("next_action_on", "下一步日期", gettext_lazy("When; needed where there is a next action")),
    Column(
        "lost_cause",
        "放弃类别",
        CAUSES,
        required=False,
        default="",
        note=gettext_lazy("The kind of cause"),
        keeps=True,
    ),
    _day("handed_over_on", "移交日期", gettext_lazy("When it was handed over"), keeps=True),
    Column(
        "envoy_number",
        "特使顾问编号",
        TextParser(40, "TS2024-001"),
        required=False,
        note=gettext_lazy("Who brought it; in the register of envoys and advisers"),
        keeps=True,
    ),
    _measure("land_mu", "用地需求", gettext_lazy("Land wanted, in mu")),
    _measure("plant_m2", "厂房需求", gettext_lazy("Plant wanted, in m²")),
    _measure("load_kva", "用电负荷", gettext_lazy("Power load, in kVA")),
    Column(
        "confidential",
        "是否涉密",
        BOOL,
        required=False,
        default=False,
        note=gettext_lazy("Whether only a named circle may know of it"),
        keeps=True,
    ),
)
KEYS = tuple(column.key for column in COLUMNS)
# What tells the life of a lead; the rest are facts, which change without it.
COURSE = {
    "task_force_code",
    "opened_on",
    "step",
    "signed_on",
    "lost_on",
    "lost_reason",
    "lost_cause",
    "handed_over_on",
}
ENVOY = Reference(
    field="envoy_id",
    rows=Envoy.objects.all(),
    by="number",
    path="lead__envoy__number",
    unknown=gettext_noop("There is no envoy or adviser with the number “%(value)s”."),
)
REFERENCES = {"task_force_code": TASK_FORCE, "envoy_number": ENVOY}
# A lead of the pool lies with an office: its task force is the last that had it.
_HAD_IT = StepLog.objects.filter(case=OuterRef("pk"), team__kind=Team.Kind.TASK_FORCE).order_by("-seq")
_FORCE = Choose(When(step="pool", then=Subquery(_HAD_IT.values("team__code")[:1])), default=F("team__code"))
PATHS: dict[str, Any] = {
    **{name: f"lead__{name}" for name in FACTS},
    "task_force_code": _FORCE,
    "opened_on": TruncDate("opened_at", tzinfo=ZONE),
    "handed_over_on": Choose(
        When(step="handed_over", then=TruncDate("closed_at", tzinfo=ZONE)), output_field=DateField()
    ),
    "envoy_number": "lead__envoy__number",
}


class LeadBook:
    """Leads, as cases."""

    def check(self, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, BadRow]]:
        for column, reference in REFERENCES.items():
            yield from resolve(column, reference, rows, context)
        known = self.find([(row.values["number"],) for row in rows], context)
        turned: dict[int, Row] = {}
        changed: dict[int, Row] = {}
        for row in rows:
            pk, before = known.get((row.values["number"],), (0, {}))
            values = {**before, **row.values}
            for problem in (*_misfits(values), *_disclosed(before, values)):
                yield row, problem
            different = {key for key in row.values if pk and values[key] != before[key]}
            if different & COURSE:
                turned[pk] = row
            if "investment_amount" in different:
                changed[pk] = row
        yield from _handled_here(turned)
        yield from _by_contract(changed)

    def find(self, keys: Sequence[Key], context: Context) -> Mapping[Key, tuple[int, Values]]:
        rows = Case.objects.filter(kind=LEAD, number__in=[number for (number,) in keys])
        return {(values["number"],): (pk, values) for pk, values in _read(rows)}

    def create(self, rows: Sequence[Row], context: Context) -> None:
        histories = [history_of(row.values, context, row.number) for row in rows]
        cases = importing.bulk_open(LEAD, histories, source=context.source, now=context.now)
        pairs = list(zip(cases, rows, strict=True))
        Lead.objects.bulk_create([lead_of(c.pk, r.values, context) for c, r in pairs], batch_size=500)
        _close([case.pk for case, row in pairs if row.values.get("confidential")], context)

    def update(self, changes: Sequence[Change], context: Context) -> None:
        known = self.find([(change.row.values["number"],) for change in changes], context)
        retold: dict[int, History] = {}
        shown: dict[int, dict[str, Any]] = {}
        rest: dict[int, dict[str, Any]] = {}
        secret: list[int] = []
        for change in changes:
            before = known[(change.row.values["number"],)][1]
            values = {**before, **change.row.values}
            _resolve_kept(values, context)
            shown[change.pk] = {k: [change.before[k], change.after[k]] for k in change.after}
            if change.after.keys() & COURSE:
                retold[change.pk] = history_of(values, context, change.row.number)
            else:
                rest[change.pk] = {"row": change.row.number, "changed": shown[change.pk]}
                Case.objects.filter(pk=change.pk).update(title=values["title"])
            if change.after.get("confidential"):
                secret.append(change.pk)
            self._write(change, values, context)
        importing.bulk_rewrite(LEAD, retold, changes=shown, source=context.source, now=context.now)
        importing.record(rest, source=context.source, now=context.now)
        _close(secret, context)

    @staticmethod
    def _write(change: Change, values: Values, context: Context) -> None:
        """Only what the line tells anew: what the portal knows besides stays."""
        fresh = lead_of(change.pk, values, context)
        named = {name: getattr(fresh, name) for name in FACTS if name in change.after}
        if "envoy_number" in change.after:
            named["envoy_id"] = fresh.envoy_id
        if change.after.keys() & COURSE:
            named |= {"last_action_at": fresh.last_action_at, "pooled_at": fresh.pooled_at}
        if named:
            Lead.objects.filter(pk=change.pk).update(**named)

    def count(self, reader: Actor | None = None) -> int:
        return cases_for(LEAD, reader).count()

    def export(self, reader: Actor | None = None) -> Iterator[Values]:
        for _pk, values in _read(cases_for(LEAD, reader).order_by(Collate(F("number"), "C"))):
            yield values


def _read(rows: QuerySet[Case]) -> Iterator[tuple[int, Values]]:
    told = {f"told_{key}": path for key, path in PATHS.items() if not isinstance(path, str)}
    names = [f"told_{key}" if f"told_{key}" in told else PATHS.get(key, key) for key in KEYS]
    found = rows.filter(lead__isnull=False).annotate(**told)
    for pk, *cells in found.values_list("pk", *names).iterator(EXPORT_CHUNK):
        yield pk, dict(zip(KEYS, cells, strict=True))


def _resolve_kept(values: Values, context: Context) -> None:
    """References that a file without these columns leaves as they are."""
    row = Row("", 0, {key: values[key] for key in REFERENCES})
    for column, reference in REFERENCES.items():
        list(resolve(column, reference, [row], context))


def _close(pks: Sequence[int], context: Context) -> None:
    """Confidential from the first moment on: known to those who lead the task force."""
    for case in Case.objects.filter(pk__in=pks).select_related("team"):
        circle.close(case, circle.heads(case.team), context.now)
        Case.objects.filter(pk=case.pk).update(confidential=True)


# What does not go together -----------------------------------------------------------------------------


def _misfits(values: Values) -> Iterator[BadRow]:
    opened, signed, lost = values["opened_on"], values.get("signed_on"), values.get("lost_on")
    over, step = values.get("handed_over_on"), values["step"]
    if signed is not None and signed < opened:
        yield BadRow("signed_on", _("Signed before it was registered."))
    if signed is None and step in SIGNED:
        yield BadRow("signed_on", _("From the settlement on a lead has the day of its signing."))
    if signed is not None and step in (*STEPS[: STEPS.index("settlement")], "lost"):
        yield BadRow("signed_on", _("In this step a lead is not signed."))
    if over is not None and (step != "handed_over" or (signed is not None and over < signed)):
        yield BadRow("handed_over_on", _("Only what was handed over has this day, after its signing."))
    if values.get("next_action") and values.get("next_action_on") is None:
        yield BadRow("next_action_on", _("A next action has its day."))
    yield from _misfits_of_loss(values, opened, lost)


def _misfits_of_loss(values: Values, opened: Any, lost: Any) -> Iterator[BadRow]:
    if values["step"] != "lost":
        if lost is not None or values.get("lost_reason") or values.get("lost_cause"):
            yield BadRow("lost_on", _("Only what is lost has a day and a cause of its loss."))
    elif lost is None:
        yield BadRow("lost_on", _("What is lost has its day."))
    elif lost < opened:
        yield BadRow("lost_on", _("Lost before it was registered."))
    elif not values.get("lost_reason"):
        yield BadRow("lost_reason", _("What is lost has its reason."))


def _disclosed(before: Values, values: Values) -> Iterator[BadRow]:
    if before.get("confidential") and not values.get("confidential"):
        yield BadRow("confidential", _("A ledger discloses nothing: this is done in the portal."))


def _handled_here(turned: Mapping[int, Row]) -> Iterator[tuple[Row, BadRow]]:
    for pk in turned.keys() - importing.untouched(list(turned)) if turned else ():
        reason = _("This lead has been handled in the portal: a ledger cannot change its course.")
        yield turned[pk], BadRow("number", reason)


def _by_contract(changed: Mapping[int, Row]) -> Iterator[tuple[Row, BadRow]]:
    if changed:
        for pk in Contract.objects.filter(pk__in=list(changed)).values_list("pk", flat=True):
            yield changed[pk], BadRow("investment_amount", _("The contract says how much it is."))


register(
    Ledger(
        key="leads",
        zh="招商线索表",
        columns=COLUMNS,
        natural_key=("number",),
        book=LeadBook,
        after=("teams", "envoys", "enterprises"),
        readers=READERS,
        note=gettext_lazy("Investors and what they think of building; each becomes a case with its steps"),
    )
)
register_cases("leads", LEAD)
