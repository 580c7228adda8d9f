"""The files of the demonstration park: made, imported and given out again."""

from __future__ import annotations

import filecmp
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.cases import timeline
from portal.demonstration import history, ledgers
from portal.ledgers.importing import import_path
from portal.park.models import Enterprise
from tests.people import at

MADE = [
    "activities.csv",
    "awards.csv",
    "enterprises.csv",
    "envoys.csv",
    "leads.csv",
    "parcels.csv",
    "partnerships.csv",
    "pauses.csv",
    "permits.csv",
    "projects.csv",
    "requests.csv",
    "stations.csv",
    "targets.csv",
    "teams.csv",
]
WRITTEN = ["service_items.csv", "windows.csv"]  # by hand


def same(one: Path, other: Path, files: list[str]) -> bool:
    match, _mismatch, _errors = filecmp.cmpfiles(one, other, files, shallow=False)
    return match == files


def test_the_files_are_what_the_generator_makes(tmp_path: Path) -> None:
    ledgers.write(tmp_path)
    assert same(tmp_path, ledgers.FOLDER, MADE)


@pytest.mark.django_db
def test_it_comes_out_as_it_went_in(tmp_path: Path) -> None:
    began = time.perf_counter()
    report = import_path(ledgers.FOLDER)
    assert time.perf_counter() - began < 20
    assert report.written
    assert report.rejected == 0
    call_command("export_ledgers", tmp_path, stdout=StringIO())
    assert same(tmp_path, ledgers.FOLDER, MADE + WRITTEN)
    assert list(timeline.breaks()) == []


@pytest.mark.django_db
def test_it_loads_only_where_it_is_meant(settings: Any) -> None:
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError, match="known password"):
        call_command("load_demonstration")
    settings.DEMONSTRATION = True
    Enterprise.objects.create(uscc="91350100M000100Y43", name="真实", industry="机械", size="small")
    with pytest.raises(CommandError, match="of its own"):
        call_command("load_demonstration")


@pytest.mark.django_db
def test_import_needs_few_statements_however_many_rows(tmp_path: Path) -> None:
    for name in ("teams", "stations", "enterprises"):
        import_path(ledgers.FOLDER / f"{name}.csv")
    lines = (ledgers.FOLDER / "requests.csv").read_text(encoding="utf-8").splitlines()
    used = []
    for start, count in ((1, 100), (101, 800)):
        part = tmp_path / "requests.csv"
        part.write_text("\n".join([lines[0], *lines[start : start + count]]) + "\n", encoding="utf-8")
        with CaptureQueriesContext(connection) as queries:
            began = time.perf_counter()
            assert import_path(part).counts["requests"].created == count
            took = time.perf_counter() - began
        used.append(len(queries))
    assert used[1] <= used[0] + 12
    assert 800 / took > 250  # the budget of 1,000 a second is measured by the benchmark, on a quiet machine


def test_working_days_of_the_invented_history_know_the_holidays() -> None:
    days = history.Days.of(2024, 2024).days
    assert at("2024-10-01 00:00").date() not in days
    assert at("2024-05-11 00:00").date() in days  # a make-up Saturday
