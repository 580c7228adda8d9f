"""Budgets in the browser's eyes: who sees which, who changes them, between two, into the next year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction

from funds.actions import money, serve_budgets
from funds.models import Budget, BudgetLine, Claim, Transfer
from portal.cases import engine
from portal.cases.models import Case
from tests.funds.building import (
    MONDAY,
    REFUSAL,
    accepted,
    approved,
    at_meeting,
    claim_of,
    do,
    make_office,
    make_policy,
    payable,
)
from tests.funds.test_plan_pages import signed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


def test_the_bar_says_where_each_yuan_is(park: SimpleNamespace, office: SimpleNamespace) -> None:
    payable(park, office, make_policy(office))
    accepted(park, office, make_policy(office, "RD2"), base_amount="500000")
    page = text_of(signed_in(office.payer).get("/funds/budgets/"))
    assert "100 万元" in page
    assert "15 万元" in page  # reserved
    assert "85 万元" in page  # free
    budget = Budget.objects.get()
    page = text_of(signed_in(office.leader).get(f"/funds/budgets/{budget.pk}/"))
    for case in Case.objects.filter(kind="funds.claim"):
        assert case.number in page


def test_who_sees_which_budget(park: SimpleNamespace, office: SimpleNamespace) -> None:
    make_policy(office)
    other = Budget.objects.create(code="QT2026", year=2026, name="其他")
    own = Budget.objects.get(code="KJ2026")
    for who, sees_own, sees_other in (
        (office.payer, 200, 200),
        (office.leader, 200, 200),
        (park.auditor, 200, 200),
        (office.reviewer, 200, 404),
        (park.handler, 404, 404),
        (park.owner, 403, 403),
        (park.administrator, 403, 403),
    ):
        client = signed_in(who)
        assert client.get(f"/funds/budgets/{own.pk}/").status_code == sees_own, who
        assert client.get(f"/funds/budgets/{other.pk}/").status_code == sees_other, who


def test_only_the_head_of_finance_gives_more_and_a_double_click_once(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    budget = office.budget
    address = f"/funds/budgets/{budget.pk}/change/"
    told = {"kind": "appropriate", "amount": "500.50", "note": "潭财〔2026〕9号", "key": "one-page-key"}
    assert signed_in(office.payer).post(address, told).status_code == 403
    client = signed_in(office.finance_head)
    for _twice in range(2):
        assert client.post(address, told).status_code == 302
    budget.refresh_from_db()
    assert budget.appropriated_amount == Decimal("1000500.50")
    answer = client.post(address, {**told, "kind": "cut", "amount": "2000000", "key": "another-key"})
    assert answer.status_code == 422
    assert "100.05005 万元" in text_of(answer) or "1,000,500.50 元" in text_of(answer)
    assert client.post(address, {**told, "note": "", "key": "third-key"}).status_code == 422
    assert BudgetLine.objects.count() == 2


def test_two_persons_move_money_between_budgets(park: SimpleNamespace, office: SimpleNamespace) -> None:
    other = Budget.objects.create(code="QT2026", year=2026, name="其他")
    first, second = signed_in(office.payer), signed_in(office.second_payer)
    address = f"/funds/budgets/{office.budget.pk}/transfer/"
    told = {"target": other.pk, "amount": "300000", "reason": "调剂"}
    assert signed_in(park.handler).post(address, told).status_code == 404
    assert first.post(address, {**told, "amount": "1000001"}).status_code == 422
    assert first.post(address, told).status_code == 302
    transfer = Transfer.objects.get()
    decide = f"/funds/transfers/{transfer.pk}/decide/"
    assert first.post(decide, {"granted": "1"}).status_code == 422
    assert signed_in(office.reviewer).post(decide, {"granted": "1"}).status_code == 404
    assert second.post(decide, {}).status_code == 422
    assert second.post(decide, {"granted": "1"}).status_code == 302
    assert second.post(decide, {"granted": "1"}).status_code == 422
    other.refresh_from_db()
    assert other.free_amount == 300_000


def carried(office: SimpleNamespace) -> Budget:
    first, second = signed_in(office.payer), signed_in(office.second_payer)
    address = f"/funds/budgets/{office.budget.pk}/carry-over/"
    assert first.get(address).status_code == 200
    assert first.post(address).status_code == 302
    assert first.post(address).status_code == 422  # once
    second.post(f"/funds/transfers/{Transfer.objects.latest('pk').pk}/decide/", {"granted": "1"})
    office.budget.refresh_from_db()
    return Budget.objects.get(carried_from=office.budget)


def test_the_free_rest_goes_into_the_next_year_once(park: SimpleNamespace, office: SimpleNamespace) -> None:
    version = make_policy(office, cap_amount="900000")
    bound = accepted(park, office, version, base_amount="8000000")
    waits = accepted(park, office, version, enterprise=park.theirs, base_amount="9000000")
    after = carried(office)
    assert (after.code, after.year, after.free_amount) == ("KJ2027", 2027, 200_000)
    assert office.budget.closed_at is not None
    assert (office.budget.free_amount, office.budget.reserved_amount) == (0, 800_000)
    version.policy.refresh_from_db()
    assert version.policy.budget == after
    assert Claim.objects.get(pk=waits.pk).budget == after
    assert Claim.objects.get(pk=bound.pk).budget == office.budget
    assert serve_budgets(MONDAY) == 0
    money.appropriate(after, Decimal(800_000), by=None, now=MONDAY)
    assert serve_budgets(MONDAY) == 1
    address = f"/funds/budgets/{office.budget.pk}/carry-over/"
    assert signed_in(office.payer).post(address).status_code == 422


def test_an_appeal_that_is_granted_after_the_end_of_the_year_waits_in_the_next_one(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    version, later = make_policy(office), MONDAY + timedelta(hours=1)
    case = at_meeting(park, office, version)
    do(office.leader, case, "refuse", **REFUSAL)
    do(park.owner, case, "appeal", reason="请复核")
    waits = accepted(park, office, make_policy(office, "BIG", cap_amount="900000"), base_amount="9000000")
    others = accepted(park, office, make_policy(office, "MORE", cap_amount="900000"), base_amount="8000000")
    after = carried(office)
    assert claim_of(case).budget == office.budget
    assert Claim.objects.get(pk=others.pk).budget == after
    do(office.second_leader, case, "grant_appeal", later)
    claim = claim_of(case)
    assert (claim.budget, claim.account.budget, claim.case.step) == (after, after, "waiting")
    page = text_of(signed_in(park.owner).get(f"/cases/{case.pk}/"))
    assert "2027" in page
    assert "第2位" in page
    assert "下一年度预算" in page
    # In its order: the one that has waited longer is served before it.
    money.appropriate(after, Decimal(100_000), by=None, now=MONDAY)
    assert serve_budgets(later) == 0
    money.appropriate(after, Decimal(800_000), by=None, now=MONDAY)
    assert serve_budgets(later) == 2
    claim = claim_of(case)
    assert (claim.case.step, claim.account.reserved_amount) == ("reviewing", 100_000)
    assert Claim.objects.get(pk=waits.pk).budget == office.budget
    sums = after.lines.filter(account=claim.pk).values_list("kind", "amount")
    assert list(sums) == [("reserve", 100_000)]
    # And it is paid from there.
    do(office.reviewer, case, "review", later, opinion="符合条件")
    do(office.reviewer, case, "join", later, opinion="同意")
    do(office.leader, case, "approve", later, amount="90000", minutes_number="1")
    engine.perform(case, "end_publicity", by=None, now=later)
    do(office.reviewer, case, "issue", later, document_number="8")
    office.budget.refresh_from_db()
    after.refresh_from_db()
    assert (claim_of(case).account.approved_amount, after.reserved_amount) == (90_000, 890_000)


def test_one_that_waits_again_after_its_appeal_is_carried_over_with_the_others(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = at_meeting(park, office, make_policy(office))
    do(office.leader, case, "refuse", **REFUSAL)
    do(park.owner, case, "appeal", reason="请复核")
    big = make_policy(office, "BIG", cap_amount="1000000")
    accepted(park, office, big, base_amount="10000000")
    do(office.second_leader, case, "grant_appeal")
    assert claim_of(case).case.step == "waiting"
    assert (
        signed_in(office.finance_head).post(f"/funds/budgets/{office.budget.pk}/carry-over/").status_code
        == 302
    )
    after = Budget.objects.get(carried_from=office.budget)
    assert (claim_of(case).budget, claim_of(case).account.budget) == (after, after)
    money.appropriate(after, Decimal(100_000), by=None, now=MONDAY)
    assert serve_budgets(MONDAY) == 1
    assert claim_of(case).case.step == "reviewing"


def test_what_was_approved_and_then_refused_is_reviewed_anew_in_full(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = approved(park, office, make_policy(office), "50000")
    doubt = {"name": "某人", "contact": "13800000000", "text": "不实"}
    engine.perform(case, "object", by=None, data=doubt, now=MONDAY)
    do(office.reviewer, case, "uphold", answer="属实")
    do(office.leader, case, "refuse", **REFUSAL)
    assert (claim_of(case).approved_on, claim_of(case).account.approved_amount) == (None, None)
    do(park.owner, case, "appeal", reason="请复核")
    do(office.second_leader, case, "grant_appeal")
    claim = claim_of(case)
    assert (claim.case.step, claim.account.reserved_amount) == ("reviewing", 100_000)


def test_what_became_free_meanwhile_is_not_forgotten(park: SimpleNamespace, office: SimpleNamespace) -> None:
    first, second = signed_in(office.payer), signed_in(office.second_payer)
    first.post(f"/funds/budgets/{office.budget.pk}/carry-over/")
    accepted(park, office, make_policy(office))
    decide = f"/funds/transfers/{Transfer.objects.get().pk}/decide/"
    assert second.post(decide, {"granted": "1"}).status_code == 422
    assert second.post(decide, {"granted": "0"}).status_code == 302
    assert carried(office).free_amount == 900_000


def test_a_closed_year_binds_nothing_new_and_pays_what_was_bound(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    version = make_policy(office)
    before = approved(park, office, version, "60000")
    carried(office)
    claim = Claim.objects.get(pk=before.pk)
    assert claim.account.reserved_amount == 60_000
    for kind, source, target, account in (
        ("reserve", "free", "reserved", claim.pk),
        ("appropriate", "treasury", "free", None),
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO funds_budgetline (budget_id, kind, source, target, amount, account_id, note, at)"
                " VALUES (%s, %s, %s, %s, 1, %s, '', now())",
                [office.budget.pk, kind, source, target, account],
            )


def test_a_new_budget_is_opened_by_the_head_of_finance(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    told = {"code": "RC2027", "year": 2027, "name": "人才", "name_en": "", "team": ""}
    assert signed_in(office.payer).post("/funds/budgets/", told).status_code == 403
    client = signed_in(office.finance_head)
    assert client.post("/funds/budgets/", told).status_code == 302
    assert client.post("/funds/budgets/", told).status_code == 422
    assert Budget.objects.get(code="RC2027").appropriated_amount == 0
    for year in ("x", "9" * 30, "0"):
        assert client.get("/funds/budgets/", {"year": year}).status_code == 200
