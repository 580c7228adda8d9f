"""Live claims of the demonstration park: every step has one, and the money adds up."""

from __future__ import annotations

from datetime import datetime

import pytest
import time_machine
from django.db.models import Sum

from funds.demonstration import claims
from funds.models import Budget, Claim, Instalment, PaymentLine, Plan
from portal.cases.models import Case
from tests.demonstration.conftest import NIGHT
from tests.people import at

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("people"),
    pytest.mark.timeout(300),
]


@pytest.mark.parametrize("moment", [NIGHT, at("2027-01-05 10:00"), at("2026-10-04 12:00")])
def test_every_step_of_a_claim_is_there_and_the_money_adds_up(moment: datetime) -> None:
    with time_machine.travel(moment, tick=False):
        assert claims(moment) > 20
    every_step_is_there()
    the_money_adds_up()
    assert not Claim.objects.exclude(policy__title__contains="示范").exists()


def every_step_is_there() -> None:
    steps = set(Case.objects.filter(kind="funds.claim").values_list("step", flat=True))
    assert {
        "signing", "received", "waiting", "reviewing", "joint_review", "meeting", "publicity", "objected",
        "issuing", "payable", "fixing", "stopped", "performance", "archived", "refusing", "appealed", "withdrawn",
    } - steps == set()  # fmt: skip
    assert Case.objects.filter(kind="funds.claim", paused_at__isnull=False, step="received").exists()
    assert Case.objects.filter(kind="funds.recovery", closed_at=None).exists()
    assert Plan.objects.filter(case__closed_at=None).exists()
    assert {"paid", "returned"} <= set(PaymentLine.objects.values_list("state", flat=True))


def the_money_adds_up() -> None:
    for budget in Budget.objects.all():
        held = budget.accounts.aggregate(paid=Sum("paid_amount"), reserved=Sum("reserved_amount"))
        assert (held["paid"] or 0, held["reserved"] or 0) == (budget.paid_amount, budget.reserved_amount)
    paid = Instalment.objects.filter(paid_on__isnull=False).aggregate(total=Sum("amount"))["total"]
    assert paid == Budget.objects.aggregate(total=Sum("paid_amount"))["total"]
