"""Periodic jobs of the stations. Fetch, call, return."""

from celery import shared_task

from portal import schedule
from portal.jobs.recording import recorded
from portal.worktime.clock import Calendar
from portal.worktime.now import now
from stations import actions


@shared_task
def remind_of_notes() -> int:
    """Remind of progress notes that are missing; nothing at night."""

    def work() -> int:
        moment = now()
        return actions.remind_of_notes(moment) if Calendar.current().in_alert_hours(moment) else 0

    return recorded("stations.notes", 10 * schedule.EVERY_MINUTE, work)
