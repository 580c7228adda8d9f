"""The figures of the report on the park come out of the demonstration ledgers by computation."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from approvals.models import Parcel, Permit, Project
from approvals.reports.projects import built_anew
from portal.cases.models import Case, Pause
from portal.demonstration import ledgers
from portal.demonstration.history import Days
from portal.ledgers.importing import import_path
from portal.reports.declaration import Period

pytestmark = pytest.mark.django_db
YEAR = Period(date(2024, 1, 1), date(2024, 12, 31))
REPORTED = {
    "approvals.new_project_avg_working_days": "15",
    "approvals.new_project_compression_rate": "0.625",
    "approvals.land_to_construction_projects": 11,
    "approvals.recovered_parcel_mu": "116.4",
    "approvals.recovered_parcel_amount": "44000000",
}


@pytest.fixture
def _loaded(db: None) -> None:
    for name in ("teams", "windows", "service_items", "enterprises", "parcels", "projects", "permits"):
        assert import_path(ledgers.FOLDER / f"{name}.csv").written


@pytest.fixture
def park_of_ledgers(_loaded: None, tmp_path: Path) -> Path:
    """Everything but the requests, whose pauses are left out."""
    lines = (ledgers.FOLDER / "pauses.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("requests:")]
    (tmp_path / "pauses.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    assert import_path(tmp_path / "pauses.csv").written
    return tmp_path


def told() -> dict[str, object]:
    out = StringIO()
    keys = [part for key in REPORTED for part in ("--key", key)]
    call_command(
        "indicators", "--date-from", "2024-01-01", "--date-to", "2024-12-31", *keys, "--json", stdout=out
    )
    return {line["key"]: line["value"] for line in json.loads(out.getvalue())["results"]}


def test_the_figures_of_the_report_are_computed_from_rows(park_of_ledgers: Path) -> None:
    assert told() == REPORTED
    assert built_anew(YEAR).count() == 24


def test_one_date_of_one_permit_moves_the_figure(park_of_ledgers: Path) -> None:
    head, *lines = (ledgers.FOLDER / "permits.csv").read_text(encoding="utf-8").splitlines()
    project = built_anew(YEAR).exclude(case__enterprise__name__startswith="金杯").first()
    last = Permit.objects.filter(project=project, item__code="KG-012").order_by("-sequence").first()
    assert last is not None
    line = next(row for row in lines if row.startswith(last.case.number.replace("/", ",") + ","))
    cells = line.split(",")
    days = Days.of(2024, 2025)
    cells[4] = days.after(date.fromisoformat(cells[4]), 3).isoformat()
    (park_of_ledgers / "pauses.csv").unlink()
    (park_of_ledgers / "permits.csv").write_text(f"{head}\n{','.join(cells)}\n", encoding="utf-8")
    assert import_path(park_of_ledgers).counts["permits"].updated == 1
    found = told()
    assert float(str(found["approvals.new_project_avg_working_days"])) == pytest.approx((360 + 3) / 24)
    assert found["approvals.new_project_compression_rate"] != "0.625"
    assert found["approvals.land_to_construction_projects"] == 11


def test_the_project_and_the_parcel_of_the_report(park_of_ledgers: Path) -> None:
    project = built_anew(YEAR).get(case__enterprise__name="金杯电工电磁线有限公司")
    assert project.net_days == 9
    assert "新能源第三期" in project.case.title
    parcel = Parcel.objects.get(area_mu="116.4")
    assert (project.parcel, parcel.assigned_number) == (parcel, project.case.number)
    assert (parcel.recovery_mode, parcel.recovery_amount) == ("agreement", 44_000_000)
    assert parcel.planned_delivery_on is not None
    assert parcel.delivered_on is not None
    assert (parcel.planned_delivery_on.month - parcel.delivered_on.month, parcel.delivered_on.year) == (
        4,
        2024,
    )


def test_nobody_else_of_the_report_is_named_and_everything_else_says_what_it_is(
    park_of_ledgers: Path,
) -> None:
    others = Project.objects.exclude(case__enterprise__name="金杯电工电磁线有限公司")
    assert not others.exclude(case__title__endswith="（示范）").exists()
    assert not others.filter(case__enterprise__tags__contains=["报道提及"]).exists()
    assert not Parcel.objects.exclude(area_mu="116.4").exclude(name__endswith="（示范）").exists()


def test_the_history_is_as_various_as_life(park_of_ledgers: Path) -> None:
    permits = Permit.objects.all()
    assert {"granted", "refused", "withdrawn"} == set(permits.values_list("case__outcome", flat=True))
    refiled = permits.filter(item__code="KG-006", sequence=2, decision="granted")
    assert refiled.exists()
    assert set(permits.exclude(phase_label="").values_list("sequence", flat=True)) == {1, 2, 3}
    assert set(Pause.objects.values_list("reason", flat=True)) == {
        "supplement",
        "special_procedure",
        "force_majeure",
    }
    assert not Case.objects.open().filter(kind="approvals.permit").exists(), "nothing hangs in the history"
    assert set(Project.objects.values_list("mode", flat=True)) == {
        "standard",
        "land_to_construction",
        "expansion",
    }
    assert set(Case.objects.filter(kind="approvals.project").values_list("step", flat=True)) >= {
        "construction",
        "completion",
        "capacity_review",
        "done",
    }
