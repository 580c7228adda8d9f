"""Figures: many in one statement, split into parts with names, exported whole."""

from __future__ import annotations

import csv
import io
import zipfile
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.cases import engine
from portal.cases.models import Case, StepLog
from portal.park.models import Enterprise
from portal.reports import export, figures, rows
from portal.reports.declaration import INDICATORS, Period
from tests.pages.test_pages import browser
from tests.people import MONDAY, actor, at, closed, filing

pytestmark = pytest.mark.django_db
YEAR = "date_from=2026-01-01&date_to=2026-12-31"
PERIOD = Period(at("2026-01-01 00:00").date(), at("2026-12-31 00:00").date())
RESOLVED = INDICATORS["stations.requests_resolved"]


def sealed(park: SimpleNamespace) -> Case:
    case = engine.open_case(
        "stations.request", by=actor(park.owner), enterprise=park.ours, now=MONDAY,
        data=filing(park, category="conduct", accused_team=park.team["development"].pk),
    )  # fmt: skip
    answer = {"result": "resolved", "result_text": "已处理"}
    engine.perform(case, "answer", by=actor(park.inspector), data=answer, now=MONDAY)
    engine.perform(case, "confirm", by=actor(park.owner), now=MONDAY)
    return engine.perform(case, "verify", by=actor(park.second_inspector), now=MONDAY)


def test_all_figures_of_a_page_cost_one_statement(park: SimpleNamespace) -> None:
    closed(park)
    wanted = [(indicator, PERIOD) for indicator in INDICATORS.values()]
    with CaptureQueriesContext(connection) as queries:
        together = figures.compute_all(wanted, None)
    assert len(queries) == 1
    assert together == [figures.compute(indicator, PERIOD, None) for indicator in INDICATORS.values()]
    assert figures.compute_all([], None) == []


def test_figures_of_the_same_rows_are_computed_of_one_reading(park: SimpleNamespace) -> None:
    keys = ("new_project_avg_working_days", "new_project_compression_rate")
    wanted = [(INDICATORS[f"approvals.{key}"], PERIOD) for key in keys]
    with CaptureQueriesContext(connection) as queries:
        mean, saved = figures.compute_all([*wanted, wanted[0]], None)[:2]
    assert "UNION" not in queries[0]["sql"]
    assert (mean.n, saved.n) == (0, 0)


def test_the_list_of_figures_stays_within_eight_queries(park: SimpleNamespace) -> None:
    client = browser(park.leader)
    client.get(f"/reports/?{YEAR}")
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/reports/?{YEAR}").status_code == 200
    assert len(queries) <= 8


def test_a_figure_equals_what_plain_arithmetic_makes_of_its_rows(park: SimpleNamespace) -> None:
    cases = [closed(park) for _ in range(5)]
    late = cases[0]
    Case.objects.filter(pk=late.pk).update(promise_due_at=at("2026-11-13 17:30"), used_days="6.5")
    found = {key: figures.compute(INDICATORS[key], PERIOD, None).value for key in INDICATORS}
    assert float(found["stations.on_time_share"] or 0) == pytest.approx(0.8)
    assert float(found["stations.net_days_median"] or 0) == 0
    assert float(found["stations.net_days_p90"] or 0) == pytest.approx(3.9)
    stays = StepLog.objects.filter(case__in=cases, left_at__isnull=False)
    median = INDICATORS["stations.step_days_median"]
    assert figures.compute(median, PERIOD, None).n == stays.filter(used_days__isnull=False).count()


def test_months_are_named(park: SimpleNamespace) -> None:
    closed(park)
    lines = figures.split(RESOLVED, RESOLVED.breakdowns["month"], PERIOD, None)
    assert [line.label for line in lines] == ["2026年11月"]


def test_rows_out_of_sight_are_counted_and_said(park: SimpleNamespace) -> None:
    closed(park)
    sealed(park)
    assert rows.outside(RESOLVED, PERIOD, actor(park.leader)) == 1
    page = browser(park.leader, "en").get(f"/reports/stations.requests_resolved/rows/?{YEAR}")
    assert "1 row counts here but lies outside your view." in page.content.decode()
    assert rows.outside(INDICATORS["stations.settled_entities"], PERIOD, actor(park.leader)) == 0


def test_a_file_holds_every_row_however_many(park: SimpleNamespace) -> None:
    Enterprise.objects.bulk_create(
        Enterprise(
            uscc=f"91430300MA4L{n:06d}", name="=2+3" if n == 0 else f"企业{n}", settled_on=MONDAY.date()
        )
        for n in range(2300)
    )
    answer: Any = browser(park.leader).get(f"/reports/stations.settled_entities/rows.csv?{YEAR}")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert len(lines) == 2301
    assert lines[1][1] == "'=2+3"
    book = browser(park.leader).get(f"/reports/stations.settled_entities/rows.xlsx?{YEAR}").content
    sheet = zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == 2301
    assert "<f>" not in sheet


def test_numbers_stay_numbers_in_a_sheet_and_a_full_sheet_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(export, "SHEET", 2)
    book = export.xlsx(["days"], [[3], ["=1"], [5], [7]])
    sheet = zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml").decode()
    assert "<v>3</v>" in sheet
    assert "CSV" in sheet
    assert "<v>5</v>" not in sheet
