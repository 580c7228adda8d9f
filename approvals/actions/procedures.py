"""What is done with procedures: a draft is begun, filled, checked and published."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.models import Prerequisite, Procedure, ProcedureItem, ProcedureVersion
from approvals.networks import Cycle, Plan, Task, plan, without
from portal.accounts.models import User
from portal.cases.errors import Conflict, Refused

Facts = Mapping[str, Decimal | bool]


@dataclass
class Timetable:
    """A version as it would run: where each item lies, what is wrong with it, what should be thought of.

    There is no plan only when items wait for one another.
    """

    items: list[ProcedureItem]
    awaits: dict[int, list[ProcedureItem]]
    plan: Plan | None = None
    total_days: int = 0
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def late_by(self) -> int:
        """By how many working days the promise of the whole cannot be kept; 0 when it can."""
        promised = self.items[0].version.procedure.promised_days if self.items else None
        return max(0, self.total_days - promised) if promised is not None else 0


def timetable(version: ProcedureVersion, facts: Facts | None = None) -> Timetable:
    """A version with its critical path, for a project of these facts or else with all that may be needed.

    The total counts what the catalogue counts in the total time of a project (dossier, section 2).
    """
    rows = version.items.select_related("item__team", "version__procedure")
    items = list(rows)
    made = Timetable(items, _awaits(version, items))
    if not _check(version, made):
        return made
    unneeded = {i.key for i in items if facts is not None and not i.is_needed(dict(facts))}
    made.plan = plan(without(tasks(items, made.awaits), unneeded))
    counted = [i.key for i in items if i.item.counts_in_total and i.key not in unneeded]
    made.total_days = max((made.plan.places[key].finish for key in counted), default=0)
    if made.late_by:
        made.warnings.append(
            ngettext(
                "The promise of the whole cannot be kept: it is short by %(n)s working day.",
                "The promise of the whole cannot be kept: it is short by %(n)s working days.",
                made.late_by,
            )
            % {"n": made.late_by}
        )
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


def _check(version: ProcedureVersion, made: Timetable) -> bool:
    """Everything that would keep a version from being published, each in words; whether it can run at all."""
    runs = True
    if not made.items:
        made.errors.append(_("There is no item in it yet."))
    by_key = {item.key: item for item in made.items}
    try:
        plan(tasks(made.items, made.awaits))
    except Cycle as cycle:
        names = " → ".join(_name(by_key[key]) for key in cycle.keys)
        made.errors.append(_("These items wait for one another: %(items)s.") % {"items": names})
        runs = False
    for item in made.items:
        if not item.item.active:
            made.errors.append(_("“%(item)s” is no longer handled.") % {"item": _name(item)})
        promised = item.item.promised_days
        if item.days is not None and promised and item.item.promised_unit == "wd" and item.days > promised:
            said = {"item": _name(item), "days": item.days, "promised": promised}
            made.warnings.append(
                _("“%(item)s”: %(days)s working days here, %(promised)s are promised by the catalogue.")
                % said
            )
    _check_phases(version.procedure, made)
    return runs


def _check_phases(procedure: Procedure, made: Timetable) -> None:
    """Each phase once and in order: one opens only when the one before is granted (dossier, section 2)."""
    phased = {item.phase: item for item in made.items if item.phase}
    if procedure.phases == 1:
        if phased:
            made.errors.append(_("This procedure has no phases."))
        return
    for phase in range(1, procedure.phases + 1):
        item, before = phased.get(phase), phased.get(phase - 1)
        if item is None:
            made.errors.append(_("Phase %(n)s is missing.") % {"n": phase})
        elif before is not None and before not in made.awaits.get(item.pk, ()):
            made.errors.append(_("Phase %(n)s does not wait for the phase before.") % {"n": phase})
    if max(phased, default=0) > procedure.phases:
        made.errors.append(_("There are more phases than the procedure has."))


def _name(item: ProcedureItem) -> str:
    return f"{item.item.label} ({item.phase})" if item.phase else item.item.label


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


def fill_draft(
    version: ProcedureVersion, rows: Iterable[tuple[Mapping[str, Any], Iterable[str]]]
) -> ProcedureVersion:
    """Replace what a draft holds: the columns of each item, and the keys of those that it waits for.

    Raises Refused for a key that is not there; IntegrityError for what the database does not allow.
    """
    with transaction.atomic():
        version.items.all().delete()
        waiting = {}
        for columns, awaited in rows:
            item = ProcedureItem.objects.create(version=version, **columns)
            waiting[item.key] = (item.pk, list(awaited))
        pairs = []
        for key, (pk, awaited) in waiting.items():
            for other in awaited:
                if other not in waiting:
                    raise Refused(
                        _("“%(key)s” waits for “%(other)s”, which is not there.")
                        % {"key": key, "other": other}
                    )
                pairs.append((pk, waiting[other][0]))
        link(version, pairs)
    return version


def publish_version(
    version: ProcedureVersion, *, by: User | None, note: str, now: datetime
) -> ProcedureVersion:
    """From now on new projects are opened under it. Raises Refused (all that is wrong), Conflict."""
    with transaction.atomic():
        locked = ProcedureVersion.objects.select_for_update().get(pk=version.pk)
        if not locked.is_draft:
            raise Conflict(_("This version has been published already."))
        if errors := timetable(locked).errors:
            raise Refused(" ".join(errors))
        locked.published_at, locked.published_by, locked.note = now, by, note.strip()[:300]
        locked.save()
    return locked
