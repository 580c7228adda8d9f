"""The ledger of activities: trips and visits that took place; each becomes a case that is reported.

Receptions, negotiations and road shows are kept in the portal only: the file knows no such kinds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Collate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from investment.access import ACTIVITY, LEAD
from investment.actions.activities import title_of
from investment.ledgers.registers import READERS, TASK_FORCE
from investment.models import Activity, Lead
from portal.cases import importing
from portal.cases.importing import History, Stay
from portal.cases.models import Case
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
from portal.ledgers.parsers import DATE, TextParser, WholeParser, codes
from portal.park.acting import Actor
from portal.worktime.clock import Calendar, at

KINDS = [choice for choice in Activity.Kind.choices if choice[0] in ("trip", "visit")]
COLUMNS = (
    Column("number", "编号", TextParser(40, "HD2024-001"), note=gettext_lazy("Its number, once in the park")),
    Column(
        "kind",
        "类型",
        codes(KINDS, trip="走出去招商|走出去", visit="拜访企业|拜访"),
        note=gettext_lazy("A trip, counted by batch, or a visit"),
    ),
    Column(
        "task_force_code",
        "专班编码",
        TextParser(40, "task_force_metal"),
        note=gettext_lazy("The task force; it must be in the register of teams"),
    ),
    Column("held_on", "活动日期", DATE, note=gettext_lazy("When it began"), example="2024-03-12"),
    Column(
        "place",
        "地点",
        TextParser(120, "深圳"),
        required=False,
        default="",
        note=gettext_lazy("Where it went"),
    ),
    Column(
        "investor_name",
        "企业名称",
        TextParser(120, "星河精工（示范）"),
        required=False,
        default="",
        note=gettext_lazy("Which enterprise was visited"),
    ),
    Column(
        "lead_number",
        "线索编号",
        TextParser(40, "ZS2024-0001"),
        required=False,
        keeps=True,
        note=gettext_lazy("The lead that it was about"),
    ),
    Column(
        "leader_count",
        "带队领导人数",
        WholeParser(0, 99, "1"),
        required=False,
        default=0,
        note=gettext_lazy("How many leaders were along"),
    ),
    Column(
        "summary",
        "活动成效",
        TextParser(4000, "达成考察意向"),
        required=False,
        default="",
        note=gettext_lazy("What came of it"),
    ),
)
KEYS = tuple(column.key for column in COLUMNS)
LINKS = Activity.leads.through.objects
# Of several leads the one that was linked first is that of the file.
_FIRST = LINKS.filter(activity=OuterRef("pk")).order_by("pk")
PATHS = {
    "number": "number",
    "task_force_code": "team__code",
    "held_on": "activity__begins_on",
    "lead_number": "told_lead",
}
FACTS = ("kind", "place", "investor_name", "leader_count", "summary")
COURSE = frozenset(("task_force_code", "held_on"))
LEADS = Reference(
    field="lead_id",
    rows=Lead.objects.filter(case__kind=LEAD),
    by="case__number",
    path="lead__case__number",
    unknown=gettext_noop("There is no lead with the number “%(value)s”."),
)


class ActivityBook:
    """Trips and visits, as cases."""

    def check(self, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, BadRow]]:
        yield from resolve("task_force_code", TASK_FORCE, rows, context)
        yield from resolve("lead_number", LEADS, rows, context)
        known = self.find([(row.values["number"],) for row in rows], context)
        changed: dict[int, Row] = {}
        for row in rows:
            pk, before = known.get((row.values["number"],), (0, {}))
            values = {**before, **row.values}
            if values["kind"] == Activity.Kind.VISIT and not values.get("investor_name"):
                yield row, BadRow("investor_name", _("Say which enterprise is visited."))
            if pk and any(values[key] != before[key] for key in COURSE):
                changed[pk] = row
        for pk in changed.keys() - importing.untouched(list(changed)) if changed else ():
            reason = _("This activity has been handled in the portal: a ledger cannot change its course.")
            yield changed[pk], BadRow("number", reason)

    def find(self, keys: Sequence[Key], context: Context) -> Mapping[Key, tuple[int, Values]]:
        rows = Case.objects.filter(kind=ACTIVITY, number__in=[number for (number,) in keys])
        return {(values["number"],): (pk, values) for pk, values in _read(rows)}

    def create(self, rows: Sequence[Row], context: Context) -> None:
        histories = [_history(row.values, context, row.number) for row in rows]
        cases = importing.bulk_open(ACTIVITY, histories, source=context.source, now=context.now)
        pairs = [(case.pk, row) for case, row in zip(cases, rows, strict=True)]
        Activity.objects.bulk_create([_activity(pk, row.values) for pk, row in pairs], batch_size=500)
        _link([(pk, row.values.get("lead_number")) for pk, row in pairs], context)

    def update(self, changes: Sequence[Change], context: Context) -> None:
        known = self.find([(c.row.values["number"],) for c in changes], context)
        histories: dict[int, History] = {}
        shown: dict[int, Any] = {}
        found = []
        for change in changes:
            values = {**known[(change.row.values["number"],)][1], **change.row.values}
            for column, reference in (("task_force_code", TASK_FORCE), ("lead_number", LEADS)):
                list(resolve(column, reference, [Row("", 0, values)], context))
            histories[change.pk] = _history(values, context, change.row.number)
            shown[change.pk] = {k: [change.before[k], change.after[k]] for k in change.after}
            found.append(_activity(change.pk, values))
        Activity.objects.bulk_update(found, [*FACTS, "begins_on", "ends_on"], batch_size=500)
        _relink([change for change in changes if "lead_number" in change.after], context)
        anew = {pk: history for pk, history in histories.items() if shown[pk].keys() & COURSE}
        importing.bulk_rewrite(ACTIVITY, anew, changes=shown, source=context.source, now=context.now)
        rest = {pk: history for pk, history in histories.items() if pk not in anew}
        record = {pk: {"row": h.row, "changed": shown[pk]} for pk, h in rest.items()}
        importing.record(record, source=context.source, now=context.now)
        for pk, history in rest.items():
            Case.objects.filter(pk=pk).update(title=history.title)

    def count(self, reader: Actor | None = None) -> int:
        return int(_reported(reader).count())

    def export(self, reader: Actor | None = None) -> Iterator[Values]:
        known = cases_for(LEAD, reader)
        for _pk, values in _read(_reported(reader).order_by(Collate(F("number"), "C")), known):
            yield values


def _reported(reader: Actor | None) -> Any:
    """What has not taken place, or was called off, goes into no ledger."""
    kinds = [key for key, _label in KINDS]
    return cases_for(ACTIVITY, reader).filter(outcome="reported", activity__kind__in=kinds)


def _read(rows: Any, known: Any = None) -> Iterator[tuple[int, Values]]:
    """Each with its values. A lead that is not among the known ones is left out."""
    paths = [PATHS.get(key, f"activity__{key}") for key in KEYS]
    first = Case.objects.filter(pk=OuterRef("first_lead"))
    if known is not None:
        first = first.filter(pk__in=known.values("pk"))
    near = rows.annotate(first_lead=Subquery(_FIRST.values("lead")[:1]))
    near = near.annotate(told_lead=Subquery(first.values("number")))
    for pk, *found in near.values_list("pk", *paths).iterator(EXPORT_CHUNK):
        yield pk, dict(zip(KEYS, found, strict=True))


def _history(values: Values, context: Context, row: int) -> History:
    """Held and reported on one day, as far as the file tells."""
    hours, team = Calendar.current().hours, context.memory["task_force_code"][values["task_force_code"]]
    opened, closed = at(values["held_on"], hours.opens_at), at(values["held_on"], hours.closes_at)
    return History(
        number=values["number"],
        title=title_of({**values, "purpose": ""}),
        enterprise_id=None,
        team_id=team,
        step="reported",
        opened_at=opened,
        stays=[Stay("to_report", team, opened, closed)],
        closed_at=closed,
        outcome="reported",
        participants=frozenset([team]),
        row=row,
    )


def _activity(pk: int, values: Values) -> Activity:
    facts = {key: values[key] for key in FACTS if key in values}
    facts["leader_count"] = facts.get("leader_count") or 0
    return Activity(case_id=pk, begins_on=values["held_on"], ends_on=values["held_on"], **facts)


def _link(pairs: Sequence[tuple[int, str | None]], context: Context) -> None:
    """Each activity and the lead of which the file tells, if any."""
    known: dict[Any, int] = context.memory.get("lead_number", {})
    through = Activity.leads.through
    LINKS.bulk_create(
        through(activity_id=pk, lead_id=known[number]) for pk, number in pairs if number is not None
    )


def _relink(changes: Sequence[Change], context: Context) -> None:
    """The lead of the file takes the place of that of the file before; those of the portal stay behind it."""
    links = LINKS.filter(activity__in=[change.pk for change in changes])
    kept: dict[int, list[int]] = {change.pk: [] for change in changes}
    for pk, lead in links.order_by("pk").values_list("activity", "lead"):
        kept[pk].append(lead)
    links.delete()
    known: dict[Any, int] = context.memory.get("lead_number", {})
    through = Activity.leads.through
    LINKS.bulk_create(
        through(activity_id=change.pk, lead_id=lead)
        for change in changes
        for lead in dict.fromkeys((known[change.after["lead_number"]], *kept[change.pk][1:]))
    )


register(
    Ledger(
        key="activities",
        zh="招商活动",
        columns=COLUMNS,
        natural_key=("number",),
        book=ActivityBook,
        after=("teams", "leads"),
        readers=READERS,
        note=gettext_lazy("Trips by batch, and visits to enterprises that matter"),
    )
)
register_cases("activities", ACTIVITY)
