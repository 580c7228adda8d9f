"""No file is left without its row: removed with a transaction that fails, else by night; never one too many."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from celery.schedules import crontab
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, connections, transaction
from django.urls import reverse

from portal import files
from portal.cases import engine, papers
from portal.cases.models import Document
from portal.cases.papers import orphans
from portal.cases.tasks import remove_unnamed_files
from portal.jobs.models import JobRun
from portal.schedule import BEAT_SCHEDULE
from tests.api.conftest import program
from tests.pages.test_pages import PDF, browser
from tests.people import MONDAY, accept, actor, file_request, make_park

pytestmark = pytest.mark.django_db
LONG_AGO = MONDAY - timedelta(days=2)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    place = tmp_path / "media"
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": backend, "OPTIONS": {"location": str(place)}},
    }
    return place


def store(park: SimpleNamespace, mark: bytes = b"") -> Document:
    upload = SimpleUploadedFile("执照.pdf", PDF + mark)
    return papers.store(upload, by=park.owner, now=MONDAY, enterprise=park.ours)


def stored(media: Path) -> list[Path]:
    return sorted(path for path in media.rglob("*") if path.is_file())


def make_old(media: Path) -> None:
    for path in stored(media):
        os.utime(path, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))


def leave_behind(media: Path, digest: str = "ab" * 32, name: str = "-0123abcd") -> Path:
    """A file as a killed process leaves it."""
    path = media / "documents" / digest[:2] / f"{digest}{name}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(PDF)
    make_old(media)
    return path


@contextmanager
def refusing(table: str, when: str) -> Iterator[None]:
    """The database itself says no to writing these rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'poisoned'; END $$; "
            f"CREATE TRIGGER poison BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION poison()"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION poison() CASCADE")


# With the transaction ----------------------------------------------------------------------------


def test_an_upload_that_fails_leaves_no_file(park: SimpleNamespace, media: Path) -> None:
    with refusing("cases_document", "INSERT"), pytest.raises(DatabaseError, match="poisoned"):
        store(park)
    assert stored(media) == []
    assert store(park).file.read() == PDF


def test_a_program_whose_upload_is_taken_back_leaves_no_file(park: SimpleNamespace, media: Path) -> None:
    """With a key, the upload is one transaction with its answer."""
    mine = program(park.owner)
    sent = {"file": SimpleUploadedFile("执照.pdf", PDF)}
    with refusing("api_keptanswer", "UPDATE"), pytest.raises(DatabaseError, match="poisoned"):
        mine.send("documents/", sent, Idempotency_Key="u-1")
    assert not Document.objects.exists()
    assert stored(media) == []
    sent = {"file": SimpleUploadedFile("执照.pdf", PDF)}
    assert mine.send("documents/", sent, Idempotency_Key="u-1").status_code == 201
    assert len(stored(media)) == 1


def test_a_letter_that_is_not_issued_leaves_no_file(park: SimpleNamespace, media: Path) -> None:
    case = accept(park, file_request(park), MONDAY)
    with refusing("cases_issuedletter", "INSERT"), pytest.raises(DatabaseError, match="poisoned"):
        engine.issue_letter(case, "acceptance", by=actor(park.steward), now=MONDAY)
    assert stored(media) == []
    engine.issue_letter(case, "acceptance", by=actor(park.steward), now=MONDAY)
    assert len(stored(media)) == 2


def test_the_file_of_an_inner_step_goes_with_the_step_that_fails_around_it(
    park: SimpleNamespace, media: Path
) -> None:
    kept = store(park, b"%1")
    with pytest.raises(LookupError):
        store_and_fail(park, b"%2")
    assert [path.name for path in stored(media)] == [Path(kept.file.name or "").name]
    with files.atomic():
        with suppress(LookupError):
            store_and_fail(park, b"%3")
        last = store(park, b"%4")
    assert len(stored(media)) == 2
    assert last.file.read() == PDF + b"%4"


def store_and_fail(park: SimpleNamespace, mark: bytes) -> None:
    with files.atomic():
        store(park, mark)
        raise LookupError


def test_a_file_is_not_stored_outside_of_a_transaction_that_minds_it(park: SimpleNamespace) -> None:
    document = Document(enterprise=park.ours, sha256="0" * 64)
    with pytest.raises(RuntimeError, match=r"portal\.files\.atomic"), transaction.atomic():
        papers.put(document, SimpleUploadedFile("a.pdf", PDF))


# By night ----------------------------------------------------------------------------------------


@time_machine.travel(MONDAY, tick=False)
def test_the_nightly_job_removes_what_no_row_names_and_says_how_much(
    park: SimpleNamespace, media: Path
) -> None:
    kept = store(park)
    lost = [
        leave_behind(media),
        leave_behind(media, "cd" * 32),
        leave_behind(media, "cd" * 32, "-99999999_x"),
    ]
    ledger = media / "ledgers" / "x.csv"
    ledger.parent.mkdir()
    foreign = [ledger, media / "documents" / "ab" / "README", media / "documents" / "note.txt"]
    for path in foreign:
        path.write_text("not ours")
    make_old(media)
    young = leave_behind(media, "ef" * 32)
    os.utime(young, (MONDAY.timestamp() - 3600, MONDAY.timestamp() - 3600))
    assert remove_unnamed_files() == len(lost)
    assert not any(path.exists() for path in lost)
    assert all(path.exists() for path in (*foreign, young))
    assert kept.file.read() == PDF
    assert remove_unnamed_files() == 0
    assert BEAT_SCHEDULE["cases.unnamed_files"]["task"] == remove_unnamed_files.name
    schedule = BEAT_SCHEDULE["cases.unnamed_files"]["schedule"]
    assert isinstance(schedule, crontab)
    assert len(schedule.minute) == len(schedule.hour) == 1
    assert JobRun.objects.get(name="cases.unnamed_files").rows == 0
    page = browser(park.administrator, "en").get(reverse("administration:jobs")).content.decode()
    assert "Removal of stored files that belong to no paper" in page


def test_an_empty_store_has_nothing_to_remove(park: SimpleNamespace) -> None:
    assert orphans.remove(MONDAY) == 0


def test_many_are_removed_slice_by_slice_by_few_statements(
    park: SimpleNamespace, media: Path, django_assert_max_num_queries: Any
) -> None:
    lost = [leave_behind(media, "ab" * 32, f"-{n:08x}") for n in range(120)]
    for n in range(40):
        Document.objects.create(
            enterprise=park.ours, title="x", original_name="x", content_type="application/pdf", size_bytes=1,
            sha256="ab" * 32, sent_sha256=f"{n:064}", uploaded_by=park.owner, uploaded_at=MONDAY,
            file=str(lost[n].relative_to(media)),
        )  # fmt: skip
    with django_assert_max_num_queries(10):
        assert orphans.remove(MONDAY) == 80
    assert stored(media) == sorted(lost[:40])


def test_a_night_that_is_too_short_begins_elsewhere_the_next_time(
    park: SimpleNamespace, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(16):
        leave_behind(media, f"{n:02x}" * 32)
    monkeypatch.setattr(orphans, "RUN_S", -1.0)
    assert orphans.remove(MONDAY) == 0
    firsts = {orphans._folders(MONDAY + timedelta(days=day))[0] for day in range(120)}
    assert len(firsts) == 16


@time_machine.travel(MONDAY, tick=False)
def test_a_store_of_another_database_is_left_alone(park: SimpleNamespace, media: Path) -> None:
    store(park)
    for n in range(orphans.STRAY + 2):
        leave_behind(media, "ab" * 32, f"-{n:08x}")
    with pytest.raises(orphans.WrongStore, match="52 files have no row and 1 have one"):
        remove_unnamed_files()
    assert len(stored(media)) == orphans.STRAY + 3
    assert "nothing was removed" in JobRun.objects.get(name="cases.unnamed_files").error


# At the same moment ------------------------------------------------------------------------------


class Storing(threading.Thread):
    """Somebody whose upload is stored and not yet committed; `end` says how it ends."""

    def __init__(self, park: SimpleNamespace) -> None:
        super().__init__()
        self.park, self.commits = park, True
        self.is_stored, self.may_end = threading.Event(), threading.Event()
        self.start()
        assert self.is_stored.wait(20)

    def run(self) -> None:
        try:
            with transaction.atomic():
                store(self.park)
                self.is_stored.set()
                self.may_end.wait(20)
                transaction.set_rollback(not self.commits)
        finally:
            connections.close_all()

    def end(self, *, commits: bool) -> None:
        self.commits = commits
        self.may_end.set()
        self.join(20)


@pytest.mark.django_db(transaction=True)
def test_a_file_whose_row_is_just_being_committed_stays(filled_calendar: None, media: Path) -> None:
    """However old it is: the transaction may have waited for long."""
    park = make_park()
    upload = Storing(park)
    make_old(media)
    assert orphans.remove(MONDAY) == 0
    assert len(stored(media)) == 1
    upload.end(commits=True)
    assert orphans.remove(MONDAY) == 0
    assert Document.objects.get().file.read() == PDF


@pytest.mark.django_db(transaction=True)
def test_a_file_whose_row_was_never_committed_goes_and_the_next_upload_has_its_own(
    filled_calendar: None, media: Path
) -> None:
    park = make_park()
    upload = Storing(park)
    make_old(media)
    upload.end(commits=False)
    assert len(stored(media)) == 1
    again = store(park)
    assert orphans.remove(MONDAY) == 1
    assert [path.name for path in stored(media)] == [Path(again.file.name or "").name]
    assert store(park).pk == again.pk
    assert again.file.read() == PDF


@pytest.mark.django_db(transaction=True)
def test_who_sends_the_same_file_while_it_is_stored_and_swept_finds_it_once(
    filled_calendar: None, media: Path
) -> None:
    park = make_park()
    for commits in (False, True):
        first = Storing(park)
        make_old(media)
        found: list[Any] = []

        def send(into: list[Any] = found) -> None:
            try:
                into.append(store(park))
            finally:
                connections.close_all()

        second = threading.Thread(target=send)
        second.start()
        swept = orphans.remove(MONDAY)
        first.end(commits=commits)
        second.join(20)
        assert swept == 0
        document = Document.objects.get()
        assert document == found[0]
        assert document.file.read() == PDF
        make_old(media)
        orphans.remove(MONDAY)
        assert [path.name for path in stored(media)] == [Path(document.file.name or "").name]
        Document.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_whoever_stores_a_content_that_is_being_removed_waits_and_keeps_the_own_file(
    filled_calendar: None, media: Path
) -> None:
    park = make_park()
    lost = store(park)
    digest = lost.sha256
    Document.objects.all().delete()
    make_old(media)

    def send() -> None:
        try:
            store(park)
        finally:
            connections.close_all()

    with transaction.atomic():
        assert orphans._remove([lost.file.name or ""]) == 1
        upload = threading.Thread(target=send)
        upload.start()
        while not waiting_for_lock():
            assert upload.is_alive(), "it did not wait"
    upload.join(20)
    assert Document.objects.get().sha256 == digest
    assert Document.objects.get().file.read() == PDF


def waiting_for_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND classid = %s",
            [orphans.LOCK],
        )
        return bool(cursor.fetchone()[0])
