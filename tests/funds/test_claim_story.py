"""A claim from the draft of an agent to the money on the account."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from funds.models import Budget, Claim
from portal.cases.errors import Refused
from tests.funds.building import approved, claim_of, file_claim, make_office, make_policy, payable

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


def test_what_is_certainly_not_met_is_refused_and_what_is_unknown_is_looked_at_by_people(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    for code, delivery, criterion, fits in (
        ("C1", "reviewed", ("size", "in", ["medium"]), True),
        ("C2", "reviewed", ("size", "in", ["large"]), False),
        ("C3", "reviewed", ("is_high_tech", "is", ["true"]), True),  # nobody knows
        ("C4", "automatic", ("is_high_tech", "is", ["true"]), False),
    ):
        version = make_policy(office, code, delivery=delivery, criteria=[criterion])
        if fits:
            assert file_claim(park, version).step == "received"
            continue
        with pytest.raises(Refused):
            file_claim(park, version)
    assert not Claim.objects.filter(policy__code__in=["C2", "C4"]).exists()
