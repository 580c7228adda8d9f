"""Ledgers in the background. Fetch, call, return."""

from celery import shared_task

from portal import schedule
from portal.jobs.recording import recorded
from portal.ledgers import exports, keeping, running, runs


@shared_task
def work(pk: int, attempt: int) -> None:
    """Check or write an import."""
    running.work_on(pk, attempt)


@shared_task
def export(pk: int, attempt: int) -> None:
    """Make the file of a large export."""
    exports.work_on(pk, attempt)


@shared_task
def watch() -> int:
    """Say what broke off; ask again for what waits."""
    return recorded("ledgers.watch", schedule.EVERY_MINUTE, lambda: runs.watch() + exports.watch())


@shared_task
def tidy() -> int:
    """Throw away files that nobody needs any more; the record stays."""
    return recorded("ledgers.tidy", schedule.DAILY, keeping.tidy)
