"""The ledger of permits: one item of a project, or one of its phases, from acceptance to decision.

A permit becomes a child case of its project under the number <project>/<item>/<sequence>. A ledger knows
days, and the clock needs moments: a permit is accepted when the service hours of its day begin and decided
when they end, so that the first day does not count and the last one does (行政许可法 §82; dossier, section
2, "Clock rules"). What has not been accepted yet has no line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.db.models.functions import Collate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.access import PERMIT
from approvals.actions import limit_of
from approvals.models import Permit, Project, ServiceItem
from portal.accounts.models import Duty
from portal.cases import importing
from portal.cases.importing import History, Stay
from portal.cases.models import Case, Participant
from portal.copying import blank, copy_models
from portal.ledgers.access import cases_for
from portal.ledgers.books import EXPORT_CHUNK
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
from portal.ledgers.parsers import DATE, TextParser, WholeParser, codes
from portal.park.acting import Actor
from portal.worktime.clock import Calendar, Limit, at, local

WITHDRAWN = "withdrawn"
OUTCOMES = codes(
    [*Permit.Decision.choices, (WITHDRAWN, WITHDRAWN)],
    granted="准予许可|准予|通过",
    refused="不予许可|不予|驳回",
    withdrawn="已撤回|撤回",
)
PERMIT_COLUMNS = (
    Column(
        "project_number",
        "项目编号",
        TextParser(40, "XM2024-0001"),
        note=gettext_lazy("The project; it must be in the register"),
    ),
    Column(
        "item_code",
        "事项编码",
        TextParser(40, "KG-012"),
        note=gettext_lazy("The item; it must be in the catalogue"),
    ),
    Column(
        "sequence",
        "序号",
        WholeParser(1, 32767, "1"),
        note=gettext_lazy("From 1 on: the phases of one item, or its filings one after the other"),
    ),
    Column(
        "accepted_on", "受理日期", DATE, note=gettext_lazy("When it was accepted; that day does not count")
    ),
    Column(
        "decided_on",
        "办结日期",
        DATE,
        required=False,
        note=gettext_lazy("When it was decided or withdrawn; that day counts. Empty while it runs"),
        example="2024-09-30",
    ),
    Column(
        "outcome",
        "结果",
        OUTCOMES,
        required=False,
        default="",
        note=gettext_lazy("The result; needed when decided"),
    ),
    Column(
        "phase_label",
        "分期名称",
        TextParser(80, "±0.000以下"),
        required=False,
        default="",
        note=gettext_lazy("What the phase or the part is called"),
    ),
)
PATHS = (
    "permit__project__case__number",
    "permit__item__code",
    "permit__sequence",
    "permit__accepted_at",
    "permit__decided_at",
    "permit__decision",
    "permit__phase_label",
    "closed_at",
)
# What may change without telling the life of the case anew.
FACTS = {"phase_label"}
RETOLD = ("accepted_at", "decided_at", "decision", "phase_label")
LONGEST = 40  # characters of the number of a case


@dataclass(frozen=True, slots=True)
class _Item:
    pk: int
    name: str
    team_id: int
    limit: Limit | None
    in_phases: bool  # its phases are decided one after the other


class PermitBook:
    """Permits, as cases below those of their projects."""

    def check(self, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, BadRow]]:
        _look_up(rows, context)
        projects, items = context.memory["projects"], context.memory["items"]
        known = self.find([_key(row.values) for row in rows], context)
        changed: dict[int, Row] = {}
        for row in rows:
            pk, before = known.get(_key(row.values), (0, {}))
            values = {**before, **row.values}
            for problem in _misfits(values, projects, items):
                yield row, problem
            if pk and any(row.values[k] != before[k] for k in row.values.keys() - FACTS):
                changed[pk] = row
        for pk in changed.keys() - importing.untouched(list(changed)) if changed else ():
            reason = _("This permit has been handled in the portal: a ledger cannot change its course.")
            yield changed[pk], BadRow("project_number", reason)
        yield from self._out_of_order([r for r in rows if items.get(r.values["item_code"])], context)

    def _out_of_order(self, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, BadRow]]:
        """Phases that are decided before the one before them is (分阶段施工许可)."""
        items: Mapping[str, _Item] = context.memory["items"]
        phased = [row for row in rows if items[row.values["item_code"]].in_phases]
        around = {
            (project, item, n + step)
            for project, item, n in (_key(row.values) for row in phased)
            for step in (-1, 0, 1)
        }
        told = {key: values for key, (_pk, values) in self.find(sorted(around), context).items()}
        here = {_key(row.values) for row in phased}
        for row in phased:
            told[_key(row.values)] = {**told.get(_key(row.values), {}), **row.values}
        for row in phased:
            project, item, n = _key(row.values)
            own, after = told[project, item, n], (project, item, n + 1)
            if _overtakes(own, told.get((project, item, n - 1))):
                yield row, BadRow("decided_on", _("Decided before the phase before it was."))
            elif after not in here and _overtakes(told.get(after), own):
                yield row, BadRow("decided_on", _("The phase after it was decided before."))

    def find(self, keys: Sequence[Key], context: Context) -> Mapping[Key, tuple[int, Values]]:
        rows = Case.objects.filter(kind=PERMIT, number__in=[_number(key) for key in keys])
        return {_key(values): (pk, values) for pk, values in _read(rows)}

    def create(self, rows: Sequence[Row], context: Context) -> None:
        histories = [_history(row.values, context, row.number) for row in rows]
        cases = importing.bulk_open(PERMIT, histories, source=context.source, now=context.now)
        fresh = blank(Permit)
        copy_models([_facts(fresh(), c.pk, row.values, context) for c, row in zip(cases, rows, strict=True)])
        _take_part(histories)

    def update(self, changes: Sequence[Change], context: Context) -> None:
        known = self.find([_key(c.row.values) for c in changes], context)
        anew: dict[int, History] = {}
        shown: dict[int, Any] = {}
        told, titles, facts = {}, [], []
        for change in changes:
            values = {**known[_key(change.row.values)][1], **change.row.values}
            history = _history(values, context, change.row.number)
            shown[change.pk] = {k: [change.before[k], change.after[k]] for k in change.after}
            if change.after.keys() - FACTS:
                anew[change.pk] = history
                facts.append(_facts(Permit(), change.pk, values, context))
            else:
                told[change.pk] = {"row": change.row.number, "changed": shown[change.pk]}
                titles.append(Case(pk=change.pk, title=history.title))
                Permit.objects.filter(pk=change.pk).update(phase_label=values["phase_label"])
        importing.bulk_rewrite(PERMIT, anew, changes=shown, source=context.source, now=context.now)
        importing.record(told, source=context.source, now=context.now)
        Case.objects.bulk_update(titles, ["title"], batch_size=500)
        Permit.objects.bulk_update(facts, RETOLD, batch_size=500)

    def count(self, reader: Actor | None = None) -> int:
        return int(self._accepted(reader).count())

    @staticmethod
    def _accepted(reader: Actor | None) -> Any:
        return cases_for(PERMIT, reader).filter(permit__accepted_at__isnull=False)

    def export(self, reader: Actor | None = None) -> Iterator[Values]:
        order = (Collate(F(PATHS[0]), "C"), Collate(F(PATHS[1]), "C"), PATHS[2])
        for _pk, values in _read(self._accepted(reader).order_by(*order)):
            yield values


def _key(values: Values) -> Key:
    return values["project_number"], values["item_code"], values["sequence"]


def _number(key: Key) -> str:
    return "/".join(map(str, key))


def _look_up(rows: Sequence[Row], context: Context) -> None:
    """The projects and the items that a batch names."""
    projects: dict[str, tuple[int, int | None, int]] = context.memory.setdefault("projects", {})
    numbers = {row.values["project_number"] for row in rows} - projects.keys()
    found = Project.objects.filter(case__number__in=numbers)
    for number, *told in found.values_list("case__number", "pk", "case__enterprise", "case__team"):
        projects[number] = (told[0], told[1], told[2])
    if not context.memory.get("items"):
        context.memory["items"] = {
            item.code: _Item(item.pk, item.name, item.team_id, limit_of(Permit(item=item)), item.ends_total)
            for item in ServiceItem.objects.all()
        }


def _read(rows: Any) -> Iterator[tuple[int, Values]]:
    for pk, project, item, sequence, accepted, decided, decision, label, closed in rows.values_list(
        "pk", *PATHS
    ).iterator(EXPORT_CHUNK):
        yield (
            pk,
            {
                "project_number": project,
                "item_code": item,
                "sequence": sequence,
                "accepted_on": _day(accepted),
                "decided_on": _day(decided or closed),
                "outcome": decision or (WITHDRAWN if closed else ""),
                "phase_label": label,
            },
        )


def _day(moment: datetime | None) -> date | None:
    return local(moment).date() if moment is not None else None


def _misfits(values: Values, projects: Mapping[str, Any], items: Mapping[str, _Item]) -> Iterator[BadRow]:
    """What it refers to that is not there, and values that do not go together."""
    for column, known, unknown in (
        ("project_number", projects, _("There is no project with the number “%(value)s”.")),
        ("item_code", items, _("There is no service item with the code “%(value)s”.")),
    ):
        if values[column] not in known:
            yield BadRow(column, unknown % {"value": values[column]})
    number = _number(_key(values))
    if len(number) > LONGEST:
        yield BadRow("project_number", _("The number %(number)s is too long.") % {"number": number})
    decided, outcome = values.get("decided_on"), values.get("outcome")
    if decided is not None and decided < values["accepted_on"]:
        yield BadRow("decided_on", _("Decided before it was accepted."))
    if decided is not None and not outcome:
        yield BadRow("outcome", _("A permit that was decided needs a result."))
    if decided is None and outcome:
        yield BadRow("decided_on", _("A permit with a result needs the day of its decision."))


def _overtakes(later: Values | None, earlier: Values | None) -> bool:
    """Whether a phase was granted although the one before it, not given up, was not or not yet."""
    if later is None or earlier is None or later.get("outcome") != Permit.Decision.GRANTED:
        return False
    before: date | None = earlier.get("decided_on")
    if before is None:
        return True
    return earlier.get("outcome") == Permit.Decision.GRANTED and later["decided_on"] < before


def _moments(values: Values) -> tuple[datetime, datetime | None]:
    hours = Calendar.current().hours
    decided: date | None = values.get("decided_on")
    ended = at(decided, hours.closes_at) if decided is not None else None
    return at(values["accepted_on"], hours.opens_at), ended


def _history(values: Values, context: Context, row: int) -> History:
    """The life of a permit: examined by the department in charge until it was decided."""
    project, enterprise, holder = context.memory["projects"][values["project_number"]]
    item: _Item = context.memory["items"][values["item_code"]]
    accepted, ended = _moments(values)
    label = values.get("phase_label")
    return History(
        number=_number(_key(values)),
        title=f"{item.name}（{label}）" if label else item.name,
        enterprise_id=enterprise,
        team_id=item.team_id,
        step=values["outcome"] if ended else "reviewing",
        opened_at=accepted,
        stays=[Stay("reviewing", item.team_id, accepted, ended)],
        clock_from_at=accepted,
        promise=item.limit,
        closed_at=ended,
        outcome=values["outcome"] if ended else "",
        parent_id=project,
        participants=frozenset((item.team_id, holder)),
        row=row,
    )


def _facts(permit: Permit, case_id: int, values: Values, context: Context) -> Permit:
    """The register's row. Only what was granted or refused has been decided."""
    permit.case_id = case_id
    permit.project_id = context.memory["projects"][values["project_number"]][0]
    permit.item_id = context.memory["items"][values["item_code"]].pk
    permit.sequence, permit.phase_label = values["sequence"], values["phase_label"]
    permit.accepted_at, ended = _moments(values)
    decided = ended is not None and values["outcome"] != WITHDRAWN
    permit.decided_at = ended if decided else None
    permit.decision = values["outcome"] if decided else ""
    return permit


def _take_part(histories: Sequence[History]) -> None:
    """Who handles a part sees the whole."""
    pairs = sorted({(history.parent_id or 0, history.team_id) for history in histories})
    rows = [Participant(case_id=case, team_id=team) for case, team in pairs]
    Participant.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)


register(
    Ledger(
        key="permits",
        zh="审批办件",
        columns=PERMIT_COLUMNS,
        natural_key=("project_number", "item_code", "sequence"),
        book=PermitBook,
        after=("projects", "service_items"),
        readers=(Duty.LEADER, Duty.SUPERVISOR, Duty.AUDITOR),
        note=gettext_lazy("Permits of the projects, item by item; each becomes a case with its clock"),
    )
)
register_cases("permits", PERMIT)
