"""Large files go to the worker: progress, cancel, a killed worker. Seen from a second connection."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from portal.ledgers import control, importing, running, runs
from portal.ledgers.models import ImportRun
from portal.park.models import MonthlyIndicator, Team
from tests.ledgers.files import named
from tests.pages.test_pages import browser
from tests.people import make_park

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
LIST = reverse("ledgers:import_list")
State = ImportRun.State
# Few rows, but long ones: a file that is the worker's, in several batches of a hundred.
BATCH, LINES = 100, 500
TEAMS = "code,name,kind,name_en,industry\n" + "".join(
    f"t{n},{'队' * 70}{n},department,{'t' * 110},{'业' * 60}\n" for n in range(LINES)
)
assert len(TEAMS.encode()) > runs.AT_ONCE_BYTES


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", BATCH)


@pytest.fixture
def park(filled_calendar: None) -> SimpleNamespace:
    return make_park()


@pytest.fixture
def sent(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Messages to the worker, which here nobody takes but the test."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "media")},
        },
    }
    kept: list[tuple[int, int]] = []
    monkeypatch.setattr(runs, "send", lambda run: kept.append((run.pk, run.attempt)))
    return kept


def uploaded(client: Client, content: str = TEAMS, name: str = "teams.csv") -> ImportRun:
    client.post(LIST, {"file": named(name, content)})
    return ImportRun.objects.latest("pk")


def page(client: Client, run: ImportRun, name: str = "import_view") -> str:
    return client.get(reverse(f"ledgers:{name}", args=[run.pk])).content.decode()


def confirmed(client: Client, run: ImportRun) -> ImportRun:
    run.refresh_from_db()
    client.post(reverse("ledgers:import_confirm", args=[run.pk]), {"digest": run.digest})
    run.refresh_from_db()
    return run


@contextmanager
def working(pk: int, attempt: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A worker in a thread that waits after its first batch until the test says "go on"."""
    reached, go_on = threading.Event(), threading.Event()
    told = control.Control.tell

    def tell(self: control.Control, *given: Any) -> None:
        self.told_at = 0.0
        told(self, *given)
        if given[1]:
            reached.set()
            assert go_on.wait(60)

    monkeypatch.setattr(control.Control, "tell", tell)

    def work() -> None:
        running.work_on(pk, attempt)
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    assert reached.wait(60)
    yield go_on
    go_on.set()
    thread.join(60)
    monkeypatch.setattr(control.Control, "tell", told)


def test_a_large_file_is_checked_and_written_by_the_worker(
    park: SimpleNamespace, sent: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(park.administrator, "en")
    run = uploaded(client)
    assert (run.state, sent) == (State.QUEUED, [(run.pk, 1)])
    assert "waiting to be checked" in page(client, run)
    with working(*sent[0], monkeypatch):
        assert "being checked" in page(client, run)
        bar = page(client, run, "import_progress")
        assert 'hx-trigger="every 1s"' in bar
        assert 'max="100"' in bar
    answer = client.get(reverse("ledgers:import_progress", args=[run.pk]))
    assert answer.headers["HX-Refresh"] == "true"
    run = confirmed(client, run)
    assert (run.state, sent[-1]) == (State.CONFIRMED, (run.pk, 2))
    assert not Team.objects.filter(code="t1").exists()
    running.work_on(*sent[-1])
    run.refresh_from_db()
    assert run.state == State.DONE
    assert Team.objects.filter(code__startswith="t", kind="department").count() == LINES


def test_a_message_that_comes_twice_does_its_work_once(
    park: SimpleNamespace, sent: list[tuple[int, int]]
) -> None:
    run = uploaded(browser(park.administrator))
    running.work_on(*sent[0])
    run.refresh_from_db()
    checked_at = run.checked_at
    running.work_on(*sent[0])
    run.refresh_from_db()
    assert (run.state, run.checked_at) == (State.PREVIEW, checked_at)


@pytest.mark.parametrize("writing", [False, True])
def test_a_cancelled_import_stops_with_nothing_written(
    park: SimpleNamespace, sent: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch, writing: bool
) -> None:
    client = browser(park.administrator, "en")
    run = uploaded(client)
    if writing:
        running.work_on(*sent[0])
        run = confirmed(client, run)
    with working(*sent[-1], monkeypatch):
        client.post(reverse("ledgers:import_cancel", args=[run.pk]))
        assert "It is being stopped" in page(client, run)
    run.refresh_from_db()
    assert (run.state, run.active, run.cancel_asked_by) == (State.CANCELLED, False, park.administrator)
    assert not Team.objects.filter(code__startswith="t1").exists()


def test_nothing_else_is_imported_meanwhile(
    park: SimpleNamespace, sent: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(park.administrator, "en")
    run = uploaded(client)
    with working(*sent[0], monkeypatch):
        answer = client.post(LIST, {"file": named("other.csv", TEAMS)})
        assert "Another import is under way: “teams.csv” of Administrator" in answer.content.decode()
        running.work_on(*sent[0])  # a second worker with the same message leaves it alone
        run.refresh_from_db()
        assert run.state == State.CHECKING
    assert ImportRun.objects.count() == 1


def test_a_lost_message_is_sent_again(park: SimpleNamespace, sent: list[tuple[int, int]]) -> None:
    run = uploaded(browser(park.administrator))
    assert runs.watch() == 0
    ImportRun.objects.update(since_at=run.since_at - runs.STUCK_AFTER * 2)
    assert runs.watch() == 1
    assert sent == [(run.pk, 1)] * 2
    client = browser(park.administrator, "en")
    assert "Start again" in page(client, run)
    client.post(reverse("ledgers:import_again", args=[run.pk]))
    assert sent[-1] == (run.pk, 2)
    running.work_on(run.pk, 1)
    run.refresh_from_db()
    assert run.state == State.QUEUED


def until(condition: Callable[[], Any], within_s: float = 60) -> Any:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if result := condition():
            return result
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


# After its second batch the worker stands still, until it is killed.
HANGING = """
import django, threading
django.setup()
from portal.ledgers import control, importing, running
importing.BATCH = {batch}
tell, batches = control.Control.tell, []
def told(self, *given):
    self.told_at = 0.0
    tell(self, *given)
    batches.append(given[1])
    if len(batches) > 2:
        threading.Event().wait()
control.Control.tell = told
running.work_on({pk}, {attempt})
"""


def worker_process(pk: int, attempt: int, media: Path) -> subprocess.Popen[bytes]:
    """A process of its own that takes the message, on the test database."""
    database = connection.settings_dict
    login = f"{database['USER']}:{database['PASSWORD']}" if database["PASSWORD"] else database["USER"]
    url = f"postgres://{login}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    code = HANGING.format(pk=pk, attempt=attempt, batch=BATCH)
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "MEDIA_ROOT": str(media),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }
    return subprocess.Popen([sys.executable, "-c", code], env=environment, cwd=configured.BASE_DIR)


@pytest.mark.parametrize("writing", [False, True])
def test_a_killed_worker_leaves_nothing_half_written_and_the_import_starts_again(
    park: SimpleNamespace, sent: list[tuple[int, int]], tmp_path: Path, writing: bool
) -> None:
    client = browser(park.administrator, "en")
    run = uploaded(client)
    if writing:
        running.work_on(*sent[0])
        confirmed(client, run)
    process = worker_process(*sent[-1], tmp_path / "media")
    try:
        under_way = ImportRun.objects.filter(pk=run.pk, done_bytes__gt=0, state__in=ImportRun.WORKING)
        until(under_way.exists)
    finally:
        process.kill()
        process.wait()
    until(lambda: "The import broke off" in page(client, run))
    assert not Team.objects.filter(code__startswith="t1").exists()
    client.post(reverse("ledgers:import_again", args=[run.pk]))
    running.work_on(*sent[-1])
    run = confirmed(client, run)
    running.work_on(*sent[-1])
    run.refresh_from_db()
    assert run.state == State.DONE
    assert Team.objects.filter(code__startswith="t", kind="department").count() == LINES


def test_a_broken_off_import_does_not_keep_others_waiting(
    park: SimpleNamespace, sent: list[tuple[int, int]]
) -> None:
    client = browser(park.administrator, "en")
    run = uploaded(client)
    ImportRun.objects.filter(pk=run.pk).update(state=State.CHECKING)
    assert "The import broke off" in page(client, run)
    assert uploaded(client, "code,name,kind\nx,新,station\n").state == State.PREVIEW
    run.refresh_from_db()
    assert (run.state, run.active) == (State.BROKEN, False)


def test_monthly_indicators_are_found_updated_and_kept_in_history(
    park: SimpleNamespace, tmp_path: Path
) -> None:
    head = "uscc,month,output_amount,tax_amount,employees\n"
    path = tmp_path / "monthly_indicators.csv"
    path.write_text(head + f"{park.ours.uscc},2024-01,100,10,5\n{park.ours.uscc},2024-02,200.5,20,\n")
    assert importing.import_path(path).counts["monthly_indicators"].created == 2
    path.write_text(head + f"{park.ours.uscc},2024-02,300,20,\n{park.theirs.uscc},2024-02,1,1,1\n")
    count = importing.import_path(path).counts["monthly_indicators"]
    assert (count.created, count.updated) == (1, 1)
    row = MonthlyIndicator.objects.get(enterprise=park.ours, month="2024-02-01")
    assert (str(row.output_amount), row.employees) == ("300.00", None)
    history = list(
        MonthlyIndicator.pgh_event_models["before_update"].objects.values_list("output_amount", flat=True)
    )
    assert [str(amount) for amount in history] == ["200.50"]
