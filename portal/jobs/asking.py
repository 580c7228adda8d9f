"""Asking a worker at once for what beat asks for every minute anyway, and once for all that waits."""

from __future__ import annotations

import logging
from contextlib import suppress

from celery import Task
from django.core.cache import cache
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
ASKED_S = 10  # a task that was asked for and got lost is asked for again after this time


def ask_for(task: Task) -> None:
    """Have a worker do it now, unless one has been asked and has not begun: that one will see all there is.

    A broker that is down delays it to beat's next turn, no more.
    """
    try:
        if cache.add(_asked(task), 1, ASKED_S):
            task.apply_async(retry=False)
    except (OperationalError, RedisError) as error:
        logger.warning("%s not asked for, beat will: %s", task.name, error)


def begun(task: Task) -> None:
    """The task's first line. From here on a new asking counts: what is committed after its look may be
    missed by it."""
    with suppress(RedisError):
        cache.delete(_asked(task))


def _asked(task: Task) -> str:
    return f"asked-for:{task.name}"
