"""Policies, budgets, claims and tax reliefs by ledger: in, out, and what cannot be taken."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pgtrigger
import pytest

from funds.models import Budget, BudgetLine, Claim, Instalment, PlanLine, Policy, PolicyVersion
from portal.cases.models import Case
from portal.ledgers.exporting import export_path
from portal.ledgers.importing import import_path
from portal.park.models import Team
from portal.reports.declaration import INDICATORS, Period
from portal.reports.figures import compute

pytestmark = pytest.mark.django_db
BUDGETS = "code,year,name,amount\nKJ,2024,科技创新,1000000\n"
POLICIES = (
    "code,title,level,kind,opens_on,closes_on,rate,cap_amount,budget_code\n"
    "P1,研发奖补,park,reward,2024-01-01,2024-12-31,0.15,500000,KJ\n"
    "P2,一次性奖励,city,reward,2024-01-01,,,,KJ\n"
)
HEAD = (
    "number,policy_code,uscc,submitted_on,claimed_amount,approved_on,approved_amount,plan_month,paid_on,"
    "paid_amount,outcome\n"
)
FIRST_NINE_MONTHS = Period(date(2024, 1, 1), date(2024, 9, 30))


@pytest.fixture
def folder(park: SimpleNamespace, tmp_path: Path) -> Path:
    Team.objects.create(code="finance", name="财政金融", kind="finance")
    put(tmp_path, budgets=BUDGETS, policies=POLICIES)
    assert import_path(tmp_path).written
    return tmp_path


def paid() -> Decimal | int | None:
    return compute(INDICATORS["funds.subsidy_paid_amount"], FIRST_NINE_MONTHS, None).value


def put(folder: Path, **ledgers: str) -> Path:
    for key, text in ledgers.items():
        (folder / f"{key}.csv").write_text(text, encoding="utf-8")
    return folder


def taken(folder: Path, *lines: str) -> bool:
    put(folder, claims=HEAD + "\n".join(lines) + "\n")
    return import_path(folder / "claims.csv").written


def reasons(folder: Path, *lines: str) -> list[str]:
    put(folder, claims=HEAD + "\n".join(lines) + "\n")
    report = import_path(folder / "claims.csv")
    assert not report.written
    return [f"{problem.column}: {problem.reason}" for problem in report.problems]


def test_a_claim_that_was_paid_has_its_money_booked(park: SimpleNamespace, folder: Path) -> None:
    uscc = park.ours.uscc
    assert taken(folder, f"D1,P1,{uscc},2024-03-01,90000,2024-04-01,80000,2024-04,2024-04-25,80000,approved")
    budget, case = Budget.objects.get(), Case.objects.get(number="D1")
    assert (budget.reserved_amount, budget.committed_amount, budget.paid_amount) == (0, 0, 80_000)
    assert (case.step, case.outcome) == ("archived", "approved")
    assert PlanLine.objects.get().plan.month == date(2024, 4, 1)
    assert paid() == 80_000
    with pgtrigger.ignore("funds.Instalment:instalment_stays"):
        PlanLine.objects.all().delete()
        Instalment.objects.all().delete()
    assert not paid()


def test_what_goes_in_comes_out_the_same(park: SimpleNamespace, folder: Path, tmp_path: Path) -> None:
    uscc = park.ours.uscc
    lines = (
        f"D1,P1,{uscc},2024-03-01,90000,2024-04-01,80000,2024-04,2024-04-25,80000,approved",
        f"D2,P2,{uscc},2024-03-02,90000.5,2024-04-02,80000,2024-04,,,",
        f"D3,P2,{uscc},2024-03-02,5000,2024-04-02,,,,,refused",
        f"D4,P1,{uscc},2024-03-02,5000,,,,,,withdrawn",
        f"D5,P1,{uscc},2024-03-03,5000,,,,,,",
        f"D6,P1,{uscc},2024-03-03,5000,2024-04-01,5000,,2024-05-01,3000,approved",
    )
    reliefs = f"number,uscc,month,kind,amount\nJ1,{uscc},2024-05,refund,1200.5\n"
    put(folder, tax_reliefs=reliefs)
    assert taken(folder, *lines)
    assert import_path(folder / "tax_reliefs.csv").written
    out = tmp_path / "out"
    export_path(out, ledgers=["budgets", "policies", "claims", "tax_reliefs"])
    assert (out / "claims.csv").read_text(encoding="utf-8-sig").splitlines() == (
        HEAD + "\n".join(lines)
    ).splitlines()
    assert (out / "tax_reliefs.csv").read_text(encoding="utf-8-sig") == reliefs
    assert (out / "budgets.csv").read_text(encoding="utf-8-sig") == BUDGETS
    again = import_path(out)
    assert again.written
    assert Claim.objects.count() == 6
    assert PolicyVersion.objects.count() == 2


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("P9,{u},2024-03-01,1,,,,,,", "policy_code"),
        ("P1,{u},2024-03-01,1,2024-02-01,,,,,refused", "approved_on"),
        ("P1,{u},2024-03-01,5000,2024-04-01,6000,,,,", "approved_amount"),
        ("P1,{u},2024-03-01,900000,2024-04-01,600000,,,,", "approved_amount"),
        ("P2,{u},2024-03-01,2000000,2024-04-01,1000001,,,,", "approved_amount"),
        ("P1,{u},2024-03-01,5000,2024-04-01,5000,,2024-05-01,5001,approved", "paid_amount"),
        ("P1,{u},2024-03-01,5000,2024-04-01,5000,,2024-03-01,5000,approved", "paid_on"),
        ("P1,{u},2024-03-01,5000,2024-04-01,5000,,,,approved", "paid_amount"),
        ("P1,{u},2024-03-01,5000,2024-04-01,5000,,,,refused", "outcome"),
        ("P1,{u},2024-03-01,5000,,,2024-05,,,", "plan_month"),
        ("P1,{u},2024-03-01,-5,,,,,,", "claimed_amount"),
    ],
)
def test_what_cannot_be_is_refused_with_its_column(
    park: SimpleNamespace, folder: Path, line: str, told: str
) -> None:
    found = reasons(folder, "D1," + line.format(u=park.ours.uscc))
    assert any(reason.startswith(f"{told}: ") for reason in found), found
    assert not BudgetLine.objects.exclude(kind="appropriate").exists()


def test_two_claims_that_are_too_much_together_are_told(park: SimpleNamespace, folder: Path) -> None:
    line = f"P2,{park.ours.uscc},2024-03-01,700000,2024-04-01,600000,,,,"
    assert len(reasons(folder, f"D1,{line}", f"D2,{line}")) == 1


def test_a_payment_may_come_later_but_nothing_booked_is_changed(park: SimpleNamespace, folder: Path) -> None:
    before = f"D1,P1,{park.ours.uscc},2024-03-01,90000,2024-04-01,80000,"
    assert taken(folder, f"{before},,,")
    assert Budget.objects.get().reserved_amount == 80_000
    assert reasons(folder, f"{before.replace('80000', '70000')},,,")
    assert taken(folder, f"{before}2024-04,2024-04-25,80000,approved")
    assert Budget.objects.get().paid_amount == 80_000
    assert reasons(folder, f"{before}2024-04,2024-04-26,80000,approved")


def test_a_change_of_a_policy_is_a_new_version(park: SimpleNamespace, folder: Path) -> None:
    put(folder, policies=POLICIES.replace("0.15", "0.2").replace("研发奖补", "研发投入奖补"))
    assert import_path(folder / "policies.csv").written
    policy = Policy.objects.get(code="P1")
    assert policy.title == "研发投入奖补"
    versions = policy.versions.order_by("number").values_list("number", "rate")
    assert list(versions) == [(1, Decimal("0.15")), (2, Decimal("0.2"))]


def test_a_budget_grows_and_shrinks_by_lines_and_never_below_what_is_bound(
    park: SimpleNamespace, folder: Path
) -> None:
    assert taken(folder, f"D1,P1,{park.ours.uscc},2024-03-01,90000,2024-04-01,80000,,,,")
    put(folder, budgets=BUDGETS.replace("1000000", "80000"))
    assert import_path(folder / "budgets.csv").written
    assert Budget.objects.get().free_amount == 0
    put(folder, budgets=BUDGETS.replace("1000000", "79999.99"))
    assert not import_path(folder / "budgets.csv").written
