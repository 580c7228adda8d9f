"""The figures of the report on the park come out of the demonstration's leads and registers, and move with
them."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal

import pytest

from investment.models import Award, Envoy, Lead, Partnership, Target
from portal.cases.models import Case
from portal.demonstration import ledgers
from portal.ledgers.importing import import_path
from portal.park.models import Team
from portal.reports.declaration import INDICATORS, Period
from portal.reports.figures import compute, compute_all

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
YEAR = Period(date(2024, 1, 1), date(2024, 12, 31))
REPORTED = {
    "task_forces": 7,
    "envoys": 16,
    "key_projects_in_talks": 49,
    "introduced_projects": 26,
    "introduced_amount": 8_120_000_000,
    "top500_projects": 5,
    "billion_projects": 3,
    "xiang_returning_projects": 12,
    "steed_award_quarters": 2,
    "university_partners": 3,
    "trips": 55,
    "visits": 78,
}


def value(key: str, period: Period = YEAR) -> Decimal | int | None:
    return compute(INDICATORS[f"investment.{key}"], period, None).value


def test_the_figures_of_the_report_come_out_of_rows_and_move_with_them() -> None:
    for name in (
        "teams",
        "enterprises",
        "envoys",
        "targets",
        "awards",
        "partnerships",
        "leads",
        "activities",
    ):
        assert import_path(ledgers.FOLDER / f"{name}.csv").written, name
    wanted = [(INDICATORS[f"investment.{key}"], YEAR) for key in REPORTED]
    assert dict(zip(REPORTED, [f.value for f in compute_all(wanted, None)], strict=True)) == REPORTED
    of_2023 = Target.objects.filter(year=2023)
    assert sum(t.projects for t in of_2023) == 35
    assert sum(t.signed_amount for t in of_2023) == 15_000_000_000
    _what_is_lost_never_counts()
    _a_register_that_changes_moves_its_figure()
    # History ended, or lies where nothing becomes late: it wakes nobody today.
    assert not Case.objects.open().filter(kind="investment.lead", due_at__isnull=False).exists()


def _what_is_lost_never_counts() -> None:
    one = Lead.objects.filter(
        signed_on__year=2024, investment_amount__gte=10**9, is_top500=False, is_xiang_returning=False
    )
    lead = one.first() or Lead.objects.filter(signed_on__year=2024, investment_amount__gte=10**9).earliest(
        "pk"
    )
    amount = lead.investment_amount
    Lead.objects.filter(pk=lead.pk).update(
        signed_on=None, lost_on=date(2024, 12, 30), lost_cause="elsewhere", lost_reason="落户他处"
    )
    assert value("introduced_projects") == 25
    assert value("introduced_amount") == 8_120_000_000 - amount
    assert value("billion_projects") == 2
    other = Lead.objects.filter(signed_on__year=2024, investment_amount__gte=10**8).latest("pk")
    Lead.objects.filter(pk=other.pk).update(double_of=lead)
    assert value("introduced_projects") == 24
    key = Lead.objects.filter(is_key=True, lost_on__year=2024).latest("pk")
    before = value("key_projects_in_talks")
    assert isinstance(before, int)
    Lead.objects.filter(pk=key.pk).update(is_key=False)
    assert value("key_projects_in_talks") == before - 1


def _a_register_that_changes_moves_its_figure() -> None:
    Award.objects.filter(quarter="2024-Q3").delete()
    one = Envoy.objects.filter(kind="adviser", ends_on=None).earliest("pk")
    Envoy.objects.filter(pk=one.pk).update(ends_on=date(2025, 12, 31))
    Partnership.objects.filter(university="湘潭大学", signed_on__year=2024).delete()
    Team.objects.filter(code="task_force_7").update(active=False)
    found = [value(key) for key in ("steed_award_quarters", "envoys", "university_partners", "task_forces")]
    assert found == [1, 15, 2, 6]


def test_everybody_in_them_is_invented_and_says_so() -> None:
    for name, column in (("leads", "investor_name"), ("leads", "title"), ("envoys", "name")):
        with (ledgers.FOLDER / f"{name}.csv").open(encoding="utf-8") as file:
            assert all("示范" in line[column] for line in csv.DictReader(file)), name
