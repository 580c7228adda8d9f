"""The outbox: a mail server that is down delays, it never loses or doubles."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from portal.notices import sending
from portal.notices.models import Delivery, Notice
from portal.notices.texts import render
from tests.people import MONDAY, accept, file_request, handled

pytestmark = pytest.mark.django_db


class Mailbox(socketserver.ThreadingTCPServer):
    """A small SMTP server that keeps what it gets."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.mails: list[str] = []


class Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(b"220 test\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = []
                while (text := self.rfile.readline()) != b".\r\n":
                    lines.append(text.decode())
                self.server.mails.append("".join(lines))  # type: ignore[attr-defined]
            if verb == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(b"250 ok\r\n")


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    server = Mailbox()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.server_address[1]
    yield server
    server.shutdown()
    server.server_close()


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_mail_goes_out_once_in_the_readers_language(park: SimpleNamespace, mailbox: Mailbox) -> None:
    park.steward.language = "en"
    park.steward.save()
    file_request(park)
    assert sending.deliver_due(MONDAY) == 1
    assert sending.deliver_due(MONDAY) == 0
    [mail] = mailbox.mails
    assert "Message-ID: <notice-" in mail
    assert "To: steward@example.com" in mail


def test_a_server_that_is_down_delays_and_loses_nothing(
    park: SimpleNamespace, mailbox: Mailbox, settings: Any
) -> None:
    right = settings.EMAIL_PORT
    settings.EMAIL_PORT = closed_port()
    case = accept(park, file_request(park), MONDAY)
    waiting = Delivery.objects.count()
    assert waiting == 2
    for minute in range(0, 60, 5):
        assert sending.deliver_due(MONDAY + timedelta(minutes=minute)) == 0
    assert "Refused" in Delivery.objects.earliest("id").last_error
    settings.EMAIL_PORT = right
    assert sending.deliver_due(MONDAY + timedelta(hours=3)) == waiting
    assert len(mailbox.mails) == waiting
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    assert Notice.objects.filter(case_id=case.pk).exists()


def test_a_dead_address_is_given_up_after_the_last_try(park: SimpleNamespace, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", closed_port()
    file_request(park)
    moment = MONDAY
    for _ in range(len(sending.BACK_OFF_MIN) + 2):
        sending.deliver_due(moment)
        moment += timedelta(hours=5)
    row = Delivery.objects.get()
    assert (row.state, row.tries) == ("dead", len(sending.BACK_OFF_MIN) + 1)


def test_every_notice_reads_in_both_languages(park: SimpleNamespace) -> None:
    from django.utils import translation

    handled(park)
    for notice in Notice.objects.all():
        with translation.override("zh-hans"):
            chinese = render(notice.key, notice.params, notice.case_id)
        with translation.override("en"):
            english = render(notice.key, notice.params, notice.case_id)
        assert chinese.body
        assert chinese.body != english.body
        assert english.path == f"/cases/{notice.case_id}/"
    assert render("unknown.key", {}, None).path == "/"
