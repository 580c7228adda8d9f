"""The kernel's periodic jobs over cases. Fetch, call, return."""

import logging
from uuid import UUID

from celery import shared_task
from kombu.exceptions import OperationalError

from portal import schedule
from portal.cases import absences, bulk, watch
from portal.cases.papers import expiry, orphans, scanning
from portal.jobs.recording import recorded
from portal.worktime.now import now

logger = logging.getLogger(__name__)


@shared_task
def sweep() -> int:
    """Escalate what is due."""
    return recorded("cases.sweep", schedule.EVERY_MINUTE, lambda: watch.sweep(now()))


@shared_task
def lapse() -> int:
    """Go on with steps whose limit lets the case go on by itself."""
    return recorded("cases.lapse", schedule.EVERY_MINUTE, lambda: watch.lapse(now()))


@shared_task
def pause_overrun() -> int:
    """Alarm pauses that have outlasted their plan."""
    return recorded(
        "cases.pause_overrun", 10 * schedule.EVERY_MINUTE, lambda: watch.alarm_overrun_pauses(now())
    )


@shared_task
def work_batch(batch_id: str) -> int:
    """Work one batch."""
    return bulk.work(UUID(batch_id), now=now())


@shared_task
def carry_on_batches() -> int:
    """Carry on batches that nobody works any more."""
    return recorded(
        "cases.batches",
        schedule.EVERY_MINUTE,
        lambda: sum(bulk.work(pk, now=now()) for pk in bulk.stuck(now())),
    )


@shared_task
def tend_absences() -> int:
    """Hand the work of people who are away to their deputies, and back."""
    return recorded("cases.absences", 5 * schedule.EVERY_MINUTE, lambda: absences.tend(now()))


@shared_task
def scan_papers() -> int:
    """Scan the papers that wait, and those whose turn has come again."""
    return recorded("cases.scan", schedule.EVERY_MINUTE, lambda: scanning.scan_due(now()))


@shared_task
def remind_of_papers() -> int:
    """Tell of papers that expire."""
    return recorded("cases.paper_expiry", schedule.DAILY, lambda: expiry.remind(now()))


@shared_task
def remove_unnamed_files() -> int:
    """Remove stored files that no row names."""
    return recorded("cases.unnamed_files", schedule.DAILY, lambda: orphans.remove(now()))


def set_to_work(batch_id: UUID) -> None:
    """Ask a worker to work a batch now. A broker that is down delays it by a minute or two, no more."""
    try:
        work_batch.apply_async([str(batch_id)], retry=False)
    except OperationalError as error:
        logger.warning("batch not handed on, beat will: %s", error)
