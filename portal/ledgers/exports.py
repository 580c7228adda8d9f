"""Taking ledgers out in the browser: small ones at once, large ones by the worker. All are on record."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Any

from django.core.files import File
from django.db import DatabaseError, transaction
from django.utils import translation
from django.utils.translation import get_language
from kombu.exceptions import OperationalError

from portal.ledgers.access import exportable
from portal.ledgers.control import EXPORT, Control, alive
from portal.ledgers.declaration import Ledger, in_order
from portal.ledgers.exporting import Taking, TooLarge, write_workbook, write_zip
from portal.ledgers.filing import keep, sha256_of
from portal.ledgers.models import ExportRun
from portal.park.acting import Actor
from portal.worktime.now import now

logger = logging.getLogger(__name__)
State = ExportRun.State
AT_ONCE_ROWS = 10_000
LOST_AFTER = timedelta(minutes=1)


@dataclass(frozen=True)
class Wish:
    """What somebody wants to take out."""

    ledgers: Sequence[Ledger]
    form: str
    headers: str


def ask(wish: Wish, actor: Actor) -> tuple[ExportRun, IO[bytes] | None]:
    """Put the wish on record; the file too, when it is small enough to be made at once."""
    total = sum(ledger.book().count(actor) for ledger in wish.ledgers)
    moment = now()
    run = ExportRun.objects.create(
        asked_by=actor.user, asked_at=moment, since_at=moment, form=wish.form, headers=wish.headers,
        ledgers=[m.key for m in wish.ledgers], total_rows=total, language=get_language() or "zh-hans",
    )  # fmt: skip
    if total > AT_ONCE_ROWS:
        transaction.on_commit(lambda: send(run))
        return run, None
    file = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - the answer closes it
    _make(run, file, actor, lambda _rows: None)
    return run, file


def _make(run: ExportRun, file: IO[bytes], actor: Actor, tell: Any) -> None:
    """Write the file and its fingerprint on the record. Raises TooLarge."""
    taking = Taking(actor, labels=run.headers == ExportRun.Headers.LABELS, tell=tell)
    allowed = {ledger.key for ledger in exportable(actor)}
    ledgers = [ledger for ledger in in_order(run.ledgers) if ledger.key in allowed]
    writer = write_workbook if run.form == ExportRun.Form.XLSX else write_zip
    run.counts = writer(file, ledgers, taking)
    run.rows = sum(run.counts.values())
    run.sha256 = sha256_of(file)
    file.seek(0, 2)
    run.size_bytes = file.tell()
    file.seek(0)
    run.state, run.since_at, run.ended_at = State.DONE, now(), now()
    run.save()


def send(run: ExportRun) -> None:
    """Ask the worker. A broker that is down delays it to the next minute, when beat asks again."""
    from portal.ledgers.tasks import export

    try:
        export.apply_async((run.pk, run.attempt), retry=False)
    except OperationalError as error:
        logger.warning("export %s not sent to the worker, beat will: %s", run.pk, error)


def work_on(pk: int, attempt: int) -> None:
    """What the worker does with a message; one of an earlier attempt, or a second one, does nothing."""
    with Control(EXPORT, ExportRun._meta.db_table, pk) as control:
        if not control.taken or not control.begin(State.QUEUED, State.WORKING, attempt):
            return
        run = ExportRun.objects.select_related("asked_by").get(pk=pk)
        with translation.override(run.language), tempfile.TemporaryFile("w+b") as file:
            try:
                _make(
                    run,
                    file,
                    Actor(run.asked_by),
                    lambda rows: control.tell("rows", rows, "total_rows", run.total_rows),
                )
                stored = keep(File(file), ".xlsx" if run.form == ExportRun.Form.XLSX else ".zip")
                ExportRun.objects.filter(pk=pk).update(stored_name=stored)
            except (TooLarge, DatabaseError, OSError) as error:
                ExportRun.objects.filter(pk=pk).update(
                    state=State.FAILED, error=str(error)[:300], ended_at=now(), since_at=now()
                )


def is_dead(run: ExportRun) -> bool:
    """Whether the run says that it is worked on, and nobody does."""
    return run.state == State.WORKING and not alive(EXPORT, [run.pk])


def watch() -> int:
    """Every minute: what broke off, or was never heard of, is asked for again."""
    working = set(ExportRun.objects.filter(state=State.WORKING).values_list("pk", flat=True))
    gone = working - alive(EXPORT, working)
    count = ExportRun.objects.filter(pk__in=gone, state=State.WORKING).update(
        state=State.BROKEN, since_at=now(), ended_at=now()
    )
    lost = ExportRun.objects.filter(state=State.QUEUED, since_at__lt=now() - LOST_AFTER)
    for run in lost:
        send(run)
    return count + len(lost)
