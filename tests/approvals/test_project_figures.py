"""The figures of projects, permits and land, from the rows of ledgers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import Permit, Project
from portal.accounts.models import User
from portal.ledgers.importing import import_path
from portal.reports import figures
from portal.reports.declaration import INDICATORS, Period
from tests.approvals.building import make_office, signed
from tests.approvals.test_project_ledgers import PROJECT_HEAD, put
from tests.pages.test_pages import browser
from tests.people import MONDAY

pytestmark = pytest.mark.django_db
YEAR = Period(date(2024, 1, 1), date(2024, 12, 31))
NEW = (
    # A: 26–30 September held by two at once (27, 29, 30), 8–10 October by one: six days; one of them paused.
    "A,GD-008,1,2024-09-26,2024-09-30,granted,",
    "A,KG-006,1,2024-09-27,2024-10-10,granted,",
    "A,KG-012,1,2024-10-10,2024-10-11,granted,一期",
    "A,KG-012,2,2024-10-14,2024-10-15,granted,二期",
    # B: four days.
    "B,KG-006,1,2024-11-04,2024-11-06,refused,",
    "B,KG-006,2,2024-11-11,2024-11-12,granted,",
    "B,KG-012,1,2024-11-12,2024-11-13,granted,",
    # C is no new construction; D's last permit came in 2025, although its first phase did in 2024.
    "C,KG-012,1,2024-11-12,2024-11-29,granted,",
    "D,KG-012,1,2024-12-02,2024-12-03,granted,一期",
    "D,KG-012,2,2025-01-06,2025-01-07,granted,二期",
    "D,KG-006,1,2025-01-06,2025-01-08,withdrawn,",
)
PAUSED = (
    "permits:A/KG-006/1,2024-10-09,2024-10-09,supplement",
    "permits:C/KG-012/1,2024-11-13,2024-11-20,special_procedure",
)


@pytest.fixture
def park_with_projects(park: SimpleNamespace, tmp_path: Path) -> SimpleNamespace:
    ours = park.ours.uscc
    projects = "\n".join(
        f"{number},{number}项目（示范）,{ours},{mode},{new},1000000,{baseline},2024-01-02,completion,,"
        for number, mode, new, baseline in (
            ("A", "land_to_construction", 1, 40),
            ("B", "standard", 1, 20),
            ("C", "expansion", 0, 90),
            ("D", "land_to_construction", 1, 40),
        )
    )
    folder = put(tmp_path, park, permits=NEW, pauses=PAUSED, projects=f"{PROJECT_HEAD}\n{projects}\n")
    assert import_path(folder).problems == []
    return park


def value(key: str, period: Period = YEAR) -> object:
    found = figures.compute(INDICATORS[f"approvals.{key}"], period, None).value
    return float(found) if isinstance(found, Decimal) else found


def parts(key: str, by: str, period: Period = YEAR) -> dict[str, object]:
    chosen = INDICATORS[f"approvals.{key}"]
    lines = figures.split(chosen, chosen.breakdowns[by], period, None)
    return {line.label: float(line.figure.value or 0) for line in lines}


def test_the_time_of_new_construction(park_with_projects: SimpleNamespace) -> None:
    # A: 27, 29, 30 September, 8 and 10 October, 11 and 15 October. B: 5, 6, 12, 13 November.
    assert value("new_project_avg_working_days") == (7 + 4) / 2
    assert value("new_project_compression_rate") == pytest.approx(1 - 5.5 / 30)
    assert value("new_project_avg_working_days", Period(date(2025, 1, 1), date(2025, 12, 31))) == 3
    assert value("new_project_avg_working_days", Period(date(2023, 1, 1), date(2023, 12, 31))) is None
    assert parts("new_project_avg_working_days", "month") == {"2024年10月": 7, "2024年11月": 4}
    permit = Permit.objects.get(case__number="B/KG-012/1")
    Permit.objects.filter(pk=permit.pk).update(decided_at=permit.decided_at.replace(day=15))
    assert value("new_project_avg_working_days") == (7 + 6) / 2


def test_work_that_began_with_the_land(park_with_projects: SimpleNamespace) -> None:
    assert value("land_to_construction_projects") == 2
    assert value("land_to_construction_projects", Period(date(2024, 11, 1), date(2024, 11, 30))) == 0


def test_land_that_was_taken_back(park_with_projects: SimpleNamespace) -> None:
    assert (value("recovered_parcel_mu"), value("recovered_parcel_amount")) == (116.4, 44_000_000)
    assert value("recovered_parcel_mu", Period(date(2024, 3, 30), date(2024, 12, 31))) is None
    assert parts("recovered_parcel_mu", "way") == {"协议收回": 116.4}


def test_what_becomes_of_permits(park_with_projects: SimpleNamespace) -> None:
    assert value("permits_decided") == 9
    assert parts("permits_decided", "outcome") == {"准予": 8, "不予许可": 1}
    year = Period(date(2025, 1, 1), date(2025, 12, 31))
    assert parts("permits_decided", "outcome", year)["已撤回"] == 1
    assert parts("permit_avg_days", "item") == {
        "用地规划许可": 3,
        "方案审查": pytest.approx((4 + 2 + 1) / 3),
        "建筑工程施工许可": pytest.approx((1 + 1 + 1 + 7 + 1) / 5),
    }
    assert parts("permit_elapsed_days", "stage")["签约即供地"] == 4
    assert value("permit_on_time_rate") == pytest.approx(7 / 9)
    assert value("first_time_acceptance_rate") == pytest.approx(8 / 9)
    assert parts("pauses", "reason") == {"补正": 1, "特别程序": 1}


def test_a_few_permits_make_no_share(park_with_projects: SimpleNamespace) -> None:
    chosen = INDICATORS["approvals.permit_on_time_rate"]
    found = figures.compute(chosen, Period(date(2024, 12, 1), date(2024, 12, 31)), None)
    assert (found.value, found.n, found.hidden) == (None, 1, True)


def test_key_projects_that_lack_somebody(park: SimpleNamespace) -> None:
    case = signed(park, make_office(park), MONDAY)
    assert value("key_project_vacancies") is None
    Project.objects.filter(pk=case.pk).update(is_key=True, leader=User.objects.get(username="leader"))
    assert value("key_project_vacancies") == 2
    rows = browser(park.leader).get("/reports/approvals.key_project_vacancies/rows/").content.decode()
    assert case.number in rows
    assert "专班，管家" in rows or "专班、管家" in rows


@pytest.mark.parametrize("key", [key for key in INDICATORS if key.startswith("approvals.")])
def test_every_figure_opens_to_its_rows_in_both_languages(
    park_with_projects: SimpleNamespace, key: str
) -> None:
    leader = browser(park_with_projects.leader)
    for language in ("zh-hans", "en"):
        leader.cookies["django_language"] = language
        page = leader.get(f"/reports/{key}/?date_from=2024-01-01&date_to=2025-12-31")
        assert page.status_code == 200
        for by in INDICATORS[key].breakdowns:
            assert leader.get(f"/reports/{key}/?by={by}").status_code == 200
    with CaptureQueriesContext(connection) as queries:
        rows = leader.get(f"/reports/{key}/rows/?date_from=2024-01-01&date_to=2025-12-31")
    assert rows.status_code == 200
    assert len(queries) <= 12
