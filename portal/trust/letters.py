"""The outbox of letters: invitations to addresses that belong to no account. Tried again, ever later."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from portal.jobs.asking import ask_for
from portal.trust.models import Answer, Letter
from portal.worktime.explain import moment_text

logger = logging.getLogger(__name__)
BACK_OFF_MIN = (1, 5, 15, 60, 240, 720)  # minutes before each further try; then it is given up


def kick_letters() -> None:
    """Ask a worker to send now; beat asks every minute."""
    from portal.trust.tasks import send_letters

    ask_for(send_letters)


def send_due(now: datetime) -> int:
    """Send the letters whose turn has come; the number sent. Parallel workers take different rows."""
    sent = 0
    while (done := _send_next(now)) is not None:
        sent += done
    return sent


def _send_next(now: datetime) -> int | None:
    with transaction.atomic():
        row = (
            Letter.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(state=Letter.State.PENDING, next_try_at__lte=now)
            .select_related("invitation__enterprise", "invitation__invited_by")
            .order_by("next_try_at", "id")
            .first()
        )
        return None if row is None else _send(row, now)


def _send(row: Letter, now: datetime) -> int:
    invitation = row.invitation
    if invitation.state != Answer.PENDING or row.sending != invitation.sendings:
        row.state, row.next_try_at, row.last_error = Letter.State.DEAD, None, "void"
        row.save()
        return 0
    row.tries += 1
    try:
        _message(row).send()
    except (OSError, SMTPException) as error:
        _put_off(row, error, now)
        return 0
    row.state, row.sent_at, row.next_try_at, row.last_error = Letter.State.SENT, now, None, ""
    row.save()
    return 1


def _put_off(row: Letter, error: Exception, now: datetime) -> None:
    row.last_error = f"{type(error).__name__}: {error}"[:300]
    if row.tries > len(BACK_OFF_MIN):
        row.state, row.next_try_at = Letter.State.DEAD, None
        logger.error("letter %s given up after %s tries: %s", row.pk, row.tries, row.last_error)
    else:
        row.next_try_at = now + timedelta(minutes=BACK_OFF_MIN[row.tries - 1])
    row.save()


def _message(row: Letter) -> EmailMessage:
    from portal.trust.invitations import link

    invitation = row.invitation
    with translation.override(row.language):
        title = _("%(enterprise)s invites you to act for it") % {"enterprise": invitation.enterprise.name}
        body = _(
            "Dear %(name)s,\n\n%(by)s invites you to act for %(enterprise)s in the portal of the park. "
            "To accept or decline, open this link until %(until)s. It works once:\n\n%(link)s\n\n"
            "If you do not know what this is about, you need not do anything."
        ) % {
            "name": invitation.name,
            "by": str(invitation.invited_by),
            "enterprise": invitation.enterprise.name,
            "until": moment_text(invitation.valid_until),
            "link": link(invitation),
        }
    headers = {"Message-ID": f"<invitation-{invitation.pk}-{row.sending}@{settings.NOTICE_MAIL_DOMAIN}>"}
    one_line = " ".join(title.split())
    return EmailMessage(one_line, body, to=[invitation.email], headers=headers)
