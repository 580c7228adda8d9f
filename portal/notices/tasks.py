"""Sending what waits in the outbox."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from portal import schedule
from portal.jobs.recording import recorded
from portal.notices import sending
from portal.worktime.now import now

logger = logging.getLogger(__name__)


@shared_task
def deliver() -> int:
    """Send every e-mail whose turn has come."""
    return recorded("notices.deliver", schedule.EVERY_MINUTE, lambda: sending.deliver_due(now()))


@shared_task
def post() -> int:
    """Tell groups and systems: apart from e-mail, so that a slow receiver holds nobody else up."""
    return recorded("notices.post", schedule.EVERY_MINUTE, lambda: sending.post_due(now()))


def kick_outbox() -> None:
    """Ask a worker to send now. A broker that is down delays the mail to the next minute, no more."""
    try:
        deliver.apply_async(retry=False)
        post.apply_async(retry=False)
    except OperationalError as error:
        logger.warning("outbox not kicked, beat will: %s", error)
