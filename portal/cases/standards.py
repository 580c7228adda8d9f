"""Service standards: seeding from the flows, look-up per process, change with history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from portal.cases.declaration import ANY_GRADE, FLOWS, Flow, Rung, Within
from portal.cases.models import ServiceStandard, StandardLimit, StandardRung, Trigger
from portal.prepared import Prepared
from portal.worktime.clock import Limit, Unit
from portal.worktime.now import now

if TYPE_CHECKING:
    from portal.accounts.models import User

CURRENT = """
SELECT id FROM cases_servicestandard
WHERE kind = %(kind)s::text AND (starts_on IS NULL OR starts_on <= %(today)s::date)
ORDER BY version DESC LIMIT 1
"""
_CURRENT = Prepared("current_standard", CURRENT)
PROMISE = ""  # the step name under which the promise of the whole case is kept


@dataclass(frozen=True)
class LimitRow:
    """One limit as an administrator edits it."""

    step: str
    grade: str
    amount: Decimal
    unit: str


@dataclass(frozen=True)
class Standard:
    """One version in memory. Versions never change, so a process may keep them."""

    id: int
    limits: dict[tuple[str, str], Limit]
    rungs: dict[str, tuple[StandardRung, ...]]

    def limit(self, step: str, grade: str) -> Limit | None:
        """The limit of a step (PROMISE: of the case) for a grade; None when it has none."""
        return self.limits.get((step, grade)) or self.limits.get((step, ANY_GRADE))

    def next_rung(self, holder: str, level: int) -> StandardRung | None:
        """The first rung above a level while the case lies with this holder."""
        return next((r for r in self.rungs.get(holder, ()) if r.level > level), None)


@lru_cache(maxsize=512)
def standard(standard_id: int) -> Standard:
    """Limits and ladder of one version."""
    rows = StandardLimit.objects.filter(standard_id=standard_id)
    limits = {(r.step, r.grade): Limit(r.amount, Unit(r.unit)) for r in rows}
    rungs: dict[str, list[StandardRung]] = {}
    for rung in StandardRung.objects.filter(standard_id=standard_id).order_by("holder", "level"):
        rungs.setdefault(rung.holder, []).append(rung)
    return Standard(standard_id, limits, {holder: tuple(found) for holder, found in rungs.items()})


def current_id(kind: str) -> int:
    """The newest version that has begun, for new cases of a kind; seeded when there is none yet."""
    with connection.cursor() as cursor:
        _CURRENT.run(cursor, {"kind": kind, "today": timezone.localdate(now())})
        found = cursor.fetchone()
    return int(found[0]) if found is not None else seed(FLOWS[kind]).pk


def declared_limits(flow: Flow) -> list[LimitRow]:
    """The limits that a flow declares, as rows."""
    rows = [LimitRow(PROMISE, grade, lim.amount, lim.unit) for grade, lim in flow.promise.items()]
    for step in flow.steps:
        if isinstance(step.limit, Within):
            rows += [LimitRow(step.name, g, lim.amount, lim.unit) for g, lim in step.limit.limits.items()]
    return rows


def seed(flow: Flow) -> ServiceStandard:
    """Version 1 of a kind, as declared. Safe to call by several processes at once."""
    with transaction.atomic():
        made, created = ServiceStandard.objects.get_or_create(kind=flow.kind, version=1)
        if created:
            _fill(made, declared_limits(flow), flow.ladder)
    return made


def seed_all() -> int:
    """Version 1 for every declared kind that has none; the number made."""
    known = set(ServiceStandard.objects.values_list("kind", flat=True))
    missing = [flow for kind, flow in FLOWS.items() if kind not in known]
    for flow in missing:
        seed(flow)
    return len(missing)


def change(
    kind: str,
    limits: Iterable[LimitRow],
    rungs: Iterable[Rung],
    *,
    note: str,
    by: User,
    starts_on: date | None = None,
) -> ServiceStandard:
    """A new version for cases opened from a day on (at once when None); open cases keep theirs."""
    with transaction.atomic():
        seed(FLOWS[kind])
        # The lock makes two administrators queue up rather than make the same version twice.
        list(ServiceStandard.objects.select_for_update().filter(kind=kind))
        last = ServiceStandard.objects.filter(kind=kind).aggregate(last=Max("version"))["last"]
        made = ServiceStandard.objects.create(
            kind=kind, version=last + 1, note=note, created_by=by, starts_on=starts_on
        )
        _fill(made, limits, rungs)
    return made


def rungs_of(row: ServiceStandard) -> list[Rung]:
    """The ladder of a version, in the form that `change` takes."""
    return [
        Rung(r.level, Trigger(r.trigger), tuple(r.tells), r.offset_days, r.opens_supervision, r.holder)  # type: ignore[arg-type]  # stored as plain text
        for r in row.rungs.all()
    ]


def _fill(row: ServiceStandard, limits: Iterable[LimitRow], rungs: Iterable[Rung]) -> None:
    StandardLimit.objects.bulk_create(
        StandardLimit(standard=row, step=m.step, grade=m.grade, amount=m.amount, unit=m.unit) for m in limits
    )
    StandardRung.objects.bulk_create(
        StandardRung(
            standard=row,
            holder=rung.holder,
            level=rung.level,
            trigger=rung.trigger,
            offset_days=rung.offset_days,
            tells=list(rung.tells),
            opens_supervision=rung.opens_supervision,
        )
        for rung in rungs
    )
