"""The kernel's periodic jobs over cases. Fetch, call, return."""

from celery import shared_task

from portal import schedule
from portal.cases import watch
from portal.jobs.recording import recorded
from portal.worktime.now import now


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
