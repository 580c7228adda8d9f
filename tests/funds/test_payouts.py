"""From the approved claim to the account: plan, file, answer of the bank, what comes back."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from funds.actions import apply_result, make_file, open_plan, release_file, take_result
from funds.models import (
    BankResult,
    Budget,
    BudgetLine,
    Instalment,
    PaymentFile,
    PaymentLine,
    Plan,
    PlanLine,
)
from portal.cases import engine
from portal.cases.errors import NotAllowed, Refused
from portal.cases.models import Case
from tests.funds.building import ACCOUNT, MONDAY, answers, at, do, make_office, make_policy, payable
from tests.people import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


def approved_plan(office: SimpleNamespace) -> Plan:
    """The plan of the month with all that waits, approved."""
    open_plan(MONDAY)
    plan = Plan.objects.get()
    do(office.payer, plan.pk, "submit")
    do(office.finance_head, plan.pk, "review")
    do(office.second_leader, plan.pk, "approve")
    return plan


def sent(plan: Plan, office: SimpleNamespace, key: str = "k1") -> PaymentFile:
    file = make_file(plan, layout="csv", key=key, by=office.payer, now=MONDAY)
    release_file(file, by=office.second_payer, now=MONDAY)
    return file


def booked(file: PaymentFile, office: SimpleNamespace, **said: str) -> BankResult:
    result = take_result(file, answers(file, **said), by=office.payer, now=MONDAY)
    apply_result(result, MONDAY)
    return result


def test_a_claim_is_paid_with_the_plan_of_the_month(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = payable(park, office, make_policy(office))
    plan = approved_plan(office)
    budget = Budget.objects.get()
    assert (budget.reserved_amount, budget.committed_amount, budget.paid_amount) == (0, 100_000, 0)
    file = sent(plan, office)
    assert (file.count, file.total_amount) == (1, 100_000)
    assert ACCOUNT["number"].encode() in bytes(file.content)
    booked(file, office)
    budget.refresh_from_db()
    assert (budget.committed_amount, budget.paid_amount, budget.free_amount) == (0, 100_000, 900_000)
    assert Case.objects.get(pk=case.pk).step == "paid"
    do(park.owner, case, "confirm_credited")
    assert Instalment.objects.get().state == "credited"
    do(office.payer, plan.pk, "close")
    done = do(park.owner, case, "report_use", use_of_funds="购置检测设备")
    assert (done.step, done.outcome) == ("archived", "approved")


def test_what_the_bank_sends_back_is_put_right_and_paid_again(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = payable(park, office, make_policy(office))
    plan = approved_plan(office)
    booked(sent(plan, office), office, **{ACCOUNT["number"]: "户名不符"})
    assert Case.objects.get(pk=case.pk).step == "fixing"
    assert Budget.objects.get().paid_amount == 0
    with pytest.raises(Refused):
        make_file(plan, layout="csv", key="k2", by=office.payer, now=MONDAY)
    do(park.owner, case, "fix_account", **{**ACCOUNT, "number": "6222000000009999"})
    again = sent(plan, office, "k3")
    assert b"6222000000009999" in bytes(again.content)
    booked(again, office)
    assert Case.objects.get(pk=case.pk).step == "paid"
    assert Budget.objects.get().paid_amount == 100_000
    states = PaymentLine.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["returned", "paid"]


def test_what_comes_back_after_it_was_paid_is_taken_out_again(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = payable(park, office, make_policy(office))
    file = sent(approved_plan(office), office)
    booked(file, office)
    assert Budget.objects.get().paid_amount == 100_000
    booked(file, office, **{ACCOUNT["number"]: "账户已销户"})
    budget = Budget.objects.get()
    assert (budget.paid_amount, budget.committed_amount) == (0, 100_000)
    assert Case.objects.get(pk=case.pk).step == "fixing"
    booked(file, office)  # the first answer again: nothing is booked twice
    assert Budget.objects.get().paid_amount == 0


def test_the_same_key_gives_the_same_file_and_another_finds_nothing_left(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    payable(park, office, make_policy(office))
    plan = approved_plan(office)
    first = make_file(plan, layout="csv", key="k1", by=office.payer, now=MONDAY)
    second = make_file(plan, layout="csv", key="k1", by=office.payer, now=MONDAY)
    assert first.pk == second.pk
    assert bytes(first.content) == bytes(PaymentFile.objects.get().content)
    with pytest.raises(Refused, match="没有可发送"):
        make_file(plan, layout="csv", key="k2", by=office.payer, now=MONDAY)


def test_the_same_answer_is_taken_once(park: SimpleNamespace, office: SimpleNamespace) -> None:
    payable(park, office, make_policy(office))
    file = sent(approved_plan(office), office)
    content = answers(file)
    first = take_result(file, content, by=office.payer, now=MONDAY)
    assert apply_result(first, MONDAY) == 1
    second = take_result(file, content, by=office.payer, now=MONDAY)
    assert first.pk == second.pk
    assert apply_result(second, MONDAY) == 0
    assert Budget.objects.get().paid_amount == 100_000


def test_what_does_not_fit_the_file_is_told_and_books_nothing(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    payable(park, office, make_policy(office))
    file = sent(approved_plan(office), office)
    text = answers(file).decode("utf-8-sig")
    for wrong, told in (
        (text.replace("100000.00", "99999.00"), "99999.00"),
        (text.replace(ACCOUNT["number"], "6222000000000000"), "账号"),
        (text.replace("-00001,", "-00002,"), "-00002"),
    ):
        result = take_result(file, wrong.encode(), by=office.payer, now=MONDAY)
        assert told in result.differences[0]
        assert apply_result(result, MONDAY) == 0
    with pytest.raises(Refused):
        take_result(file, b"\x00\x01garbage", by=office.payer, now=MONDAY)
    assert Instalment.objects.get().state == "sent"


def test_an_answer_to_a_file_that_nobody_released_is_refused(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    payable(park, office, make_policy(office))
    file = make_file(approved_plan(office), layout="csv", key="k", by=office.payer, now=MONDAY)
    with pytest.raises(Refused):
        take_result(file, answers(file), by=office.payer, now=MONDAY)
    with pytest.raises(NotAllowed):
        release_file(file, by=office.payer, now=MONDAY)


def test_who_accepted_reviewed_or_approved_does_not_pay(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    payable(park, office, make_policy(office))
    plan = approved_plan(office)
    for who in (office.clerk, office.reviewer, office.leader):
        with pytest.raises(NotAllowed):
            make_file(plan, layout="csv", key="k", by=who, now=MONDAY)
    file = make_file(plan, layout="csv", key="k", by=office.payer, now=MONDAY)
    for who in (office.clerk, office.reviewer, office.leader):
        with pytest.raises(NotAllowed):
            release_file(file, by=who, now=MONDAY)


def refused_by_the_database(sql: str, *values: object) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
    except DatabaseError:
        return True
    return False


def test_the_database_itself_refuses_what_would_lose_or_double_money(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    payable(park, office, make_policy(office))
    file = make_file(approved_plan(office), layout="csv", key="k", by=office.payer, now=MONDAY)
    budget, one = Budget.objects.get(), Instalment.objects.get()
    other = Budget.objects.create(code="OTHER", year=budget.year, name="别的预算（示范）")
    wrong: list[tuple[str, list[object]]] = [
        ("UPDATE funds_budget SET paid_amount = 1", []),
        ("UPDATE funds_budget SET appropriated_amount = appropriated_amount + 1", []),
        ("UPDATE funds_claimaccount SET committed_amount = 0", []),
        ("UPDATE funds_claimaccount SET approved_amount = 99999", []),
        ("UPDATE funds_claimaccount SET approved_amount = cap_amount + 1", []),
        ("UPDATE funds_claimaccount SET budget_id = %s", [other.pk]),
        ("UPDATE funds_budgetline SET amount = 1", []),
        ("DELETE FROM funds_budgetline", []),
        ("UPDATE funds_instalment SET amount = 1", []),
        ("DELETE FROM funds_instalment", []),
        ("UPDATE funds_paymentfile SET total_amount = 1", []),
        ("DELETE FROM funds_paymentline", []),
        ("UPDATE funds_paymentline SET amount = 1", []),
        (
            "INSERT INTO funds_paymentline (file_id, position, instalment_id, amount, to_account_id, state,"
            " bank_reference, returned_why) SELECT file_id, 2, instalment_id, amount, to_account_id, 'sent',"
            " '', '' FROM funds_paymentline",
            [],
        ),
        (
            "INSERT INTO funds_budgetline (budget_id, kind, source, target, amount, account_id, note, at)"
            " VALUES (%s, 'reserve', 'free', 'reserved', 900001, %s, '', now())",
            [budget.pk, one.account_id],
        ),
        (
            "INSERT INTO funds_budgetline (budget_id, kind, source, target, amount, account_id, note, at)"
            " VALUES (%s, 'pay', 'free', 'paid', 1, %s, '', now())",
            [budget.pk, one.account_id],
        ),
        (
            "INSERT INTO funds_instalment (account_id, sequence, amount, due_on, state, stopped_why)"
            " VALUES (%s, 2, 0.01, now(), 'planned', '')",
            [one.account_id],
        ),
        (
            "INSERT INTO funds_filerelease (file_id, made_by_id, released_by_id, released_at)"
            " VALUES (%s, %s, %s, now())",
            [file.pk, office.payer.pk, office.payer.pk],
        ),
        (
            "INSERT INTO funds_filerelease (file_id, made_by_id, released_by_id, released_at)"
            " VALUES (%s, %s, %s, now())",
            [file.pk, office.payer.pk, office.reviewer.pk],
        ),
    ]
    for sql, values in wrong:
        assert refused_by_the_database(sql, *values), sql


def test_a_payment_is_put_off_with_a_reason_that_the_enterprise_reads(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = payable(park, office, make_policy(office))
    open_plan(MONDAY)
    plan, line = Plan.objects.get(), PlanLine.objects.get()
    do(office.payer, plan.pk, "defer", line=line.pk, why="本月库款紧张")
    event = Case.objects.get(pk=case.pk).events.order_by("seq").last()
    assert event is not None
    assert event.data["public"]["why"] == "本月库款紧张"
    with pytest.raises(Refused):
        do(office.payer, plan.pk, "submit")
    do(office.payer, plan.pk, "take_back", line=line.pk)
    do(office.payer, plan.pk, "submit")


def test_a_stopped_payment_is_in_no_plan_until_the_stop_is_lifted(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = payable(park, office, make_policy(office))
    plan = approved_plan(office)
    do(office.finance_head, case, "stop", reason="举报待查")
    budget = Budget.objects.get()
    assert (budget.reserved_amount, budget.committed_amount) == (100_000, 0)
    with pytest.raises(Refused):
        make_file(plan, layout="csv", key="k", by=office.payer, now=MONDAY)
    do(office.finance_head, case, "go_on", reason="查无此事")
    assert Instalment.objects.get().state == "planned"
    assert open_plan(at("2026-12-01 09:00")) == 1
    assert PlanLine.objects.filter(deferred_why="").count() == 1


def test_what_was_paid_wrongly_comes_back_in_parts_and_is_free_again(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = payable(park, office, make_policy(office))
    booked(sent(approved_plan(office), office), office)
    told = {"amount": "60000", "due_on": "2026-12-31", "reason": "重复享受"}
    opened = engine.open_case(
        "funds.recovery",
        by=actor(office.payer),
        enterprise=park.ours,
        team=office.finance,
        parent=Case.objects.get(pk=case.pk),
        data=told,
        now=MONDAY,
    )
    do(office.payer, opened, "receive", amount="25000", on="2026-11-16")
    budget = Budget.objects.get()
    assert (budget.paid_amount, budget.recovered_amount) == (100_000, 25_000)
    assert budget.free_amount == 925_000
    assert Case.objects.get(pk=opened.pk).is_open
    closed = do(office.payer, opened, "receive", amount="35000", on="2026-11-16")
    assert closed.outcome == "recovered"
    assert BudgetLine.objects.filter(kind="recover").count() == 2


def test_instalments_are_paid_year_by_year(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = payable(park, office, make_policy(office, instalments=3))
    assert [one.amount for one in Instalment.objects.all()] == [
        Decimal("33333.34"),
        Decimal("33333.33"),
        Decimal("33333.33"),
    ]
    plan = approved_plan(office)
    booked(sent(plan, office), office)
    assert Case.objects.get(pk=case.pk).step == "payable"
    assert Budget.objects.get().reserved_amount == Decimal("66666.66")
    assert open_plan(at("2027-12-01 09:00")) == 1
    assert PlanLine.objects.filter(plan__month="2027-12-01").count() == 1
