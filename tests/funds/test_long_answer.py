"""A long answer of the bank, booked by a real worker that is killed on the way: nothing lost, nothing doubled."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from celery import Celery
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from funds.actions import make_file, release_file
from funds.models import BankAccount, BankResult, Budget, BudgetLine, Claim, Instalment, PaymentFile, Plan
from portal.cases.models import Event
from portal.ledgers.importing import import_path
from tests.funds.building import ACCOUNT, MONDAY, answers, make_office, make_policy
from tests.funds.test_ledgers import HEAD, put
from tests.funds.test_money_machine import check_money
from tests.funds.test_plan_pages import signed_in, text_of
from tests.people import make_park

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
LINES = 600  # three times what is booked in the request, and six batches


@pytest.fixture
def park(filled_calendar: None) -> SimpleNamespace:
    return make_park()


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=True):
        yield


@pytest.fixture
def sent(park: SimpleNamespace, office: SimpleNamespace, tmp_path: Path) -> PaymentFile:
    """A file of so many payments at the bank."""
    make_policy(office)
    rows = (f"C{n},RD,{park.ours.uscc},2026-10-01,100,2026-10-10,100,2026-11,,," for n in range(LINES))
    put(tmp_path, claims=HEAD + "\n".join(rows) + "\n")
    report = import_path(tmp_path / "claims.csv")
    assert report.written, [problem.reason for problem in report.problems][:3]
    account = BankAccount.objects.create(
        enterprise=park.ours, **ACCOUNT, confirmed_at=MONDAY, confirmed_by=park.owner
    )
    Claim.objects.update(bank_account=account)
    file = make_file(Plan.objects.get(), layout="csv", key="k1", by=office.payer, now=MONDAY)
    release_file(file, by=office.second_payer, now=MONDAY)
    assert file.count == LINES
    return file


@contextmanager
def worker(log: Path) -> Iterator[tuple[subprocess.Popen[bytes], Callable[[], None]]]:
    """A Celery worker on the test database and a queue of its own; what puts the job on that queue."""
    database = connection.settings_dict
    login = f"{database['USER']}:{database['PASSWORD']}" if database["PASSWORD"] else database["USER"]
    server, _, number = configured.REDIS_URL.rpartition("/")
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgres://{login}@{database['HOST']}:{database['PORT']}/{database['NAME']}",
        "REDIS_URL": f"{server}/{int(number) + 1}",
    }
    command = [
        sys.executable, "-m", "celery", "-A", "portal", "worker", "--loglevel", "INFO", "--concurrency", "1",
        "--without-mingle", "--without-gossip", "--pool", "solo",
    ]  # fmt: skip
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=environment, cwd=configured.BASE_DIR, stdout=out, stderr=out)
        try:
            with Celery(broker=environment["REDIS_URL"], set_as_current=False) as queue:
                yield process, lambda: queue.send_task("funds.tasks.apply_results") and None
        finally:
            process.kill()
            process.wait()


def until(condition: Callable[[], Any], within_s: float = 100) -> Any:
    with time_machine.travel(MONDAY, tick=True):
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            if result := condition():
                return result
            time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def booked() -> int:
    return BudgetLine.objects.filter(kind="pay").count()


def test_a_killed_worker_loses_and_doubles_nothing_of_a_long_answer(
    office: SimpleNamespace, sent: PaymentFile, tmp_path: Path
) -> None:
    client, page = signed_in(office.payer), f"/funds/files/{sent.pk}/"
    content = answers(sent)

    def upload() -> str:
        given = {"answer": SimpleUploadedFile("answer.csv", content)}
        return text_of(client.post(f"{page}answer/", given, follow=True))

    assert f"已入账 0 / {LINES}" in upload()  # nothing is booked in the request
    with worker(tmp_path / "first.log") as (process, ask):
        ask()
        until(booked)
        again = upload()
        assert "已于" in again
        process.kill()
        process.wait()
    part = booked()
    assert 0 < part < LINES
    check_money()
    assert f"已入账 {part} / {LINES}" in text_of(client.get(page))
    with worker(tmp_path / "second.log") as (_process, ask):
        ask()
        until(lambda: booked() == LINES and not Instalment.objects.filter(state="sent").exists())
    check_money()
    assert BankResult.objects.count() == 1
    assert Budget.objects.get().paid_amount == 100 * LINES
    assert set(Instalment.objects.values_list("state", flat=True)) == {"paid"}
    assert Event.objects.filter(verb="note_paid").count() == LINES
    assert "every 2s" not in text_of(client.get(page))


def test_a_second_answer_while_the_first_is_being_booked_is_told(
    office: SimpleNamespace, sent: PaymentFile
) -> None:
    client, page = signed_in(office.payer), f"/funds/files/{sent.pk}/answer/"
    lines = answers(sent).decode("utf-8-sig").splitlines()
    for part, told in ((lines[:300], "正在入账"), ([lines[0], *lines[300:]], "前一份回执仍在入账")):
        file = SimpleUploadedFile("a.csv", "\n".join(part).encode())
        assert told in text_of(client.post(page, {"answer": file}, follow=True))
    assert BankResult.objects.count() == 2
    assert booked() == 0
