"""What people do with imports: upload, confirm, cancel, start again. One import runs at a time."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from portal.accounts.models import User
from portal.ledgers import running
from portal.ledgers.control import IMPORT, alive
from portal.ledgers.filing import at_hand, keep, sha256_of, throw_away
from portal.ledgers.models import ImportRun
from portal.ledgers.reading import unpacked_bytes
from portal.worktime.now import now

logger = logging.getLogger(__name__)
State = ImportRun.State
AT_ONCE_BYTES = 192 * 2**10  # unpacked; larger files are the worker's
LOST_AFTER = timedelta(minutes=1)
STUCK_AFTER = timedelta(minutes=5)


class Refused(Exception):
    """What was asked for cannot be done now; the message says why."""


def upload(file: File[Any], name: str, *, by: User) -> ImportRun:
    """Keep a file and have it checked: at once when small, else by the worker. Raises Refused."""
    settle()
    refuse_when_busy()
    sha256, size = sha256_of(file), file.size or 0
    moment = now()
    run = ImportRun(
        uploaded_by=by, uploaded_at=moment, since_at=moment, language=get_language() or "zh-hans",
        file_name=name, size_bytes=size, sha256=sha256,
        stored_name=keep(file, Path(name).suffix.lower()),
    )  # fmt: skip
    with at_hand(run.stored_name, run.file_name, sha256) as path:
        run.total_bytes = unpacked_bytes(path)
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError:
        throw_away(run.stored_name)
        refuse_when_busy()
        raise
    _go(run)
    return run


def refuse_when_busy() -> None:
    """One import at a time. Raises Refused, and says whose it is."""
    other = ImportRun.objects.filter(active=True).select_related("uploaded_by").first()
    if other is not None:
        told = {"file": other.file_name, "name": str(other.uploaded_by)}
        raise Refused(
            _("Another import is under way: “%(file)s” of %(name)s. Wait for its end, or cancel it.") % told
        )


def _go(run: ImportRun) -> None:
    """Do the next step of a waiting run here when it is small, else leave it to the worker."""
    if run.total_bytes <= AT_ONCE_BYTES:
        step = running.check if run.state == State.QUEUED else running.write
        step(run)
    else:
        transaction.on_commit(lambda: send(run))
    run.refresh_from_db()


def send(run: ImportRun) -> None:
    """Ask the worker. A broker that is down delays it to the next minute, when beat asks again."""
    from portal.ledgers.tasks import work

    try:
        work.apply_async((run.pk, run.attempt), retry=False)
    except OperationalError as error:
        logger.warning("import %s not sent to the worker, beat will: %s", run.pk, error)


def confirm(run: ImportRun, *, by: User, digest: str, good_rows: bool) -> None:
    """Write what the preview showed. Raises Refused."""
    settle()
    if run.state != State.PREVIEW or digest != run.digest:
        raise Refused(_("This preview is no longer the latest one. Please look again."))
    if not writable(run, good_rows=good_rows):
        raise Refused(_("Nothing can be written as long as rows are rejected. Mend them, or tick the box."))
    refuse_when_busy()
    moment = now()
    _take(
        run, (State.PREVIEW,), state=State.CONFIRMED, good_rows=good_rows, confirmed_by=by,
        confirmed_at=moment,
    )  # fmt: skip
    _go(run)


def writable(run: ImportRun, *, good_rows: bool) -> bool:
    """Whether the preview may be confirmed. Files that cannot be read are never imported in part."""
    return not run.file_problems and bool(changes(run)) and (good_rows or not run.rejected)


def changes(run: ImportRun) -> int:
    """How many rows would be created or updated."""
    return sum(count["created"] + count["updated"] for count in run.counts.values())


def _take(run: ImportRun, states: tuple[str, ...], **to: Any) -> None:
    """Make the run the active one. Raises Refused when another one is, or somebody was faster."""
    mine = ImportRun.objects.filter(pk=run.pk, attempt=run.attempt, state__in=states)
    try:
        with transaction.atomic():
            taken = mine.update(
                active=True, attempt=run.attempt + 1, since_at=now(), ended_at=None, done_bytes=0,
                cancel_asked_at=None, cancel_asked_by=None, **to,
            )  # fmt: skip
    except IntegrityError:
        refuse_when_busy()
        raise
    if not taken:
        raise Refused(_("This import has moved on meanwhile. Please look again."))
    run.refresh_from_db()


def again(run: ImportRun) -> None:
    """Check the same file anew: after it broke off, failed, or was overtaken. Raises Refused."""
    settle()
    run.refresh_from_db()
    if not run.stored_name:
        raise Refused(_("The file is no longer kept. Please upload it again."))
    if run.state in ImportRun.WAITING and is_stuck(run):
        ImportRun.objects.filter(pk=run.pk, state=run.state).update(state=State.BROKEN, active=False)
        run.refresh_from_db()
    refuse_when_busy()
    _take(run, (State.BROKEN, State.STALE, State.FAILED, State.PREVIEW), state=State.QUEUED, digest="")
    _go(run)


def cancel(run: ImportRun, *, by: User) -> None:
    """Stop it: at once while nobody works on it, else as soon as the worker hears. Raises Refused."""
    settle()
    moment = now()
    idle = [state for state in ImportRun.OPEN if state not in ImportRun.WORKING]
    asked = {"cancel_asked_by": by, "cancel_asked_at": moment}
    open_runs = ImportRun.objects.filter(pk=run.pk)
    if open_runs.filter(state__in=idle).update(
        state=State.CANCELLED, active=False, since_at=moment, ended_at=moment, **asked
    ):
        run.refresh_from_db()
        return
    if not open_runs.filter(state__in=ImportRun.WORKING).update(**asked):
        raise Refused(_("This import has ended already."))
    run.refresh_from_db()


def settle() -> int:
    """Say of runs whose worker is gone that they broke off; how many there were."""
    return ImportRun.objects.filter(pk__in=_dead()).update(
        state=State.BROKEN, active=False, since_at=now(), ended_at=now()
    )


def _dead() -> list[int]:
    working = set(ImportRun.objects.filter(state__in=ImportRun.WORKING).values_list("pk", flat=True))
    gone = working - alive(IMPORT, working)
    # One that ended between the two questions has said so by now.
    still = ImportRun.objects.filter(pk__in=gone, state__in=ImportRun.WORKING)
    return list(still.values_list("pk", flat=True))


def is_dead(run: ImportRun) -> bool:
    """Whether the run says that it is worked on, and nobody does."""
    return run.state in ImportRun.WORKING and run.pk in _dead()


def is_stuck(run: ImportRun) -> bool:
    """Whether the run has waited longer than any queue."""
    return run.state in ImportRun.WAITING and now() - run.since_at > STUCK_AFTER


def watch() -> int:
    """Every minute: say what broke off, and ask the worker again for what still waits."""
    count = settle()
    lost = ImportRun.objects.filter(state__in=ImportRun.WAITING, since_at__lt=now() - LOST_AFTER)
    for run in lost:
        send(run)
    return count + len(lost)
