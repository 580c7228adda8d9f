"""Emptying the outbox: each delivery is claimed, tried outside of any transaction, and settled."""

from __future__ import annotations

import logging
import time
from datetime import datetime

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from portal.notices import claiming
from portal.notices.channels import mail, robots, webhook
from portal.notices.channels.failures import Failure
from portal.notices.models import Channel, Delivery, EndpointChannel, Notice, Problem

logger = logging.getLogger(__name__)
# A run ends in time for the next one; what is left is taken up there.
RUN_S = 50.0
MAIL = (Channel.EMAIL.value,)
POSTS = tuple(EndpointChannel.values)


def deliver_due(now: datetime) -> int:
    """Send every e-mail whose turn has come, the daily ones gathered first; the number sent."""
    claiming.gather(now)
    connection = get_connection()
    try:
        return _empty(now, MAIL, connection)
    finally:
        _close(connection)


def post_due(now: datetime) -> int:
    """Tell every group and system that has something due; the number of messages taken."""
    return _empty(now, POSTS, None)


def _empty(now: datetime, channels: tuple[str, ...], connection: BaseEmailBackend | None) -> int:
    """Try what is due, in order, until nothing is left or every way is closed."""
    done, closed, end = 0, set[int](), time.monotonic() + RUN_S
    while time.monotonic() < end:
        row = claiming.claim(now, channels, closed)
        if row is None:
            break
        try:
            _send(row, now, connection)
        except Failure as failure:
            logger.warning("delivery %s by %s: %s", row.pk, row.channel, failure)
            claiming.failed(row, failure, now)
            if connection is not None:
                _close(connection)
            if failure.everybody:
                closed.add(row.endpoint_id or 0)
        else:
            claiming.sent(row, now)
            done += 1
    return done


def _send(row: Delivery, now: datetime, connection: BaseEmailBackend | None) -> None:
    try:
        if connection is not None:
            mail.send(row.notice, _carried(row), connection)
        elif row.channel == Channel.WEBHOOK:
            webhook.send(row, now)
        elif row.endpoint is not None:
            everything = sorted([row.notice, *_carried(row)], key=lambda notice: notice.pk)
            robots.send(row.endpoint, everything, now)
    except (LookupError, TypeError, ValueError) as error:
        # The facts of this one notice are broken: it is shown among the dead letters, the rest go on.
        raise Failure(Problem.TEXT, f"{type(error).__name__}: {error}", lasting=True) from error


def _carried(row: Delivery) -> list[Notice]:
    """What goes along, oldest first."""
    return list(Notice.objects.filter(deliveries__carried_by=row).order_by("pk"))


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except OSError as error:  # also what smtplib raises
        logger.warning("the mail server did not take leave: %s", error)
