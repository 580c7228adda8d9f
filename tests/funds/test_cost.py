"""Pages of funds cost the same however much there is to show, and looking at them changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import time_machine
from pytest_django.fixtures import Settings

from funds.actions import apply_result, make_file, open_plan, release_file, take_result
from funds.models import Budget, Plan
from portal.park.models import Enterprise
from tests.funds.building import MONDAY, accepted, answers, approved, do, make_office, make_policy, payable
from tests.pages.test_cost import Visitor, look, table_state

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


def more(park: SimpleNamespace, office: SimpleNamespace, start: int, count: int) -> None:
    """Claims that are paid, wait, are public and reviewed, each under a policy of its own."""
    empty, _made = Budget.objects.get_or_create(code="KB2026", year=2026, name="空")
    for n in range(start, start + count):
        approved(park, office, make_policy(office, f"P{n}", cap_amount="100"), "100")
        accepted(park, office, make_policy(office, f"A{n}", cap_amount="100"))
        big = make_policy(office, f"W{n}", budget=empty)
        accepted(park, office, big, enterprise=park.theirs)


def paid(park: SimpleNamespace, office: SimpleNamespace, start: int, count: int, month: int) -> None:
    cases = [
        payable(park, office, make_policy(office, f"M{start + n}", cap_amount="100"), "100")
        for n in range(count)
    ]
    assert cases
    moment = MONDAY.replace(month=month)
    open_plan(moment)
    plan = Plan.objects.latest("month")
    do(office.payer, plan.pk, "submit", moment)
    do(office.finance_head, plan.pk, "review", moment)
    do(office.second_leader, plan.pk, "approve", moment)
    file = make_file(plan, layout="csv", key=f"k{start}", by=office.payer, now=moment)
    release_file(file, by=office.second_payer, now=moment)
    apply_result(take_result(file, answers(file), by=office.payer, now=moment), moment)


def test_looking_changes_nothing_and_costs_the_same(park: SimpleNamespace, settings: Settings) -> None:
    settings.PREPARED_STATEMENTS = False
    office = make_office(park)
    more(park, office, 0, 2)
    paid(park, office, 0, 2, 11)
    plan = Plan.objects.get()
    file = plan.files.get()
    own = approved(park, office, make_policy(office, "OWN", cap_amount="100"), "100")
    version = make_policy(office, "NEW")
    pages = {
        office.payer: (
            "/funds/plans/", f"/funds/plans/{plan.pk}/", f"/funds/files/{file.pk}/", "/funds/budgets/",
            f"/funds/budgets/{office.budget.pk}/", "/funds/budgets/{empty}/", f"/cases/{plan.pk}/",
        ),
        park.owner: (
            "/", "/funds/account/", f"/funds/claims/new/?version={version.pk}", f"/cases/{own.pk}/",
            "/funds/publicity/", "/funds/payouts/",
        ),
        office.clerk: ("/funds/bars/",),
    }  # fmt: skip
    visitors = {user: Visitor(user) for user in pages}
    state, before = table_state(), {}
    for user, addresses in pages.items():
        for path in addresses:
            address = path.replace("{empty}", str(Budget.objects.get(code="KB2026").pk))
            status, sent = look(visitors[user], address)
            assert status == 200, (user, address, status)
            before[user, address] = sent
    assert table_state() == state
    more(park, office, 10, 4)
    paid(park, office, 10, 5, 12)
    Enterprise.objects.create(uscc="91430300MA4L16JP0Y", name="第三家（示范）")
    problems = []
    for (user, address), sent in before.items():
        _status, after = look(visitors[user], address)
        if after.total() > sent.total() + 1:
            problems.append((str(user), address, sent.total(), after.total(), (after - sent).most_common(1)))
        assert after.total() <= 32, (address, after.total())
    assert problems == []
