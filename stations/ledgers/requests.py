"""The ledger of the requests that enterprises bring to the stations.

A request of a ledger becomes an ordinary case: closed, or open at its station. A ledger does not know
the grade, so the normal one rules. A complaint about conduct is sealed: discipline inspection holds it,
and only its register names the station. Ledgers of the command line contain sealed requests; those
of the browser do so for people who may see them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Case as Choose
from django.db.models import F, When
from django.db.models.functions import Collate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from portal.accounts.models import Duty
from portal.cases import importing
from portal.cases.importing import History, Stay
from portal.cases.models import Case
from portal.copying import blank, copy_models
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
from portal.ledgers.parsers import MOMENT, USCC, TextParser, WholeParser, codes
from portal.park.acting import Actor
from portal.park.models import Enterprise, Team
from stations.models import Category, Channel, Grade, Request, Result

KIND = "stations.request"
# Results that are steps of their own, and nobody's answer.
UNANSWERED = ("withdrawn", "merged")

CATEGORIES = codes(
    Category.choices,
    policy="政策咨询/政策兑现|政策咨询|政策兑现",
    procedures="行政审批/手续|行政审批",
    land="用地/厂房/规划",
    utilities="水电气讯/杆线迁改/道路|水电气讯",
    financing="融资",
    labour="用工/社保/子女入学/人才|用工",
    market="市场/以旧换新/产销对接",
    technology="科技/高企/产学研",
    tax="税费",
    environment_safety="环保/安全/消防",
    arrears_legal="拖欠账款/法律纠纷",
    conduct="涉企执法/作风投诉",
    property="物业/交通/治安/通勤",
    company_start="企业开办/变更",
    landing_other="招商落地/其他|其他",
)
CHANNELS = codes(
    Channel.choices, station="驿站", web="网上", phone="电话", hotline="热线|12345", visit="走访"
)
OUTCOMES = codes(
    [
        (Result.RESOLVED.value, Result.RESOLVED.label),
        (Result.EXPLAINED.value, Result.EXPLAINED.label),
        *zip(UNANSWERED, UNANSWERED, strict=True),
    ],
    resolved="已解决",
    explained="已解释",
    withdrawn="已撤回",
    merged="已并案",
)

REQUEST_COLUMNS = (
    Column(
        "number",
        "编号",
        TextParser(40, "QS2024-0001"),
        note=gettext_lazy("The number of the request, once in the park"),
    ),
    Column(
        "uscc",
        "统一社会信用代码",
        USCC,
        note=gettext_lazy("The enterprise that asks; it must be in the register"),
    ),
    Column(
        "station_code",
        "驿站编码",
        TextParser(40, "jinrong"),
        note=gettext_lazy("The station that took the request first"),
    ),
    Column("category", "类别", CATEGORIES, note=gettext_lazy("What it is about")),
    Column("channel", "渠道", CHANNELS, note=gettext_lazy("How it came")),
    Column("title", "标题", TextParser(200, "三号车间停电"), note=gettext_lazy("What is asked, in one line")),
    Column("received_at", "收到时间", MOMENT, note=gettext_lazy("When it was received")),
    Column(
        "accepted_at",
        "受理时间",
        MOMENT,
        required=False,
        note=gettext_lazy("When it was accepted; the clock counts from then"),
    ),
    Column(
        "closed_at",
        "办结时间",
        MOMENT,
        required=False,
        note=gettext_lazy("When it was closed; empty while it is open"),
    ),
    Column(
        "outcome",
        "结果",
        OUTCOMES,
        required=False,
        default="",
        note=gettext_lazy("The result; needed when closed"),
    ),
    Column(
        "rating",
        "评价",
        WholeParser(1, 5, "5"),
        required=False,
        note=gettext_lazy("What the enterprise gave: 5 is best; never for a withdrawn or merged one"),
    ),
    Column(
        "rating_comment",
        "评价意见",
        TextParser(1000, "办得快"),
        required=False,
        default="",
        note=gettext_lazy("What the enterprise wrote with its rating"),
    ),
)
KEYS = tuple(column.key for column in REQUEST_COLUMNS)


def _counted(path: str) -> Choose:
    """A field of the rating, unless a review has set the rating aside.

    The contract knows no such rating: in another park it would count. So it stays here, on record.
    """
    return Choose(When(rating__set_aside_at=None, then=F(path)))


PATHS: dict[str, Any] = {
    "uscc": "enterprise__uscc",
    "station_code": "request__first_team__code",
    "category": "request__category",
    "channel": "request__channel",
    "received_at": "opened_at",
    "accepted_at": "request__accepted_at",
    "rating": _counted("rating__level"),
    "rating_comment": _counted("rating__comment"),
}
# What may change without telling the life of the case anew.
FACTS = {"title", "channel"}
RETOLD = ("category", "first_team", "handling_team", "accepted_at", "result")

ENTERPRISE = Reference(
    field="enterprise_id",
    rows=Enterprise.objects.all(),
    by="uscc",
    path="enterprise__uscc",
    unknown=gettext_noop("No enterprise of the park has the code %(value)s."),
)
# The discipline office stands where a complaint about conduct was filed in the portal itself.
FIRST_TEAM = Reference(
    field="first_team_id",
    rows=Team.objects.filter(kind__in=(Team.Kind.STATION, Team.Kind.SUPERVISION)),
    by="code",
    path="request__first_team__code",
    unknown=gettext_noop("There is no station with the code “%(value)s”."),
)


class RequestBook:
    """Requests, as cases."""

    def check(self, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, BadRow]]:
        yield from resolve("uscc", ENTERPRISE, rows, context)
        yield from resolve("station_code", FIRST_TEAM, rows, context)
        known = self.find([(row.values["number"],) for row in rows], context)
        changed: dict[int, Row] = {}
        for row in rows:
            pk, before = known.get((row.values["number"],), (0, {}))
            values = {**before, **row.values}
            for problem in _misfits(values):
                yield row, problem
            if pk and any(row.values[k] != before[k] for k in row.values.keys() - FACTS):
                changed[pk] = row
        yield from self._handled_here(changed)

    @staticmethod
    def _handled_here(changed: Mapping[int, Row]) -> Iterator[tuple[Row, BadRow]]:
        for pk in changed.keys() - importing.untouched(list(changed)) if changed else ():
            reason = _("This request has been handled in the portal: a ledger cannot change its course.")
            yield changed[pk], BadRow("number", reason)

    def find(self, keys: Sequence[Key], context: Context) -> Mapping[Key, tuple[int, Values]]:
        rows = Case.objects.filter(kind=KIND, number__in=[number for (number,) in keys])
        return {(values["number"],): (pk, values) for pk, values in _read(rows)}

    def create(self, rows: Sequence[Row], context: Context) -> None:
        histories = [_history(row.values, context, row.number) for row in rows]
        cases = importing.bulk_open(KIND, histories, source=context.source, now=context.now)
        fresh = blank(Request)
        copy_models([_facts(fresh(), c.pk, row.values, context) for c, row in zip(cases, rows, strict=True)])

    def update(self, changes: Sequence[Change], context: Context) -> None:
        pks = {(c.row.values["number"],): c for c in changes}
        known = self.find(list(pks), context)
        histories, shown = {}, {}
        facts = []
        for key, change in pks.items():
            values = {**known[key][1], **change.row.values}
            resolve_kept(values, context)
            histories[change.pk] = _history(values, context, change.row.number)
            shown[change.pk] = {k: [change.before[k], change.after[k]] for k in change.after}
            facts.append(_facts(Request(), change.pk, values, context))
        told_anew = {pk: h for pk, h in histories.items() if shown[pk].keys() - FACTS}
        importing.bulk_rewrite(KIND, told_anew, changes=shown, source=context.source, now=context.now)
        rest = {
            pk: {"row": h.row, "changed": shown[pk]} for pk, h in histories.items() if pk not in told_anew
        }
        importing.record(rest, source=context.source, now=context.now)
        for pk in rest:
            Case.objects.filter(pk=pk).update(title=histories[pk].title)
        Request.objects.bulk_update(facts, ["channel"], batch_size=500)
        anew = [f for f in facts if f.case_id in told_anew]
        Request.objects.bulk_update(anew, RETOLD, batch_size=500)

    def count(self, reader: Actor | None = None) -> int:
        return cases_for(KIND, reader).count()

    def export(self, reader: Actor | None = None) -> Iterator[Values]:
        for _pk, values in _read(cases_for(KIND, reader).order_by(Collate(F("number"), "C"))):
            yield values


def resolve_kept(values: Values, context: Context) -> None:
    """References that a file without these columns leaves as they are."""
    row = Row("", 0, {k: values[k] for k in ("uscc", "station_code")})
    for column, reference in (("uscc", ENTERPRISE), ("station_code", FIRST_TEAM)):
        list(resolve(column, reference, [row], context))


def _read(rows: Any) -> Iterator[tuple[int, Values]]:
    paths = [PATHS.get(key, key) for key in KEYS]
    for pk, *found in rows.values_list("pk", *paths).iterator(EXPORT_CHUNK):
        values = dict(zip(KEYS, found, strict=True))
        values["rating_comment"] = values["rating_comment"] or ""
        for moment in ("received_at", "accepted_at", "closed_at"):
            if values[moment] is not None:
                values[moment] = values[moment].replace(second=0, microsecond=0)
        yield pk, values


def _misfits(values: Values) -> Iterator[BadRow]:
    """Values that do not go together."""
    received, accepted, closed = values["received_at"], values.get("accepted_at"), values.get("closed_at")
    if accepted is not None and accepted < received:
        yield BadRow("accepted_at", _("Accepted before it was received."))
    if closed is not None and closed < (accepted or received):
        yield BadRow("closed_at", _("Closed before it was received or accepted."))
    if closed is not None and not values.get("outcome"):
        yield BadRow("outcome", _("A closed request needs a result."))
    if closed is None and values.get("outcome"):
        yield BadRow("closed_at", _("A request with a result needs the moment of its closing."))
    if closed is None and values.get("rating") is not None:
        yield BadRow("rating", _("Only a closed request can be rated."))
    if values.get("outcome") in UNANSWERED and values.get("rating") is not None:
        yield BadRow("rating", _("A withdrawn or merged request cannot be rated."))
    if values.get("rating") is None and values.get("rating_comment"):
        yield BadRow("rating_comment", _("A comment needs a rating."))


def _history(values: Values, context: Context, row: int) -> History:
    """The life of a request: first contact, handling at its station, the end.

    Where the ledger does not know when a closed request was accepted, it counts from receipt.
    """
    station = context.memory["station_code"][values["station_code"]]
    sealed = values["category"] == Category.CONDUCT
    team = _discipline(context) or station if sealed else station
    received, accepted, closed = values["received_at"], values.get("accepted_at"), values.get("closed_at")
    outcome = values.get("outcome") or ""
    stays = [Stay("received", team, received, accepted)]
    if accepted is not None:
        stays.append(Stay("handling", team, accepted, closed))
    elif closed is not None and outcome in UNANSWERED:
        stays = [Stay("received", team, received, closed)]
    elif closed is not None:
        stays = [Stay("handling", team, received, closed)]
    step = stays[-1].step
    if closed is not None:
        step = outcome if outcome in UNANSWERED else "closed"
    counts_from = accepted or (received if closed is not None and outcome not in UNANSWERED else None)
    return History(
        number=values["number"],
        title=values["title"],
        enterprise_id=context.memory["uscc"][values["uscc"]],
        team_id=team,
        step=step,
        opened_at=received,
        stays=stays,
        clock_from_at=counts_from,
        closed_at=closed,
        outcome=outcome,
        grade=Grade.NORMAL,
        sealed=sealed,
        participants=frozenset([team]),
        rating=values.get("rating"),
        rating_comment=values.get("rating_comment") or "",
        row=row,
    )


def _discipline(context: Context) -> int | None:
    if "discipline" not in context.memory:
        office = Team.objects.filter(code="discipline", active=True).values_list("pk", flat=True)
        context.memory["discipline"] = office.first()
    found: int | None = context.memory["discipline"]
    return found


def _facts(facts: Request, case_id: int, values: Values, context: Context) -> Request:
    """The register's row. An open complaint lies with discipline inspection from the first contact on."""
    station = context.memory["station_code"][values["station_code"]]
    sealed_open = values["category"] == Category.CONDUCT and values.get("closed_at") is None
    first = _discipline(context) or station if sealed_open else station
    outcome = values.get("outcome") or ""
    facts.case_id, facts.first_team_id = case_id, first
    facts.handling_team_id = first if values.get("accepted_at") or values.get("closed_at") else None
    facts.category, facts.channel = values["category"], values["channel"]
    facts.accepted_at = values.get("accepted_at")
    facts.result = outcome if outcome not in UNANSWERED else ""
    return facts


register(
    Ledger(
        key="requests",
        zh="企业诉求",
        columns=REQUEST_COLUMNS,
        natural_key=("number",),
        book=RequestBook,
        after=("enterprises", "stations", "teams"),
        readers=(Duty.LEADER, Duty.SUPERVISOR, Duty.AUDITOR, Duty.DISCIPLINE),
        note=gettext_lazy("What enterprises brought to the stations; each becomes a case with its clock"),
    )
)
register_cases("requests", KIND)
