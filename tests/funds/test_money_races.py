"""Two people, two connections, one moment, one sum of money: one wins, the other is told, nothing is doubled."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction

from funds.actions import (
    apply_result,
    apply_results,
    ask_carry_over,
    change_budget,
    decide_transfer,
    make_file,
    open_plan,
    release_file,
    take_result,
    tend_plans,
)
from funds.models import (
    BankResult,
    Budget,
    BudgetLine,
    Instalment,
    PaymentFile,
    PaymentLine,
    Plan,
    Transfer,
)
from portal.cases.errors import CaseError
from portal.cases.models import Case, Event
from tests.funds.building import (
    MONDAY,
    answers,
    at_meeting,
    do,
    file_claim,
    make_office,
    make_policy,
    payable,
)
from tests.funds.test_money_machine import check_money
from tests.funds.test_payouts import approved_plan
from tests.kernel.test_races import together
from tests.people import actor, make_park

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def park(filled_calendar: None) -> SimpleNamespace:
    return make_park()


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=True):
        yield


@pytest.fixture(autouse=True)
def _books_balance() -> Iterator[None]:
    """Whatever the race was: afterwards every yuan is where the ledger says."""
    yield
    check_money()


def told(results: list[Any], *, lost: int) -> list[Any]:
    """What was done; so many of the others were refused, each in words."""
    refused = [one for one in results if isinstance(one, CaseError)]
    assert len(refused) == lost, results
    assert all(str(one) for one in refused)
    assert not [one for one in results if isinstance(one, Exception) and not isinstance(one, CaseError)], (
        results
    )
    return [one for one in results if not isinstance(one, Exception)]


def test_two_approvals_over_the_last_hundred_thousand(park: SimpleNamespace, office: SimpleNamespace) -> None:
    """Both were reserved 1 less than the rest; the meeting gives each all that is left."""
    version = make_policy(office, cap_amount=None)
    first = at_meeting(park, office, version, base_amount="4500000")
    second = at_meeting(park, office, version, enterprise=park.theirs, base_amount="4500000")
    budget = Budget.objects.get()
    assert budget.free_amount == 100_000
    for case in (first, second):
        case.claim.__class__.objects.filter(pk=case.pk).update(calculated_amount="550000")

    def approve(case: Case) -> Any:
        return do(office.leader, case.pk, "approve", amount="550000", minutes_number="1")

    done = told(together(lambda: approve(first), lambda: approve(second)), lost=1)
    assert len(done) == 1
    budget.refresh_from_db()
    assert (budget.free_amount, budget.reserved_amount) == (0, 1_000_000)


def test_two_acceptances_for_the_last_money(park: SimpleNamespace, office: SimpleNamespace) -> None:
    version = make_policy(office, cap_amount=None)
    first = file_claim(park, version, base_amount="6000000")
    second = file_claim(park, version, enterprise=park.theirs, base_amount="6000000")
    results = together(
        lambda: do(office.clerk, first.pk, "accept"), lambda: do(office.clerk, second.pk, "accept")
    )
    told(results, lost=0)
    assert sorted(Case.objects.filter(kind="funds.claim").values_list("step", flat=True)) == [
        "reviewing",
        "waiting",
    ]
    assert Budget.objects.get().reserved_amount == 600_000


def test_two_exports_at_once(park: SimpleNamespace, office: SimpleNamespace) -> None:
    payable(park, office, make_policy(office))
    plan = approved_plan(office)

    def export(key: str, user: Any) -> Any:
        return make_file(plan.pk, layout="csv", key=key, by=user, now=MONDAY)

    results = together(lambda: export("k1", office.payer), lambda: export("k2", office.second_payer))
    told(results, lost=1)
    assert PaymentFile.objects.count() == PaymentLine.objects.count() == 1


def test_a_double_click_on_two_connections_is_one_file(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    payable(park, office, make_policy(office))
    plan = approved_plan(office)

    def export() -> Any:
        return make_file(plan.pk, layout="csv", key="k1", by=office.payer, now=MONDAY)

    first, second = told(together(export, export), lost=0)
    assert first == second
    assert bytes(first.content) == bytes(second.content)
    assert Event.objects.filter(verb="file_made").count() == 1


def sent(park: SimpleNamespace, office: SimpleNamespace, claims: int = 1) -> PaymentFile:
    for n in range(claims):
        payable(park, office, make_policy(office, f"RD{n}"))
    file = make_file(approved_plan(office), layout="csv", key="k1", by=office.payer, now=MONDAY)
    release_file(file, by=office.second_payer, now=MONDAY)
    return file


def test_the_same_answer_twice_at_once(park: SimpleNamespace, office: SimpleNamespace) -> None:
    file = sent(park, office, 3)
    content = answers(file)

    def take(user: Any) -> Any:
        result = take_result(file, content, by=user, now=MONDAY)
        return result.pk, apply_result(result, MONDAY)

    results = told(together(lambda: take(office.payer), lambda: take(office.second_payer)), lost=0)
    assert len({pk for pk, _n in results}) == 1
    assert BankResult.objects.count() == 1
    assert Budget.objects.get().paid_amount == 300_000
    assert BudgetLine.objects.filter(kind="pay").count() == 3


def test_three_jobs_book_one_answer(park: SimpleNamespace, office: SimpleNamespace) -> None:
    file = sent(park, office, 4)
    take_result(file, answers(file), by=office.payer, now=MONDAY)
    told(together(*[lambda: apply_results(MONDAY)] * 3), lost=0)
    assert BudgetLine.objects.filter(kind="pay").count() == 4
    assert Event.objects.filter(verb="note_paid").count() == 4


def test_a_worker_killed_between_export_and_commit_has_sent_nothing(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    payable(park, office, make_policy(office))
    plan = approved_plan(office)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$"
        )
        cursor.execute("CREATE TRIGGER die AFTER INSERT ON funds_paymentline EXECUTE FUNCTION die()")
    try:
        [result] = together(lambda: make_file(plan.pk, layout="csv", key="k1", by=office.payer, now=MONDAY))
        assert isinstance(result, Exception)
        assert not PaymentFile.objects.exists()
        assert Instalment.objects.get().state == "committed"
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION die() CASCADE")
    file = make_file(plan.pk, layout="csv", key="k1", by=office.payer, now=MONDAY)  # the same click again
    assert (file.count, PaymentFile.objects.count()) == (1, 1)


def test_a_worker_killed_while_it_books_is_taken_over(park: SimpleNamespace, office: SimpleNamespace) -> None:
    file = sent(park, office, 3)
    result = take_result(file, answers(file), by=office.payer, now=MONDAY)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF NEW.kind = 'pay' THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER die AFTER INSERT ON funds_budgetline FOR EACH ROW EXECUTE FUNCTION die()"
        )
    try:
        [died] = together(lambda: apply_result(result.pk, MONDAY))
        assert isinstance(died, Exception)
        assert Budget.objects.get().paid_amount == 0
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION die() CASCADE")
    assert apply_results(MONDAY) == 3
    assert Budget.objects.get().paid_amount == 300_000


def test_a_stop_and_an_export_at_once(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = payable(park, office, make_policy(office))
    plan = approved_plan(office)
    results = together(
        lambda: do(office.finance_head, case.pk, "stop", reason="待查"),
        lambda: make_file(plan.pk, layout="csv", key="k1", by=office.payer, now=MONDAY),
    )
    told(results, lost=1)
    one = Instalment.objects.get()
    assert (one.state == "sent") == PaymentFile.objects.exists()


def test_two_jobs_open_one_plan(park: SimpleNamespace, office: SimpleNamespace) -> None:
    payable(park, office, make_policy(office))
    results = told(together(lambda: tend_plans(MONDAY), lambda: open_plan(MONDAY)), lost=0)
    assert sum(results) == 1
    assert Plan.objects.count() == 1


def test_two_decisions_on_one_transfer_and_two_cuts(park: SimpleNamespace, office: SimpleNamespace) -> None:
    transfer = ask_carry_over(office.budget, by=actor(office.payer), now=MONDAY)
    assert transfer is not None

    def decide(user: Any) -> Any:
        return decide_transfer(transfer, granted=True, by=actor(user), now=MONDAY)

    told(together(lambda: decide(office.second_payer), lambda: decide(office.finance_head)), lost=1)
    assert Transfer.objects.filter(granted=True).count() == 1
    after = Budget.objects.get(year=2027)

    def cut(amount: int, key: str) -> Any:
        return change_budget(
            after, Decimal(-amount), note="x", key=key, by=actor(office.finance_head), now=MONDAY
        )

    told(together(lambda: cut(600_000, "key-one"), lambda: cut(600_000, "key-two")), lost=1)
    told(together(*[lambda: cut(100_000, "a-double-click")] * 2), lost=0)
    after.refresh_from_db()
    assert after.free_amount == 300_000


def test_a_claim_is_signed_once_on_two_connections(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = file_claim(park, make_policy(office), signs=False)

    def sign() -> Any:
        with transaction.atomic():
            return do(park.owner, case.pk, "sign")

    told(together(sign, sign), lost=1)
    assert Event.objects.filter(verb="sign", case_id=case.pk).count() == 1
