"""The two figures of the report on the park come out of the demonstration's rows, and move with them."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal

import pgtrigger
import pytest

from funds.models import Budget, Instalment, PlanLine, TaxRelief
from portal.demonstration import ledgers
from portal.ledgers.importing import import_path
from portal.reports.declaration import INDICATORS, Period
from portal.reports.figures import compute

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
REPORTED = Period(date(2024, 1, 1), date(2024, 9, 30))


def value(key: str) -> Decimal | int | None:
    return compute(INDICATORS[key], REPORTED, None).value


def test_what_was_paid_and_what_was_left_to_enterprises_comes_out_of_rows() -> None:
    for name in ("teams", "enterprises", "budgets", "policies", "claims", "tax_reliefs"):
        assert import_path(ledgers.FOLDER / f"{name}.csv").written
    assert value("funds.subsidy_paid_amount") == 80_170_000
    assert value("funds.tax_relief_amount") == 226_000_000
    assert all(budget.free_amount >= 0 for budget in Budget.objects.all())
    one = Instalment.objects.filter(paid_on__year=2024, paid_on__month__lte=9).earliest("pk")
    with pgtrigger.ignore("funds.Instalment:instalment_stays"):
        PlanLine.objects.filter(instalment=one).delete()
        one.delete()
    assert value("funds.subsidy_paid_amount") == 80_170_000 - one.amount
    relief = TaxRelief.objects.filter(month="2024-03-01").earliest("pk")
    relief.delete()
    assert value("funds.tax_relief_amount") == 226_000_000 - relief.amount


def test_the_policies_are_invented_and_say_so() -> None:
    with (ledgers.FOLDER / "policies.csv").open(encoding="utf-8") as file:
        assert all("示范" in line["title"] for line in csv.DictReader(file))
