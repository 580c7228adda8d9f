"""E-mail: plain text with a simple HTML part, in the reader's language."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import BadHeaderError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from portal.accounts.models import User
from portal.notices.channels.failures import Failure
from portal.notices.models import Notice, Problem
from portal.notices.own_texts import DIGEST
from portal.notices.texts import Text, render
from portal.worktime.clock import local


def send(notice: Notice, others: Sequence[Notice], connection: BaseEmailBackend) -> None:
    """Send a notice, and what it carries, as one mail. Raises `Failure` when it is not taken."""
    reader = notice.recipient
    if reader is None or not reader.email:
        raise Failure(Problem.NO_ADDRESS, lasting=True)
    if not reader.is_active:
        raise Failure(Problem.CLOSED, lasting=True)
    made = message(notice, others, reader, connection)
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:  # says nothing about the address
        raise _closed(error) from error
    try:
        made.send()
    except (OSError, smtplib.SMTPException) as error:
        raise _judged(error) from error
    except (BadHeaderError, UnicodeError, ValueError) as error:
        raise Failure(Problem.ADDRESS, f"{type(error).__name__}: {error}", lasting=True) from error


def _judged(error: Exception) -> Failure:
    """What the server's answer to one mail means for this mail, and for the others."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _recipients(error)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Failure(Problem.ADDRESS, str(error), lasting=True)
    if isinstance(error, smtplib.SMTPDataError):
        lasting = error.smtp_code >= 500
        return Failure(Problem.REFUSED if lasting else Problem.BUSY, str(error), lasting=lasting)
    return _closed(error)


def _closed(error: Exception) -> Failure:
    """The way to the mail server is closed for everybody, for now."""
    problem = Problem.UNREACHABLE
    if isinstance(error, TimeoutError):
        problem = Problem.SLOW
    elif isinstance(error, smtplib.SMTPResponseException):
        problem = Problem.SETUP if error.smtp_code >= 500 else Problem.BUSY
    return Failure(problem, f"{type(error).__name__}: {error}", everybody=True)


def _recipients(error: smtplib.SMTPRecipientsRefused) -> Failure:
    answers = list(error.recipients.values())
    said = "; ".join(f"{code} {text.decode('utf-8', 'replace')}" for code, text in answers)
    if answers and all(500 <= code < 600 for code, _text in answers):
        return Failure(Problem.ADDRESS, said, lasting=True)
    return Failure(Problem.BUSY, said)


def message(
    notice: Notice, others: Sequence[Notice], reader: User, connection: BaseEmailBackend | None = None
) -> EmailMultiAlternatives:
    """The mail as it leaves. Its id is the same at every try, so that a receiver can drop a double."""
    with translation.override(reader.language or settings.LANGUAGE_CODE):
        text = render(notice.key, {**notice.params, "count": len(others)}, notice.case_id)
        context = {
            "text": text,
            "link": settings.PORTAL_URL + text.path,
            "others": [_other(other) for other in others],
            "gathered": notice.key == DIGEST.name,
            "settings_link": settings.PORTAL_URL + reverse("notices:preferences"),
            "language": translation.get_language(),
        }
        plain = render_to_string("notices/mail.txt", context)
        html = render_to_string("notices/mail.html", context)
    made = EmailMultiAlternatives(
        " ".join(text.title.split()),
        plain,
        to=[reader.email],
        headers={
            "Message-ID": f"<notice-{notice.pk}@{settings.NOTICE_MAIL_DOMAIN}>",
            "Auto-Submitted": "auto-generated",
        },
        connection=connection,
    )
    made.attach_alternative(html, "text/html")
    return made


def _other(notice: Notice) -> tuple[Text, str, str]:
    """One of several matters in a mail: words, link, moment."""
    text = render(notice.key, notice.params, notice.case_id)
    return text, settings.PORTAL_URL + text.path, local(notice.created_at).strftime("%m-%d %H:%M")
