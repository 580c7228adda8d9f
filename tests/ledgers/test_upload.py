"""Bringing ledgers in by browser: upload, preview, confirm, result."""

from __future__ import annotations

import csv
import io
import zipfile
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.ledgers.models import ImportRun, RejectedLine
from portal.park.models import Team
from tests.ledgers.files import MIXED, TEAMS, named, zipped
from tests.pages.test_pages import browser

pytestmark = pytest.mark.django_db
LIST = reverse("ledgers:import_list")
State = ImportRun.State


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "media")},
        },
    }


def uploaded(client: Client, name: str, content: str | bytes) -> ImportRun:
    answer = client.post(LIST, {"file": named(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    run = ImportRun.objects.latest("pk")
    assert answer.headers["Location"] == reverse("ledgers:import_view", args=[run.pk])
    return run


def page(client: Client, run: ImportRun) -> str:
    return client.get(reverse("ledgers:import_view", args=[run.pk])).content.decode()


def confirm(client: Client, run: ImportRun, **more: str) -> ImportRun:
    address = reverse("ledgers:import_confirm", args=[run.pk])
    assert client.post(address, {"digest": run.digest, **more}).status_code == 302
    run.refresh_from_db()
    return run


def test_a_small_file_is_previewed_at_once_and_written_when_confirmed(park: SimpleNamespace) -> None:
    client = browser(park.administrator, "en")
    run = uploaded(client, "teams.csv", TEAMS)
    assert run.state == State.PREVIEW
    assert not Team.objects.filter(code="roads").exists()
    text = page(client, run)
    assert "2 rows would be written" in text
    assert run.counts["teams"] == {"read": 2, "created": 2, "updated": 0, "unchanged": 0, "rejected": 0}
    assert confirm(client, run).state == State.DONE
    assert Team.objects.get(code="roads").name == "道路科"
    assert "2 rows were written" in page(client, run)


def test_who_imported_what_and_when_stays_on_record(park: SimpleNamespace) -> None:
    import hashlib

    client = browser(park.administrator)
    run = confirm(client, uploaded(client, "teams.csv", TEAMS))
    assert run.sha256 == hashlib.sha256(TEAMS.encode()).hexdigest()
    assert (run.uploaded_by, run.confirmed_by) == (park.administrator, park.administrator)
    assert run.uploaded_at <= run.confirmed_at <= run.ended_at  # type: ignore[operator]
    text = page(client, run)
    assert run.sha256 in text
    assert "Administrator" in text


def test_every_rejected_row_is_shown_with_file_row_column_value_and_reason(park: SimpleNamespace) -> None:
    client = browser(park.administrator, "en")
    run = uploaded(client, "teams.csv", MIXED)
    text = page(client, run)
    for part in ("teams.csv", "starship", "kind", "Not one of: station"):
        assert part in text
    assert ">3<" in text


def test_rejected_rows_are_paged(park: SimpleNamespace) -> None:
    client = browser(park.administrator, "en")
    lines = "".join(f"c{n},名,starship\n" for n in range(120))
    run = uploaded(client, "teams.csv", "code,name,kind\n" + lines)
    address = reverse("ledgers:import_view", args=[run.pk])
    assert page(client, run).count("starship") == 50
    last = client.get(f"{address}?page=3").content.decode()
    assert last.count("starship") == 20
    assert "Page 3 of 3" in last
    assert "No row can be taken" in last


def test_nothing_is_written_while_a_row_is_rejected_unless_the_box_is_ticked(park: SimpleNamespace) -> None:
    client = browser(park.administrator, "en")
    run = uploaded(client, "teams.csv", MIXED)
    assert confirm(client, run).state == State.PREVIEW
    assert not Team.objects.filter(code="good").exists()
    assert "Nothing can be written as long as rows are rejected" in page(client, run)
    assert confirm(client, run, good_rows="on").state == State.DONE
    assert Team.objects.filter(code="good").exists()
    assert "1 row was left out" in page(client, run)


def test_the_rejected_rows_come_back_as_a_file_that_can_be_mended_and_uploaded(park: SimpleNamespace) -> None:
    client = browser(park.administrator, "en")
    text = 'code,name,kind\ngood,好,station\nbad,"=HYPERLINK(""x"")",starship\n'
    run = confirm(client, uploaded(client, "teams.csv", text), good_rows="on")
    answer = client.get(reverse("ledgers:import_rejected", args=[run.pk]))
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as archive:  # type: ignore[arg-type]
        given = archive.read("teams.csv").decode("utf-8-sig")
    header, line = csv.reader(io.StringIO(given))
    assert header == ["code", "name", "kind", "_reason"]
    assert line[:3] == ["bad", '\'=HYPERLINK("x")', "starship"]
    assert line[3].startswith("kind: Not one of")
    mended = confirm(client, uploaded(client, "teams.csv", given.replace("starship", "station")))
    assert mended.state == State.DONE
    assert Team.objects.get(code="bad").name == '=HYPERLINK("x")'


def test_a_file_that_changes_nothing_says_so(park: SimpleNamespace) -> None:
    client = browser(park.administrator, "en")
    confirm(client, uploaded(client, "teams.csv", TEAMS))
    run = uploaded(client, "teams.csv", TEAMS)
    assert "There is nothing to write" in page(client, run)
    assert confirm(client, run).state == State.PREVIEW


def test_a_file_that_cannot_be_read_is_never_confirmed(park: SimpleNamespace) -> None:
    client = browser(park.administrator, "en")
    run = uploaded(client, "park.zip", zipped(teams=TEAMS, cats="code\n1\n"))
    text = page(client, run)
    assert "This file cannot be taken" in text
    assert "There is no ledger called “cats”" in text
    assert confirm(client, run, good_rows="on").state == State.PREVIEW
    assert not Team.objects.filter(code="roads").exists()


def test_data_that_changed_since_the_preview_ends_the_import_with_nothing_written(
    park: SimpleNamespace,
) -> None:
    client = browser(park.administrator, "en")
    run = uploaded(client, "teams.csv", TEAMS)
    Team.objects.create(code="roads", name="又一个", kind="department")
    assert confirm(client, run).state == State.STALE
    assert not Team.objects.filter(code="jinrong2").exists()
    assert "The data in the portal has changed since the preview" in page(client, run)
    client.post(reverse("ledgers:import_again", args=[run.pk]))
    run.refresh_from_db()
    assert (run.state, run.counts["teams"]["updated"]) == (State.PREVIEW, 1)
    assert confirm(client, run).state == State.DONE


def test_a_change_that_does_not_matter_does_not_end_the_import(park: SimpleNamespace) -> None:
    client = browser(park.administrator)
    run = uploaded(client, "teams.csv", TEAMS)
    Team.objects.create(code="elsewhere", name="别处", kind="department")
    assert confirm(client, run).state == State.DONE


def test_only_the_previewed_file_and_preview_can_be_confirmed(park: SimpleNamespace, tmp_path: Any) -> None:
    client = browser(park.administrator, "en")
    run = uploaded(client, "teams.csv", TEAMS)
    client.post(reverse("ledgers:import_confirm", args=[run.pk]), {"digest": "0" * 32})
    assert "no longer the latest" in page(client, run)
    (tmp_path / "media" / run.stored_name).write_text("code,name,kind\nother,别的,station\n")
    client.post(reverse("ledgers:import_confirm", args=[run.pk]), {"digest": run.digest})
    run.refresh_from_db()
    assert run.state == State.FAILED
    assert "not the one that was uploaded" in page(client, run)
    assert not Team.objects.filter(code="other").exists()


def test_one_import_at_a_time_and_the_other_person_is_named(park: SimpleNamespace) -> None:
    ImportRun.objects.create(
        uploaded_by=park.administrator, uploaded_at="2026-11-16T09:00Z", since_at="2026-11-16T09:00Z",
        file_name="big.zip", size_bytes=1, sha256="0" * 64, state=State.QUEUED, language="en",
    )  # fmt: skip
    client = browser(park.administrator, "en")
    answer = client.post(LIST, {"file": named("teams.csv", TEAMS)})
    assert answer.status_code == 422
    assert "Another import is under way: “big.zip” of Administrator" in answer.content.decode()
    assert ImportRun.objects.count() == 1


def test_a_waiting_import_is_cancelled_at_once(park: SimpleNamespace) -> None:
    client = browser(park.administrator, "en")
    run = uploaded(client, "teams.csv", TEAMS)
    client.post(reverse("ledgers:import_cancel", args=[run.pk]))
    run.refresh_from_db()
    assert (run.state, run.cancel_asked_by) == (State.CANCELLED, park.administrator)
    assert "This import was cancelled" in page(client, run)
    assert confirm(client, run).state == State.CANCELLED
    client.post(reverse("ledgers:import_cancel", args=[run.pk]))
    assert "has ended already" in page(client, run)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("teams.xls", b"\xd0\xcf\x11\xe0", "old .xls format"),
        ("teams.docx", b"x", "Only .csv, .zip and .xlsx"),
        ("teams.csv", b"", "empty"),
    ],
)
def test_a_wrong_kind_of_file_is_refused_in_the_form(
    park: SimpleNamespace, name: str, content: bytes, words: str
) -> None:
    answer = browser(park.administrator, "en").post(LIST, {"file": named(name, content)})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_a_file_beyond_the_limit_is_refused(park: SimpleNamespace, settings: Any) -> None:
    settings.LEDGER_MAX_BYTES = 10
    answer = browser(park.administrator, "en").post(LIST, {"file": named("teams.csv", TEAMS)})
    assert "larger than" in answer.content.decode()


def test_only_administrators_bring_ledgers_in(park: SimpleNamespace) -> None:
    run = uploaded(browser(park.administrator), "teams.csv", TEAMS)
    for outsider in (park.owner, park.handler, park.leader, park.supervisor, park.auditor):
        client = browser(outsider)
        assert client.get(LIST).status_code == 403
        assert client.post(LIST, {"file": named("teams.csv", TEAMS)}).status_code == 403
        for name in ("import_view", "import_progress", "import_rejected"):
            assert client.get(reverse(f"ledgers:{name}", args=[run.pk])).status_code == 403
        for name in ("import_confirm", "import_cancel", "import_again"):
            answer = client.post(reverse(f"ledgers:{name}", args=[run.pk]), {"digest": run.digest})
            assert answer.status_code == 403
    assert Client().get(LIST).status_code == 302


def test_old_files_and_rejected_rows_go_and_the_record_stays(park: SimpleNamespace) -> None:
    from datetime import timedelta

    from django.core.files.storage import default_storage

    from portal.ledgers.keeping import tidy

    run = uploaded(browser(park.administrator), "teams.csv", MIXED)
    assert tidy() == 0
    ImportRun.objects.update(since_at=run.since_at - timedelta(days=31))
    assert tidy() == 1
    assert not default_storage.exists(run.stored_name)
    assert not RejectedLine.objects.exists()
    run.refresh_from_db()
    assert (run.stored_name, run.sha256 != "") == ("", True)
    client = browser(park.administrator, "en")
    assert client.get(reverse("ledgers:import_rejected", args=[run.pk])).status_code == 404
