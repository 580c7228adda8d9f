"""The ledger of the construction projects.

A project of a ledger becomes an ordinary case under its number, in the stage that the ledger names. No
procedure of the portal leads it: its permits come by a ledger of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import F
from django.db.models.functions import Collate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from approvals.access import PROJECT, SERVICE_CENTRE
from approvals.ledgers.project_columns import (
    COMMITTED_KEYS,
    ENDS,
    FACTS,
    KEYS,
    PROJECT_COLUMNS,
    STAGE,
)
from approvals.models import ComprehensiveWindow, Parcel, Project
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
    Context,
    Key,
    Ledger,
    Row,
    Values,
    register,
    register_cases,
)
from portal.park import offices
from portal.park.acting import Actor
from portal.park.models import Enterprise, Team
from portal.worktime.clock import Calendar, at, local

PATHS: dict[str, str] = {
    "name": "title",
    "uscc": "enterprise__uscc",
    "opened_on": "opened_at",
    "stage": "step",
    "done_on": "closed_at",
    "parcel_code": "project__parcel__code",
    **{
        key: f"project__{key}"
        for key in (
            "mode",
            "is_new_construction",
            "investment_amount",
            "baseline_days",
            "lead_number",
            *COMMITTED_KEYS,
        )
    },
}
KEPT = (
    "mode",
    "is_new_construction",
    "investment_amount",
    "baseline_days",
    "lead_number",
    *COMMITTED_KEYS,
)
ENTERPRISE = Reference(
    field="enterprise_id",
    rows=Enterprise.objects.all(),
    by="uscc",
    path="enterprise__uscc",
    unknown=gettext_noop("No enterprise of the park has the code %(value)s."),
)
PARCEL = Reference(
    field="parcel_id",
    rows=Parcel.objects.all(),
    by="code",
    path="project__parcel__code",
    unknown=gettext_noop("There is no parcel with the code “%(value)s”."),
)
REFERENCES = {"uscc": ENTERPRISE, "parcel_code": PARCEL}


class ProjectBook:
    """Projects, as cases."""

    def check(self, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, BadRow]]:
        for column, reference in REFERENCES.items():
            yield from resolve(column, reference, rows, context)
        team = _team(context)
        known = self.find([(row.values["number"],) for row in rows], context)
        changed: dict[int, Row] = {}
        for row in rows:
            pk, before = known.get((row.values["number"],), (0, {}))
            if row.values.get("done_on") is not None:
                for problem in _misfits({**before, **row.values}):
                    yield row, problem
            if team is None:
                yield row, BadRow("number", _("The park has no team that could hold the project."))
            if pk and any(row.values[k] != before[k] for k in row.values.keys() - FACTS):
                changed[pk] = row
        for pk in changed.keys() - importing.untouched(list(changed)) if changed else ():
            reason = _("This project has been handled in the portal: a ledger cannot change its course.")
            yield changed[pk], BadRow("number", reason)

    def find(self, keys: Sequence[Key], context: Context) -> Mapping[Key, tuple[int, Values]]:
        rows = Case.objects.filter(kind=PROJECT, number__in=[number for (number,) in keys])
        return {(values["number"],): (pk, values) for pk, values in _read(rows)}

    def create(self, rows: Sequence[Row], context: Context) -> None:
        histories = [_history(row.values, context, row.number) for row in rows]
        cases = importing.bulk_open(PROJECT, histories, source=context.source, now=context.now)
        fresh = blank(Project)
        copy_models([_facts(fresh(), c.pk, row.values, context) for c, row in zip(cases, rows, strict=True)])

    def update(self, changes: Sequence[Change], context: Context) -> None:
        known = self.find([(c.row.values["number"],) for c in changes], context)
        anew: dict[int, History] = {}
        shown: dict[int, Any] = {}
        told, titles, facts = {}, [], []
        for change in changes:
            values = {**known[(change.row.values["number"],)][1], **change.row.values}
            _resolve_kept(values, context)
            shown[change.pk] = {k: [change.before[k], change.after[k]] for k in change.after}
            facts.append(_facts(Project(), change.pk, values, context))
            if change.after.keys() - FACTS:
                anew[change.pk] = _history(values, context, change.row.number)
            else:
                told[change.pk] = {"row": change.row.number, "changed": shown[change.pk]}
                titles.append(Case(pk=change.pk, title=values["name"]))
        importing.bulk_rewrite(PROJECT, anew, changes=shown, source=context.source, now=context.now)
        importing.record(told, source=context.source, now=context.now)
        Case.objects.bulk_update(titles, ["title"], batch_size=500)
        Project.objects.bulk_update(facts, ["parcel", *KEPT], batch_size=500)
        for pk, history in anew.items():
            permits = Case.objects.filter(parent=pk).exclude(enterprise=history.enterprise_id)
            permits.update(enterprise=history.enterprise_id)

    def count(self, reader: Actor | None = None) -> int:
        return cases_for(PROJECT, reader).count()

    def export(self, reader: Actor | None = None) -> Iterator[Values]:
        for _pk, values in _read(cases_for(PROJECT, reader).order_by(Collate(F("number"), "C"))):
            yield values


def _resolve_kept(values: Values, context: Context) -> None:
    """References that a file without these columns leaves as they are."""
    row = Row("", 0, {k: values[k] for k in REFERENCES})
    for column, reference in REFERENCES.items():
        list(resolve(column, reference, [row], context))


def _read(rows: Any) -> Iterator[tuple[int, Values]]:
    paths = [PATHS.get(key, key) for key in KEYS]
    for pk, *found in rows.values_list("pk", *paths).iterator(EXPORT_CHUNK):
        values = dict(zip(KEYS, found, strict=True))
        for day in ("opened_on", "done_on"):
            values[day] = local(values[day]).date() if values[day] is not None else None
        yield pk, values


def _misfits(values: Values) -> Iterator[BadRow]:
    """What does not go with the day on which it ended."""
    if _stage(values) not in ENDS:
        yield BadRow("done_on", _("Only a project that is done, or was given up, has such a day."))
    if values["done_on"] < values["opened_on"]:
        yield BadRow("done_on", _("Ends before it begins."))


def _stage(values: Values) -> str:
    return values.get("stage") or STAGE


def _team(context: Context) -> int | None:
    """Who holds projects that name nobody: the window for projects, the service centre, else the first
    team of the park. History does not say, and a park may bring its projects before its windows."""
    if "team" not in context.memory:
        kind = ComprehensiveWindow.Kind.PROJECT_ASSISTANCE
        windows = ComprehensiveWindow.objects.staffed().filter(kind=kind)
        teams, centre = Team.objects.filter(active=True), offices.team_of(SERVICE_CENTRE)
        context.memory["team"] = (
            windows.order_by("code").values_list("team", flat=True).first()
            or (centre.pk if centre else None)
            or teams.order_by("code").values_list("pk", flat=True).first()
        )
    found: int | None = context.memory["team"]
    return found


def _history(values: Values, context: Context, row: int) -> History:
    """The life of a project: one stay in its stage, as a ledger knows no more.

    Where it does not say when a project was done, the day on which that came in stands for it.
    """
    hours = Calendar.current().hours
    team, stage = _team(context) or 0, _stage(values)
    opened, closed = at(values["opened_on"], hours.opens_at), None
    if stage in ENDS:
        closed = at(_ended_on(values, context), hours.closes_at)
    return History(
        number=values["number"],
        title=values["name"],
        enterprise_id=context.memory["uscc"][values["uscc"]],
        team_id=team,
        step=stage,
        opened_at=opened,
        stays=[Stay(ENDS.get(stage, stage), team, opened, closed)],
        closed_at=closed,
        outcome=stage if closed else "",
        row=row,
    )


def _ended_on(values: Values, context: Context) -> date:
    told: date | None = values.get("done_on")
    return told or max(values["opened_on"], local(context.now).date())


def _facts(project: Project, case_id: int, values: Values, context: Context) -> Project:
    project.case_id = case_id
    parcel = values.get("parcel_code")
    project.parcel_id = context.memory["parcel_code"][parcel] if parcel else None
    for name in KEPT:
        setattr(project, name, values[name])
    return project


register(
    Ledger(
        key="projects",
        zh="建设项目",
        columns=PROJECT_COLUMNS,
        natural_key=("number",),
        book=ProjectBook,
        after=("enterprises", "parcels", "teams", "windows"),
        readers=(Duty.LEADER, Duty.SUPERVISOR, Duty.AUDITOR),
        note=gettext_lazy("Construction projects with what was promised for them; each becomes a case"),
    )
)
register_cases("projects", PROJECT)
