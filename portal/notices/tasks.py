"""Sending what waits in the outbox."""

import logging
from contextlib import suppress

from celery import Task, shared_task
from django.core.cache import cache
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from portal import schedule
from portal.jobs.recording import recorded
from portal.notices import sending
from portal.worktime.now import now

logger = logging.getLogger(__name__)
ASKED_S = 10  # a task that was asked for and got lost is asked for again after this time


@shared_task
def deliver() -> int:
    """Send every e-mail whose turn has come."""
    _begun(deliver)
    return recorded("notices.deliver", schedule.EVERY_MINUTE, lambda: sending.deliver_due(now()))


@shared_task
def post() -> int:
    """Tell groups and systems: apart from e-mail, so that a slow receiver holds nobody else up."""
    _begun(post)
    return recorded("notices.post", schedule.EVERY_MINUTE, lambda: sending.post_due(now()))


def ask_for(task: Task) -> None:
    """Have a worker send now, unless one has been asked and has not begun: that one will see all there is.

    A broker that is down delays the sending to the next minute, no more.
    """
    try:
        if cache.add(_asked(task), 1, ASKED_S):
            task.apply_async(retry=False)
    except (OperationalError, RedisError) as error:
        logger.warning("outbox not kicked, beat will: %s", error)


def _begun(task: Task) -> None:
    """From here on a new asking counts: what is committed after this look may be missed by it."""
    with suppress(RedisError):
        cache.delete(_asked(task))


def _asked(task: Task) -> str:
    return f"asked-for:{task.name}"
