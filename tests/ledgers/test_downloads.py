"""Taking ledgers out by browser, and the empty forms."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from portal.cases import engine
from portal.ledgers import exports, runs
from portal.ledgers.declaration import LEDGERS
from portal.ledgers.importing import import_path
from portal.ledgers.models import ExportRun
from portal.park.models import Enterprise, MonthlyIndicator, Team
from stations.models import ServiceEvent
from tests.ledgers.files import named
from tests.pages.test_pages import browser
from tests.people import actor, at, file_request, handled

pytestmark = pytest.mark.django_db
ASK = reverse("ledgers:export_ask")
State = ExportRun.State


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "media")},
        },
    }


def body(answer: Any) -> bytes:
    assert answer.status_code == 200, answer
    return b"".join(answer.streaming_content)


def taken(client: Client, *ledgers: str, form: str = "csv", headers: str = "keys") -> bytes:
    return body(client.post(ASK, {"ledgers": ledgers, "form": form, "headers": headers}))


def rows(content: bytes, ledger: str) -> list[list[str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return list(csv.reader(io.StringIO(archive.read(f"{ledger}.csv").decode("utf-8-sig"), newline="")))


def test_every_ledger_comes_out_as_a_zip_that_can_be_brought_in_again(
    park: SimpleNamespace, tmp_path: Path
) -> None:
    MonthlyIndicator.objects.create(
        enterprise=park.ours, month="2024-09-01", output_amount="12.50", tax_amount=1
    )
    ServiceEvent.objects.create(
        number="E1", kind="salon", title="沙龙", held_on="2024-05-06", station=park.stations["jinrong"]
    )
    content = taken(browser(park.administrator), *LEDGERS)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert set(archive.namelist()) == {f"{key}.csv" for key in LEDGERS}
    assert rows(content, "monthly_indicators")[1] == [park.ours.uscc, "2024-09", "12.5", "1", "", "", "", ""]
    assert rows(content, "events")[1] == ["E1", "salon", "沙龙", "2024-05-06", "jinrong", ""]
    path = tmp_path / "all.zip"
    path.write_bytes(content)
    report = import_path(path)
    assert report.problems == []
    assert sum(count.created + count.updated for count in report.counts.values()) == 0


@pytest.mark.parametrize("headers", ["keys", "labels"])
def test_a_workbook_keeps_numbers_as_numbers_and_texts_as_texts(
    park: SimpleNamespace, tmp_path: Path, headers: str
) -> None:
    Enterprise.objects.filter(pk=park.ours.pk).update(name="=1+1", settled_on="2024-05-06")
    MonthlyIndicator.objects.create(
        enterprise=park.ours, month="2024-09-01", output_amount="12.50", tax_amount=1
    )
    content = taken(
        browser(park.administrator), "enterprises", "monthly_indicators", form="xlsx", headers=headers
    )
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["企业月报"]
    assert sheet["A1"].value == ("uscc" if headers == "keys" else "统一社会信用代码")
    assert [cell.value for cell in sheet[2]][:4] == [park.ours.uscc, "2024-09", 12.5, 1]
    names = {cell.value: cell.data_type for cell in book["企业"]["B"]}
    assert names["=1+1"] == "s"
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    report = import_path(path)
    assert (report.problems, sum(c.updated for c in report.counts.values())) == ([], 0)


FORMULAS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1",
    "'=1",
    "''=1",
    "-5",
    "+86",
    "普通",
]


def test_no_cell_of_a_csv_runs_as_a_formula_and_every_text_comes_back(
    park: SimpleNamespace, tmp_path: Path
) -> None:
    Team.objects.bulk_create(
        Team(code=f"f{n}", name=text, kind="department") for n, text in enumerate(FORMULAS)
    )
    content = taken(browser(park.administrator), "teams")
    shown = {row[0]: row[1] for row in rows(content, "teams")}
    for n, text in enumerate(FORMULAS):
        plain = text in ("-5", "+86", "普通")
        assert shown[f"f{n}"] == (text if plain else "'" + text)
    path = tmp_path / "teams.zip"
    path.write_bytes(content)
    assert import_path(path).counts["teams"].updated == 2  # cells lose outer blanks: the tab and the return
    Team.objects.filter(code__startswith="f").update(name="别的")
    import_path(path)
    names = dict(Team.objects.filter(code__startswith="f").values_list("code", "name"))
    assert names == {f"f{n}": text.strip() for n, text in enumerate(FORMULAS)}


def test_sealed_requests_leave_only_with_those_who_may_see_them(park: SimpleNamespace) -> None:
    open_case = handled(park)
    sealed = file_request(
        park, category="conduct", title="作风投诉", accused_team=park.team["development"].pk
    )
    assert sealed.sealed
    for person, seen in (
        (park.administrator, {open_case.number}),
        (park.auditor, {open_case.number}),
        (park.leader, {open_case.number}),
        (park.inspector, {sealed.number}),
    ):
        found = {row[0] for row in rows(taken(browser(person), "requests"), "requests")[1:]}
        assert found == seen, person


def test_pauses_of_sealed_cases_and_running_ones_stay_here(park: SimpleNamespace) -> None:
    case = handled(park)
    given = {
        "reason": "supplement",
        "basis": "补正",
        "planned_days": 3,
        "notice": "请补充",
        "missing": "图纸",
    }
    engine.pause(case, by=actor(park.head), data=given, now=at("2026-11-17 09:00"))
    running_one = rows(taken(browser(park.auditor), "pauses"), "pauses")
    assert len(running_one) == 1
    engine.resume(case, by=actor(park.head), now=at("2026-11-19 09:00"))
    client = browser(park.auditor)
    assert rows(taken(client, "pauses"), "pauses")[1][1:3] == ["2026-11-17", "2026-11-18"]
    type(case).objects.filter(pk=case.pk).update(sealed=True)
    assert len(rows(taken(client, "pauses"), "pauses")) == 1


def test_each_duty_takes_out_what_it_reads(park: SimpleNamespace) -> None:
    common = {
        "teams", "stations", "enterprises", "events", "requests", "pauses", "service_items", "windows",
        "parcels", "projects", "permits", "policies", "claims", "leads", "envoys", "targets", "awards",
        "partnerships", "activities",
    }  # fmt: skip
    for person, expected in (
        (park.administrator, set(LEDGERS)),
        (park.auditor, set(LEDGERS)),
        (park.leader, set(LEDGERS)),
        (park.supervisor, common),
        (park.inspector, {"requests", "pauses"}),
    ):
        client = browser(person)
        page = client.get(ASK).content.decode()
        assert {key for key in LEDGERS if f'value="{key}"' in page} == expected
        hidden = set(LEDGERS) - expected
        for key in hidden:
            assert client.post(ASK, {"ledgers": [key], "form": "csv", "headers": "keys"}).status_code == 422
            assert client.get(reverse("ledgers:blank_file", args=[key, "csv"])).status_code == 404
    for outsider in (park.owner, park.handler, park.head):
        assert browser(outsider).get(ASK).status_code == 403
        assert browser(outsider).get(reverse("ledgers:blank_list")).status_code == 403


def test_every_export_is_on_record(park: SimpleNamespace) -> None:
    import hashlib

    content = taken(browser(park.auditor), "teams", "enterprises")
    run = ExportRun.objects.get()
    assert (run.asked_by, run.state, run.ledgers) == (park.auditor, State.DONE, ["teams", "enterprises"])
    assert (run.sha256, run.size_bytes) == (hashlib.sha256(content).hexdigest(), len(content))
    assert run.rows == Team.objects.count() + 2
    for person, status in ((park.auditor, 200), (park.administrator, 200), (park.leader, 404)):
        answer = browser(person).get(reverse("ledgers:export_view", args=[run.pk]))
        assert answer.status_code == status


def test_a_ledger_that_a_workbook_cannot_hold_is_said(
    park: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.ledgers.exporting.SHEET_ROWS", 3)
    answer = browser(park.administrator, "en").post(
        ASK, {"ledgers": ["teams"], "form": "xlsx", "headers": "keys"}
    )
    assert answer.status_code == 422
    assert "more rows than a workbook holds" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_large_export_is_made_by_the_worker(filled_calendar: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.people import make_park

    park = make_park()
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(exports, "AT_ONCE_ROWS", 3)
    monkeypatch.setattr(exports, "send", lambda run: sent.append((run.pk, run.attempt)))
    client = browser(park.auditor, "en")
    answer = client.post(ASK, {"ledgers": ["teams"], "form": "csv", "headers": "keys"}, follow=True)
    assert "waiting" in answer.content.decode()
    run = ExportRun.objects.get()
    file = reverse("ledgers:export_file", args=[run.pk])
    assert client.get(file).status_code == 404
    assert (
        'hx-trigger="every 1s"'
        in client.get(reverse("ledgers:export_progress", args=[run.pk])).content.decode()
    )
    exports.work_on(*sent[0])
    exports.work_on(*sent[0])
    assert "Download the file" in client.get(reverse("ledgers:export_view", args=[run.pk])).content.decode()
    assert len(rows(body(client.get(file)), "teams")) == Team.objects.count() + 1
    assert browser(park.administrator).get(file).status_code == 404
    ExportRun.objects.update(state=State.WORKING)
    assert "broken off" in client.get(reverse("ledgers:export_view", args=[run.pk])).content.decode()
    assert exports.watch() == 1
    run.refresh_from_db()
    assert run.state == State.BROKEN


# Empty forms -------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_column_is_explained(park: SimpleNamespace, language: str) -> None:
    page = browser(park.administrator, language).get(reverse("ledgers:blank_list")).content.decode()
    with translation.override(language):
        for ledger in LEDGERS.values():
            assert str(ledger.note) in page
            for column in ledger.columns:
                assert column.zh in page
                assert str(column.note), (ledger.key, column.key)
                assert column.example or column.parser.example, (ledger.key, column.key)


def test_every_example_is_one_that_the_importer_takes() -> None:
    for ledger in LEDGERS.values():
        for column in ledger.columns:
            column.parser.parse(column.example or column.parser.example)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("headers", ["keys", "labels"])
def test_all_empty_forms_together_can_be_uploaded_as_they_are(
    park: SimpleNamespace, tmp_path: Path, form: str, headers: str
) -> None:
    client = browser(park.administrator)
    answer = client.get(reverse("ledgers:blank_file", args=["all", form]) + f"?headers={headers}")
    path = tmp_path / f"all.{'xlsx' if form == 'xlsx' else 'zip'}"
    path.write_bytes(body(answer))
    report = import_path(path)
    assert report.problems == []
    assert set(report.counts) == set(LEDGERS)


def test_an_empty_workbook_has_notes_comments_and_lists_of_values(park: SimpleNamespace) -> None:
    client = browser(park.administrator, "en")
    answer = client.get(reverse("ledgers:blank_file", args=["events", "xlsx"]) + "?headers=labels")
    book = openpyxl.load_workbook(io.BytesIO(body(answer)))
    assert book.sheetnames == ["活动", "Notes"]
    assert [cell.value for cell in book["活动"][1]][:3] == ["编号", "类型", "标题"]
    comment = book["活动"]["D1"].comment
    assert comment is not None
    assert "YYYY-MM-DD" in comment.text
    assert "主题沙龙" in str(book["活动"].data_validations.dataValidation[0].formula1)
    notes = [[cell.value for cell in row] for row in book["Notes"].iter_rows()]
    assert notes[2][:4] == ["events", "kind", "类型", "What kind of event it was"]
    assert "salon = 主题沙龙" in str(notes[2][5])


def test_a_filled_form_comes_in(park: SimpleNamespace) -> None:
    client = browser(park.administrator, "en")
    answer = client.get(reverse("ledgers:blank_file", args=["events", "xlsx"]) + "?headers=labels")
    book = openpyxl.load_workbook(io.BytesIO(body(answer)))
    book["活动"].append(["E9", "主题沙龙", "示范沙龙", "2024-05-06", "jinrong", 30])
    out = io.BytesIO()
    book.save(out)
    client.post(reverse("ledgers:import_list"), {"file": named("filled.xlsx", out.getvalue())})
    run = runs.ImportRun.objects.get()
    client.post(reverse("ledgers:import_confirm", args=[run.pk]), {"digest": run.digest})
    event = ServiceEvent.objects.get()
    assert (event.kind, event.station, event.attendees) == ("salon", park.stations["jinrong"], 30)


def test_an_unknown_form_is_not_there(park: SimpleNamespace) -> None:
    assert (
        browser(park.administrator).get(reverse("ledgers:blank_file", args=["cats", "csv"])).status_code
        == 404
    )


def test_a_withdrawn_request_with_a_rating_is_rejected(park: SimpleNamespace, tmp_path: Path) -> None:
    path = tmp_path / "requests.csv"
    head = "number,uscc,station_code,category,channel,title,received_at,closed_at,outcome,rating\n"
    path.write_text(
        head + f"R1,{park.ours.uscc},jinrong,policy,web,t,2024-09-26 09:00,2024-09-27 09:00,withdrawn,5\n"
    )
    with translation.override("en"):
        problem = import_path(path).problems[0]
    assert (problem.column, problem.value, problem.reason) == (
        "rating",
        "5",
        "A withdrawn or merged request cannot be rated.",
    )
