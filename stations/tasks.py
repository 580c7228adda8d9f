"""Periodic jobs of the stations. Fetch, call, return."""

from celery import shared_task

from portal import schedule
from portal.jobs.recording import recorded
from portal.worktime.now import now
from stations import actions


@shared_task
def remind_of_notes() -> int:
    """Remind of progress notes that are missing."""
    return recorded("stations.notes", 10 * schedule.EVERY_MINUTE, lambda: actions.remind_by_day(now()))
