"""A claim from the draft of an agent to the money on the account."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from funds.models import Budget
from tests.funds.building import approved, claim_of, make_office, make_policy, payable

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


def test_money_is_reserved_approved_and_waits_for_a_plan(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    version = make_policy(office)
    case = approved(park, office, version, "90000")
    budget = Budget.objects.get()
    assert (budget.reserved_amount, budget.free_amount) == (90_000, 910_000)
    assert claim_of(case).account.approved_amount == 90_000
    case = payable(park, office, make_policy(office, "RD2"))
    assert case.step == "payable"
    assert [one.amount for one in claim_of(case).account.instalments.all()] == [100_000]
