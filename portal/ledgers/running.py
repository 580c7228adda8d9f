"""An import in the browser, from upload to the last row: check, preview, confirm, write.

Check and write are the same pass over the same file in one transaction. The check takes it back at
the end; the write keeps it, if every row had the very fate that the preview showed. The state of
the run changes in the same transaction, so that nothing is ever half-written.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.ledgers import importing
from portal.ledgers.archives import BadFile
from portal.ledgers.control import IMPORT, Cancelled, Control
from portal.ledgers.filing import Changed, at_hand
from portal.ledgers.models import ImportRun, RejectedLine
from portal.ledgers.parsers import as_text
from portal.ledgers.report import Problem, RejectedRow, Report
from portal.worktime.now import now

State = ImportRun.State
MOST_REJECTED = 100_000
MOST_FILE_PROBLEMS = 200
LINES = 1000


class RunReport(Report):
    """A report that keeps rejected rows on disk, tells progress, and hears the wish to stop."""

    def __init__(self, control: Control | None, *, keep: bool) -> None:
        super().__init__()
        self.control = control
        self.spool = tempfile.TemporaryFile("w+", encoding="utf-8") if keep else None  # noqa: SIM115 - closed below
        self.total_bytes = 0
        self.rejected_count = 0

    def bad_file(self, problem: Problem) -> None:
        self.bad_files += 1
        if len(self.problems) < MOST_FILE_PROBLEMS:
            self.problems.append(problem)

    def reject(self, row: RejectedRow) -> None:
        if self.rejected_count >= MOST_REJECTED:
            why = ngettext(
                "More than %(n)s row is rejected. Please mend what is wrong with these first.",
                "More than %(n)s rows are rejected. Please mend what is wrong with these first.",
                MOST_REJECTED,
            )
            raise BadFile(row.problems[0].file, why % {"n": MOST_REJECTED})
        self.rejected_count += 1
        if self.spool is not None:
            self.spool.write(json.dumps(_line(row), ensure_ascii=False) + "\n")

    def begin(self, total_bytes: int) -> None:
        self.total_bytes = total_bytes
        self.go_on(0)

    def go_on(self, done_bytes: int) -> None:
        if self.control is not None:
            self.control.tell("done_bytes", done_bytes, "total_bytes", self.total_bytes)

    def lines(self) -> Iterator[dict[str, Any]]:
        """The rejected rows, as they came."""
        if self.spool is not None:
            self.spool.seek(0)
            for text in self.spool:
                yield json.loads(text)

    def close(self) -> None:
        if self.spool is not None:
            self.spool.close()

    def told(self) -> dict[str, Any]:
        """The counts, as a run keeps them."""
        return {key: asdict(count) for key, count in self.counts.items()}


def _line(row: RejectedRow) -> dict[str, Any]:
    first = row.problems[0]
    return {
        "ledger": row.ledger,
        "file": first.file,
        "number": first.row,
        "header": [_plain(cell) for cell in row.header],
        "cells": ["" if cell is None else _plain(as_text(cell)) for cell in row.cells],
        "problems": [[p.column, _plain(p.value), _plain(p.reason)] for p in row.problems],
    }


def _plain(text: str) -> str:
    """Without what the database cannot keep."""
    return text.replace("\x00", "␀")[:2000]


def check(run: ImportRun, control: Control | None = None) -> None:
    """Do everything, take it back, and keep what it would do for the preview."""
    report = RunReport(control, keep=True)

    def work() -> None:
        _pass_over(run, report, lambda: False)
        _keep_preview(run, report)

    try:
        _guarded(run, work, (State.QUEUED, State.CHECKING))
    finally:
        report.close()


def write(run: ImportRun, control: Control | None = None) -> None:
    """Do what the preview showed, or nothing."""
    report = RunReport(control, keep=False)
    fate = ""

    def decide() -> bool:
        nonlocal fate
        if report.bad_files or report.digest.hexdigest() != run.digest:
            fate = "stale"
        elif not _finish(run, report):
            fate = "cancelled"
        return not fate

    def work() -> None:
        _pass_over(run, report, decide)
        if fate == "cancelled":
            raise Cancelled
        if fate or not report.written:
            _end(run, State.STALE, (State.CONFIRMED, State.WRITING))

    _guarded(run, work, (State.CONFIRMED, State.WRITING))


def _pass_over(run: ImportRun, report: Report, decide: Callable[[], bool]) -> None:
    with translation.override(run.language), at_hand(run.stored_name, run.file_name, run.sha256) as path:
        importing.run(path, report, decide)


def _guarded(run: ImportRun, work: Callable[[], None], states: tuple[str, ...]) -> None:
    """Whatever ends the work early is said on the run; nothing of it stays."""
    with translation.override(run.language):
        try:
            work()
        except Cancelled:
            _end(run, State.CANCELLED, states)
        except Changed:
            _end(run, State.FAILED, states, _("The kept file is not the one that was uploaded."))
        except (DatabaseError, OSError) as error:
            why = str(error).strip().splitlines() or [type(error).__name__]
            _end(run, State.FAILED, states, why[0][:300])


def _mine(run: ImportRun, states: tuple[str, ...]) -> Any:
    return ImportRun.objects.filter(pk=run.pk, attempt=run.attempt, state__in=states)


def _end(run: ImportRun, state: str, states: tuple[str, ...], error: str = "") -> None:
    moment = now()
    _mine(run, states).update(state=state, active=False, error=error, since_at=moment, ended_at=moment)


def _keep_preview(run: ImportRun, report: RunReport) -> None:
    moment = now()
    mine = _mine(run, (State.QUEUED, State.CHECKING)).filter(cancel_asked_at=None)
    with transaction.atomic():
        if not mine.update(
            state=State.PREVIEW, active=False, since_at=moment, checked_at=moment, counts=report.told(),
            rejected=report.rejected_count, digest=report.digest.hexdigest(), error="",
            file_problems=[[p.file, p.row, p.column, p.reason] for p in report.problems],
        ):  # fmt: skip
            raise Cancelled
        RejectedLine.objects.filter(run=run).delete()
        made = (RejectedLine(run=run, position=n, **line) for n, line in enumerate(report.lines(), start=1))
        while batch := list(islice(made, LINES)):
            RejectedLine.objects.bulk_create(batch)


def _finish(run: ImportRun, report: RunReport) -> bool:
    """Say that it is done, in the transaction that did it; False when somebody stopped it before."""
    moment: datetime = now()
    mine = _mine(run, (State.CONFIRMED, State.WRITING)).filter(cancel_asked_at=None)
    done = mine.update(
        state=State.DONE, active=False, since_at=moment, ended_at=moment, counts=report.told(), error=""
    )
    return bool(done)


def work_on(pk: int, attempt: int) -> None:
    """What the worker does with a message. One of an earlier attempt, or a second one, does nothing."""
    with Control(IMPORT, ImportRun._meta.db_table, pk) as control:
        if not control.taken:
            return
        for waiting, working, step in (
            (State.QUEUED, State.CHECKING, check),
            (State.CONFIRMED, State.WRITING, write),
        ):
            if control.begin(waiting, working, attempt):
                step(ImportRun.objects.get(pk=pk), control)
                return
