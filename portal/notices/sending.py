"""The outbox: each delivery is sent at least tried, with back-off, and in the end sent or given up."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from portal.notices.models import Delivery
from portal.notices.texts import render

logger = logging.getLogger(__name__)
# Minutes until the next try after the 1st, 2nd, … failure; then the delivery is given up.
BACK_OFF_MIN = (1, 2, 5, 10, 30, 60, 120, 240)


def deliver_due(now: datetime) -> int:
    """Send what is due, oldest first; the number sent. Parallel workers take different rows.

    Each delivery is a transaction of its own: a crash repeats at most the one mail under way, and
    that under the same message id.
    """
    connection = get_connection()
    sent = 0
    try:
        while (done := _deliver_next(connection, now)) is not None:
            sent += done
    finally:
        connection.close()
    return sent


def _deliver_next(connection: BaseEmailBackend, now: datetime) -> int | None:
    """Send one delivery: 1 sent, 0 put off, None when nothing is due."""
    with transaction.atomic():
        row = (
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(state=Delivery.State.PENDING, next_try_at__lte=now)
            .select_related("notice__recipient")
            .order_by("next_try_at", "id")
            .first()
        )
        return None if row is None else _send(row, connection, now)


def _send(row: Delivery, connection: BaseEmailBackend, now: datetime) -> int:
    row.tries += 1
    try:
        connection.open()
        _message(row, connection).send()
    except (OSError, SMTPException) as error:
        connection.close()
        _put_off(row, error, now)
        return 0
    row.state, row.sent_at, row.next_try_at, row.last_error = Delivery.State.SENT, now, None, ""
    row.save()
    return 1


def _put_off(row: Delivery, error: Exception, now: datetime) -> None:
    row.last_error = f"{type(error).__name__}: {error}"[:300]
    if row.tries > len(BACK_OFF_MIN):
        row.state, row.next_try_at = Delivery.State.DEAD, None
        logger.error("delivery %s given up after %s tries: %s", row.pk, row.tries, row.last_error)
    else:
        row.next_try_at = now + timedelta(minutes=BACK_OFF_MIN[row.tries - 1])
    row.save()


def _message(row: Delivery, connection: BaseEmailBackend) -> EmailMessage:
    notice = row.notice
    with translation.override(notice.recipient.language or settings.LANGUAGE_CODE):
        text = render(notice.key, notice.params, notice.case_id)
        body = f"{text.body}\n\n{_('Open it here:')} {settings.PORTAL_URL}{text.path}\n"
    # The id lets the receiving side recognise a mail that a crash between sending and writing repeats.
    headers = {"Message-ID": f"<notice-{notice.pk}@{settings.NOTICE_MAIL_DOMAIN}>"}
    return EmailMessage(text.title, body, to=[notice.recipient.email], headers=headers, connection=connection)
