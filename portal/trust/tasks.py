"""Sending the letters that wait."""

from celery import shared_task

from portal import schedule
from portal.jobs.asking import begun
from portal.jobs.recording import recorded
from portal.trust import letters
from portal.worktime.now import now


@shared_task
def send_letters() -> int:
    """Send every letter whose turn has come."""
    begun(send_letters)
    return recorded("trust.send_letters", schedule.EVERY_MINUTE, lambda: letters.send_due(now()))
