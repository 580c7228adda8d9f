"""Sending the letters that wait."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from portal import schedule
from portal.jobs.recording import recorded
from portal.trust import letters
from portal.worktime.now import now

logger = logging.getLogger(__name__)


@shared_task
def send_letters() -> int:
    """Send every letter whose turn has come."""
    return recorded("trust.send_letters", schedule.EVERY_MINUTE, lambda: letters.send_due(now()))


def kick() -> None:
    """Ask a worker to send now. A broker that is down delays it to the next minute, no more."""
    try:
        send_letters.apply_async(retry=False)
    except OperationalError as error:
        logger.warning("letters not kicked, beat will: %s", error)
