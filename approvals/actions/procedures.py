"""What is done with procedures: a draft is begun, filled, checked and published."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Count, Max, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from approvals.models import Prerequisite, Procedure, ProcedureItem, ProcedureVersion, Project
from approvals.networks import Plan, Task, cycles, leading_to, plan, without
from portal.accounts.models import User
from portal.cases.errors import Conflict, Refused
from portal.cases.models import Case
from portal.worktime.clock import Unit

Facts = Mapping[str, Decimal | bool]
# What is said of an item in a procedure, and what holds when nothing is said.
DECIDED: dict[str, Any] = {"days": None, "needed_if": "", "at_least": None}


@dataclass(frozen=True)
class Finding:
    """What is wrong with a version, or should be thought of: in words, and the items that it is about."""

    class Grade(TextChoices):
        ERROR = "error", gettext_lazy("must be mended")
        WARNING = "warning", gettext_lazy("should be thought of")
        HINT = "hint", gettext_lazy("may be a gap")  # for who edits; the guide does not show it

    grade: Grade
    text: str
    keys: tuple[str, ...] = ()


@dataclass
class Timetable:
    """A version as it would run: where each item lies, what is wrong with it, what should be thought of.

    There is no plan only when items wait for one another. `path`: the longest way of what counts.
    """

    procedure: Procedure
    items: list[ProcedureItem]
    awaits: dict[int, list[ProcedureItem]]
    plan: Plan | None = None
    total_days: int = 0
    path: list[ProcedureItem] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def errors(self) -> list[str]:
        return [found.text for found in self.findings if found.grade == Finding.Grade.ERROR]

    @property
    def warnings(self) -> list[str]:
        return [found.text for found in self.findings if found.grade == Finding.Grade.WARNING]

    @property
    def late_by(self) -> int:
        """By how many working days the promise of the whole cannot be kept; 0 when it can."""
        promised = self.procedure.promised_days if self.items else None
        return max(0, self.total_days - promised) if promised is not None else 0

    def find(self, grade: Finding.Grade, text: str, *items: ProcedureItem) -> None:
        self.findings.append(Finding(grade, text, tuple(item.key for item in items)))


def timetable(version: ProcedureVersion, facts: Facts | None = None) -> Timetable:
    """A version with its critical path, for a project of these facts or else with all that may be needed."""
    items = list(version.items.select_related("item__team", "version__procedure"))
    return laid_out(version.procedure, items, _awaits(version, items), facts)


def laid_out(
    procedure: Procedure,
    items: list[ProcedureItem],
    awaits: dict[int, list[ProcedureItem]],
    facts: Facts | None = None,
) -> Timetable:
    """The same of items that need not be stored; `awaits` by their pk.

    The total counts what the catalogue counts in the total time of a project (dossier, section 2).
    """
    made = Timetable(procedure, items, awaits)
    if not _check(made):
        return made
    unneeded = {i.key for i in items if facts is not None and not i.is_needed(dict(facts))}
    network = without(tasks(items, awaits), unneeded)
    made.plan = plan(network)
    counted = [i.key for i in items if i.item.counts_in_total and i.key not in unneeded]
    longest, by_key = plan(leading_to(network, counted)), {item.key: item for item in items}
    made.total_days, made.path = longest.days, [by_key[key] for key in longest.path]
    if made.late_by:
        said = ngettext(
            "The promise of the whole cannot be kept: it is short by %(n)s working day.",
            "The promise of the whole cannot be kept: it is short by %(n)s working days.",
            made.late_by,
        ) % {"n": made.late_by}
        made.find(Finding.Grade.WARNING, said, *(item for item in made.path if item.days))
    return made


def tasks(items: Iterable[ProcedureItem], awaits: Mapping[int, Collection[ProcedureItem]]) -> list[Task]:
    """The items as a network."""
    return [Task(i.key, i.days or 0, frozenset(a.key for a in awaits.get(i.pk, ()))) for i in items]


def _awaits(version: ProcedureVersion, items: list[ProcedureItem]) -> dict[int, list[ProcedureItem]]:
    known = {item.pk: item for item in items}
    found: dict[int, list[ProcedureItem]] = {}
    for item, awaited in version.prerequisites.values_list("item_id", "awaited_id"):
        found.setdefault(item, []).append(known[awaited])
    return found


def _check(made: Timetable) -> bool:
    """Everything that would keep a version from being published, each in words; whether it can run at all."""
    if not made.items:
        made.find(Finding.Grade.ERROR, _("There is no item in it yet."))
    by_key = {item.key: item for item in made.items}
    rings = cycles(tasks(made.items, made.awaits))
    for ring in rings:
        members = [by_key[key] for key in ring]
        names = " → ".join(item_name(item) for item in members)
        said = _("These items wait for one another: %(items)s.") % {"items": names}
        made.find(Finding.Grade.ERROR, said, *dict.fromkeys(members))
    for item in made.items:
        if not item.item.active:
            said = _("“%(item)s” is no longer handled.") % {"item": item_name(item)}
            made.find(Finding.Grade.ERROR, said, item)
        _check_days(item, made)
    _check_phases(made)
    _check_edges(made)
    return not rings


def _check_days(item: ProcedureItem, made: Timetable) -> None:
    """The days beside what the catalogue promises; calendar days are not compared with working days."""
    promised = item.item.promised_days
    if not promised or item.item.promised_unit != Unit.WORKING_DAY:
        return
    said = {"item": item_name(item), "days": item.days, "promised": promised}
    if item.days is None:
        text = _("“%(item)s” takes no time here, %(promised)s working days are promised by the catalogue.")
        made.find(Finding.Grade.HINT, text % said, item)
    elif item.days > promised:
        text = _("“%(item)s”: %(days)s working days here, %(promised)s are promised by the catalogue.")
        made.find(Finding.Grade.WARNING, text % said, item)


def _check_edges(made: Timetable) -> None:
    """What hangs on nothing was perhaps forgotten."""
    awaited = {other.pk for others in made.awaits.values() for other in others}
    for item in made.items if len(made.items) > 1 else ():
        if not made.awaits.get(item.pk) and item.pk not in awaited:
            said = _("“%(item)s” waits for nothing and nothing waits for it.") % {"item": item_name(item)}
            made.find(Finding.Grade.HINT, said, item)


def _check_phases(made: Timetable) -> None:
    """Each phase once and in order: one opens only when the one before is granted (dossier, section 2)."""
    error, phases = Finding.Grade.ERROR, made.procedure.phases
    phased = {item.phase: item for item in made.items if item.phase}
    if phases == 1:
        if phased:
            made.find(error, _("This procedure has no phases."), *phased.values())
        return
    for phase in range(1, phases + 1):
        item, before = phased.get(phase), phased.get(phase - 1)
        if item is None:
            made.find(error, _("Phase %(n)s is missing.") % {"n": phase})
        elif before is not None and before not in made.awaits.get(item.pk, ()):
            said = _("Phase %(n)s does not wait for the phase before.") % {"n": phase}
            made.find(error, said, item)
    over = [item for item in made.items if item.phase > phases]
    if over:
        made.find(error, _("There are more phases than the procedure has."), *over)


def item_name(item: ProcedureItem) -> str:
    """The item as people call it, with its phase."""
    return item.label


def begin_draft(procedure: Procedure, *, by: User | None, now: datetime) -> ProcedureVersion:
    """A draft with what the last published version says. Raises Conflict when there is one already."""
    with transaction.atomic():
        Procedure.objects.select_for_update().get(pk=procedure.pk)
        if procedure.versions.filter(published_at=None).exists():
            raise Conflict(_("There is a draft already: go on with that one."))
        last = procedure.versions.order_by("-number").first()
        number = (procedure.versions.aggregate(last=Max("number"))["last"] or 0) + 1
        draft = ProcedureVersion.objects.create(procedure=procedure, number=number, made_at=now, made_by=by)
        if last is not None:
            _copy(last, draft)
    return draft


def _copy(source: ProcedureVersion, target: ProcedureVersion) -> None:
    columns = ("key", "item_id", "phase", "days", "needed_if", "at_least")
    rows = source.items.values(*columns)
    made = ProcedureItem.objects.bulk_create(ProcedureItem(version=target, **row) for row in rows)
    pks = {item.key: item.pk for item in made}
    edges = source.prerequisites.values_list("item__key", "awaited__key")
    link(target, [(pks[item], pks[awaited]) for item, awaited in edges])


def link(version: ProcedureVersion, pairs: Iterable[tuple[int, int]]) -> None:
    """Have items, by their pk, wait for others of the same version."""
    Prerequisite.objects.bulk_create(
        Prerequisite(version=version, item_id=item, awaited_id=awaited) for item, awaited in pairs
    )


def open_projects(procedure: Procedure) -> dict[int, int]:
    """How many open projects keep each version of a procedure, by its number; the newest version first."""
    under_way = Project.objects.filter(version__procedure=procedure, case__in=Case.objects.open())
    counts = under_way.order_by("-version__number").values_list("version__number").annotate(n=Count("pk"))
    return dict(counts)


def fill_draft(
    version: ProcedureVersion, rows: Iterable[tuple[Mapping[str, Any], Iterable[str]]]
) -> ProcedureVersion:
    """Make a draft hold these: the columns of each item, and the keys of those that it waits for.

    What stays as it is is not written, so that the history shows what somebody changed.
    Raises Refused for a key that is not there; IntegrityError for what the database does not allow.
    """
    with transaction.atomic():
        wanted = {columns["key"]: (columns, list(awaited)) for columns, awaited in rows}
        _fill_items(version, {key: columns for key, (columns, _awaited) in wanted.items()})
        pks = dict(version.items.values_list("key", "pk"))
        pairs = set()
        for key, (_columns, awaited) in wanted.items():
            for other in awaited:
                if other not in pks:
                    said = _("“%(key)s” waits for “%(other)s”, which is not there.")
                    raise Refused(said % {"key": key, "other": other})
                pairs.add((pks[key], pks[other]))
        held = {(item, awaited): pk for pk, item, awaited in version.prerequisites.values_list(
            "pk", "item_id", "awaited_id")}  # fmt: skip
        version.prerequisites.filter(pk__in=[pk for pair, pk in held.items() if pair not in pairs]).delete()
        link(version, sorted(pairs - held.keys()))
    return version


def _fill_items(version: ProcedureVersion, wanted: Mapping[str, Mapping[str, Any]]) -> None:
    """Another item or another phase is another row: two that change places would else meet on the way."""
    kept = {}
    for row in version.items.all():
        columns = wanted.get(row.key)
        if columns is None or (row.item_id, row.phase) != (columns["item"].pk, columns.get("phase", 0)):
            row.delete()
            continue
        kept[row.key] = row
        changes = {name: columns.get(name, default) for name, default in DECIDED.items()}
        if any(getattr(row, name) != value for name, value in changes.items()):
            version.items.filter(pk=row.pk).update(**changes)
    for key, columns in wanted.items():
        if key not in kept:
            ProcedureItem.objects.create(version=version, **columns)


def mark(version: ProcedureVersion) -> str:
    """What a version holds, in sixteen characters: another one as soon as anything in it is another."""
    columns = ("key", "item_id", "phase", "days", "needed_if", "at_least")
    held = [
        sorted(version.items.values_list(*columns)),
        sorted(version.prerequisites.values_list("item__key", "awaited__key")),
    ]
    text = json.dumps([version.pk, held], cls=DjangoJSONEncoder)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def locked_draft(version: ProcedureVersion, seen: str | None) -> ProcedureVersion:
    """The draft, for as long as the transaction lasts. Raises Conflict when it is not as it was seen."""
    found = ProcedureVersion.objects.select_for_update().filter(pk=version.pk).first()
    if found is None:
        raise Conflict(_("This draft has been discarded."))
    if not found.is_draft:
        raise Conflict(_("This version has been published already."))
    if seen is not None and mark(found) != seen:
        raise Conflict(_("Somebody has changed this draft meanwhile."))
    return found


def change_draft(
    version: ProcedureVersion, rows: Iterable[tuple[Mapping[str, Any], Iterable[str]]],
    *, seen: str, by: User, now: datetime,
) -> ProcedureVersion:  # fmt: skip
    """Fill a draft that is still as it was `seen`. Raises Conflict, and what `fill_draft` raises."""
    with transaction.atomic():
        found = fill_draft(locked_draft(version, seen), rows)
        found.changed_at, found.changed_by = now, by
        found.save(update_fields=["changed_at", "changed_by"])
    return found


def discard_draft(version: ProcedureVersion, *, seen: str) -> None:
    """Take a draft away; its history stays. Raises Conflict."""
    with transaction.atomic():
        locked_draft(version, seen).delete()


def publish_version(
    version: ProcedureVersion, *, by: User | None, note: str, now: datetime, seen: str | None = None
) -> ProcedureVersion:
    """From now on new projects are opened under it. Raises Refused (all that is wrong), Conflict."""
    with transaction.atomic():
        locked = locked_draft(version, seen)
        if errors := timetable(locked).errors:
            raise Refused(" ".join(errors))
        locked.published_at, locked.published_by, locked.note = now, by, note.strip()[:300]
        locked.save()
    return locked
