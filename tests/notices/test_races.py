"""Several workers at one outbox: each mail once, each case in order, whoever dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections

from portal.cases import engine
from portal.notices import claiming, sending
from portal.notices.models import Delivery, Notice, Preference
from tests.notices.conftest import MailServer
from tests.people import MONDAY, actor, at, file_request, make_park

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def park(filled_calendar: None) -> SimpleNamespace:
    return make_park()


def together(work: Callable[[], Any], count: int = 4) -> list[Any]:
    """Run the same in several threads with a connection each, started at one moment."""
    start = threading.Barrier(count)

    def one() -> Any:
        start.wait(10)
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return [done.result(60) for done in [pool.submit(one) for _ in range(count)]]


def busy_morning(park: SimpleNamespace) -> list[Any]:
    cases = [file_request(park, title=str(n)) for n in range(6)]
    for text in ("一", "二", "三"):
        for case in cases:
            engine.comment(case, by=actor(park.steward), data={"body": text}, now=MONDAY)
    return cases


def test_workers_side_by_side_send_each_mail_once_and_each_case_in_order(
    park: SimpleNamespace, post_office: MailServer
) -> None:
    cases = busy_morning(park)
    post_office.while_taking = lambda: time.sleep(0.01)
    done = together(lambda: sending.deliver_due(MONDAY))
    # A worker may leave while another still holds the head of a lane: the next turn takes the rest.
    while more := sending.deliver_due(MONDAY):
        done.append(more)
    ids = [mail["Message-ID"] for mail in post_office.mails]
    assert sum(done) == len(ids) == len(set(ids)) == 6 + 18
    assert sum(n > 0 for n in done) > 1
    for case in cases:
        told = Notice.objects.filter(case_id=case.pk, recipient=park.owner).order_by("id")
        wanted = [f"<notice-{pk}@portal.localhost>" for pk in told.values_list("pk", flat=True)]
        assert [i for i in ids if i in wanted] == wanted


def test_the_daily_mail_is_gathered_once_by_many(park: SimpleNamespace, post_office: MailServer) -> None:
    Preference.objects.create(user=park.owner, kind="message", email="digest")
    Preference.objects.create(user=park.steward, kind="progress", email="digest")
    busy_morning(park)
    together(lambda: sending.deliver_due(at("2026-11-17 08:00")))
    sending.deliver_due(at("2026-11-17 08:01"))
    assert Counter(mail["To"] for mail in post_office.mails) == {
        "owner@example.com": 1,
        "steward@example.com": 1,
    }
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def test_a_claim_is_exclusive(park: SimpleNamespace) -> None:
    file_request(park)
    got = together(lambda: claiming.claim(MONDAY, ["email"], []))
    assert sum(row is not None for row in got) == 1


WORKER = """
import os, time
import django
django.setup()
from datetime import datetime
from portal.notices import sending
sending.deliver_due(datetime.fromisoformat(os.environ["NOW"]))
"""


def test_a_worker_killed_with_a_mail_in_hand_loses_nothing(
    park: SimpleNamespace, post_office: MailServer
) -> None:
    cases = busy_morning(park)
    taken = threading.Event()

    def slow() -> None:
        taken.set()
        time.sleep(0.4)

    post_office.while_taking = slow
    database = connection.settings_dict
    login = f"{database['USER']}:{database['PASSWORD']}" if database["PASSWORD"] else database["USER"]
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER],
        cwd=django_settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "DATABASE_URL": f"postgres://{login}@{database['HOST']}:{database['PORT']}/{database['NAME']}",
            "EMAIL_URL": f"smtp://127.0.0.1:{post_office.port}",
            "NOW": MONDAY.isoformat(),
        },
    )
    assert taken.wait(60)
    process.send_signal(signal.SIGKILL)
    process.wait(20)
    post_office.while_taking = lambda: None
    for minute in range(15):
        sending.deliver_due(MONDAY + timedelta(minutes=minute))
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    ids = Counter(mail["Message-ID"] for mail in post_office.mails)
    assert len(ids) == 6 + 18
    assert sorted(ids.values())[:-1] == [1] * 23  # at most the one in hand twice, under its old id
    assert len(cases) == 6
