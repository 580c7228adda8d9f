"""The ledger of pauses (时限中止), for cases of every kind: days that do not count.

A day does not count when the clock stands still at the close of its service hours, so a pause set in
the portal has a first and a last such day too. Pauses that still run are not in the ledger, as the
contract gives every pause an end; they come in when they have ended. Nor are those that cost no day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Collate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import Duty
from portal.cases import importing
from portal.cases.models import Case, Pause
from portal.ledgers.access import cases_for
from portal.ledgers.books import EXPORT_CHUNK
from portal.ledgers.declaration import (
    CASE_PREFIXES,
    BadCell,
    BadRow,
    Change,
    Column,
    Context,
    Key,
    Ledger,
    Row,
    Values,
    register,
)
from portal.ledgers.parsers import DATE, as_text, codes
from portal.park.acting import Actor
from portal.worktime.clock import Calendar, at, local

REASONS = codes(
    [choice for choice in Pause.Reason.choices if choice[0] != Pause.Reason.TURN],
    supplement="补正",
    special_procedure="特别程序",
    force_majeure="不可抗力",
)


class CaseReferenceParser:
    """`requests:<number>` and the like."""

    example = "requests:QS2024-0001"

    def form(self) -> str:
        return _("The kind of case and its number: %(forms)s") % {"forms": self._forms()}

    @staticmethod
    def _forms() -> str:
        return ", ".join(f"{prefix}:…" for prefix in sorted(CASE_PREFIXES))

    def parse(self, cell: Any) -> str:
        prefix, _colon, number = as_text(cell).partition(":")
        if prefix not in CASE_PREFIXES or not number:
            raise BadCell(_("Not a case. Write one of: %(forms)s") % {"forms": self._forms()})
        return f"{prefix}:{number.strip()}"

    def show(self, value: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class _Case:
    pk: int
    kind: str
    opened_on: date
    closed_on: date | None


class PauseBook:
    """Pauses by case and first day."""

    def check(self, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, BadRow]]:
        cases = self._cases({row.values["case"] for row in rows}, context)
        taken = self._taken([found.pk for found in cases.values()])
        for row in rows:
            found = cases.get(row.values["case"])
            if found is None:
                yield row, BadRow("case", _("There is no such case."))
                continue
            problem = self._misfit(row.values, found) or self._overlap(row.values, found, taken)
            if problem is not None:
                yield row, problem

    @staticmethod
    def _misfit(values: Values, case: _Case) -> BadRow | None:
        if values["to_on"] < values["from_on"]:
            return BadRow("to_on", _("Ends before it begins."))
        if values["from_on"] < case.opened_on:
            return BadRow("from_on", _("Begins before the case was opened."))
        if case.closed_on is not None and values["to_on"] > case.closed_on:
            return BadRow("to_on", _("Ends after the case was closed."))
        return None

    @staticmethod
    def _overlap(values: Values, case: _Case, taken: dict[int, list[_Taken]]) -> BadRow | None:
        """Whether the pause meets another one; if not, it is itself taken from now on."""
        start, end = _moments(values)
        others = taken.setdefault(case.pk, [])
        same = next((t for t in others if t.from_on == values["from_on"] and not t.turn), None)
        if same is not None and same.to_on == values["to_on"]:
            return None
        for other in others:
            if other is not same and start < (other.to_at or end) and other.from_at < end:
                return BadRow("from_on", _("Overlaps with another pause of the same case."))
        if same is not None and same.by_people:
            return BadRow("from_on", _("This pause was set in the portal: a ledger cannot change it."))
        if same is not None:
            others.remove(same)
        others.append(_Taken(start, end, values["from_on"], values["to_on"], False, False))
        return None

    @staticmethod
    def _cases(references: set[str], context: Context) -> dict[str, _Case]:
        known: dict[str, _Case] = context.memory.setdefault("cases", {})
        by_prefix: dict[str, list[str]] = {}
        for reference in references - known.keys():
            prefix, _colon, number = reference.partition(":")
            by_prefix.setdefault(prefix, []).append(number)
        for prefix, numbers in by_prefix.items():
            kind = CASE_PREFIXES[prefix]
            rows = Case.objects.filter(kind=kind, number__in=numbers)
            for pk, number, opened_at, closed_at in rows.values_list(
                "pk", "number", "opened_at", "closed_at"
            ):
                closed_on = local(closed_at).date() if closed_at else None
                known[f"{prefix}:{number}"] = _Case(pk, kind, local(opened_at).date(), closed_on)
        return {reference: known[reference] for reference in references if reference in known}

    @staticmethod
    def _taken(case_ids: Sequence[int]) -> dict[int, list[_Taken]]:
        taken: dict[int, list[_Taken]] = {}
        calendar = Calendar.current()
        for pause in Pause.objects.filter(case__in=case_ids):
            days = _days(pause.from_at, pause.to_at, calendar)
            from_on, to_on = days if days else (None, None)
            turn = pause.reason == Pause.Reason.TURN
            by_people = pause.paused_by_id is not None
            taken.setdefault(pause.case_id, []).append(
                _Taken(pause.from_at, pause.to_at, from_on, to_on, turn, by_people)
            )
        return taken

    def find(self, keys: Sequence[Key], context: Context) -> Mapping[Key, tuple[int, Values]]:
        cases = self._cases({reference for reference, _day in keys}, context)
        by_pk = {found.pk: reference for reference, found in cases.items()}
        rows = _rows(Pause.objects.filter(case__in=by_pk))
        found = {(by_pk[pause.case_id], values["from_on"]): (pause.pk, values) for pause, values in rows}
        for (reference, _day), (_pk, values) in found.items():
            values["case"] = reference
        wanted = set(keys)
        return {key: entry for key, entry in found.items() if key in wanted}

    def create(self, rows: Sequence[Row], context: Context) -> None:
        cases = self._cases({row.values["case"] for row in rows}, context)
        made = []
        for row in rows:
            start, end = _moments(row.values)
            pk = cases[row.values["case"]].pk
            made.append(Pause(case_id=pk, reason=row.values["reason"], from_at=start, to_at=end))
        Pause.objects.bulk_create(made, batch_size=1000)
        self._recompute(rows, context)

    def update(self, changes: Sequence[Change], context: Context) -> None:
        changed = []
        for change in changes:
            start, end = _moments(change.row.values)
            changed.append(Pause(pk=change.pk, reason=change.row.values["reason"], from_at=start, to_at=end))
        Pause.objects.bulk_update(changed, ["reason", "from_at", "to_at"], batch_size=500)
        self._recompute([change.row for change in changes], context)

    def _recompute(self, rows: Sequence[Row], context: Context) -> None:
        """Put the pauses on the record of their cases, and wind their clocks."""
        cases = self._cases({row.values["case"] for row in rows}, context)
        told: dict[int, dict[str, Any]] = {}
        for row in rows:
            pause = {k: row.values[k] for k in ("from_on", "to_on", "reason")}
            entry = told.setdefault(cases[row.values["case"]].pk, {"row": row.number, "pauses": []})
            entry["pauses"].append(pause)
        importing.record(told, source=context.source, now=context.now)
        for kind in sorted({found.kind for found in cases.values()}):
            importing.recompute(kind, [found.pk for found in cases.values() if found.kind == kind])

    def count(self, reader: Actor | None = None) -> int:
        return sum(self._of(kind, reader).exclude(to_at=None).count() for kind in CASE_PREFIXES.values())

    @staticmethod
    def _of(kind: str, reader: Actor | None) -> QuerySet[Pause]:
        pauses = Pause.objects.exclude(reason=Pause.Reason.TURN)
        return pauses.filter(case__in=cases_for(kind, reader).values("pk"))

    def export(self, reader: Actor | None = None) -> Iterator[Values]:
        for prefix, kind in sorted(CASE_PREFIXES.items()):
            rows = self._of(kind, reader).select_related("case")
            for pause, values in _rows(rows.order_by(Collate(F("case__number"), "C"), "from_at")):
                yield {**values, "case": f"{prefix}:{pause.case.number}"}


@dataclass(frozen=True, slots=True)
class _Taken:
    """A pause that is there: its moments, and its days as a ledger tells them."""

    from_at: datetime
    to_at: datetime | None
    from_on: date | None
    to_on: date | None
    turn: bool
    by_people: bool


def _moments(values: Values) -> tuple[datetime, datetime]:
    """From the beginning of the first day to the end of the last."""
    return at(values["from_on"], time.min), at(values["to_on"] + timedelta(days=1), time.min)


def _days(from_at: datetime, to_at: datetime | None, calendar: Calendar) -> tuple[date, date] | None:
    """The first and the last day whose close lies in the pause; None when there is none (yet)."""
    if to_at is None:
        return None
    close = calendar.hours.closes_at
    start, end = local(from_at), local(to_at)
    first = start.date() if start.time() <= close else start.date() + timedelta(days=1)
    last = end.date() if end.time() > close else end.date() - timedelta(days=1)
    return (first, last) if first <= last else None


def _rows(pauses: Any) -> Iterator[tuple[Pause, Values]]:
    calendar = Calendar.current()
    for pause in pauses.exclude(reason=Pause.Reason.TURN).iterator(EXPORT_CHUNK):
        days = _days(pause.from_at, pause.to_at, calendar)
        if days is not None:
            yield pause, {"from_on": days[0], "to_on": days[1], "reason": pause.reason}


register(
    Ledger(
        key="pauses",
        zh="时限中止",
        natural_key=("case", "from_on"),
        book=PauseBook,
        after=("projects", "permits", "requests", "claims"),
        readers=(Duty.LEADER, Duty.SUPERVISOR, Duty.AUDITOR, Duty.DISCIPLINE),
        note=gettext_lazy(
            "Days that do not count. Pauses that still run are not in it: they come in when they end"
        ),
        columns=(
            Column(
                "case", "办件", CaseReferenceParser(), note=gettext_lazy("The case whose clock stood still")
            ),
            Column("from_on", "开始日期", DATE, note=gettext_lazy("The first day that does not count")),
            Column(
                "to_on",
                "结束日期",
                DATE,
                note=gettext_lazy("The last day that does not count"),
                example="2024-09-30",
            ),
            Column("reason", "原因", REASONS, note=gettext_lazy("Why the clock stood still")),
        ),
    )
)
