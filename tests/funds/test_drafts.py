"""A draft is the enterprise's own paper: those who oversee the park meet it nowhere until it is signed."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client

from portal.accounts.models import Duty, DutyGrant
from portal.cases.models import Case
from portal.ledgers.declaration import LEDGERS
from tests.funds.building import MONDAY, do, file_claim, make_office, make_policy
from tests.funds.test_plan_pages import signed_in, text_of
from tests.ledgers.test_downloads import rows, taken
from tests.people import person

pytestmark = pytest.mark.django_db
# Where a claim could be met, and what tells that it is there; {pk} and {number} of the claim.
PLACES = (
    "/",
    "/cases/{pk}/",
    "/cases/{pk}/deliveries/",
    "/search/?q={number}",
    "/search/?q=RD",
    "/work/",
    "/team/",
    "/escalations/",
    "/my-cases/",
    "/api/v1/cases/{pk}/",
    "/api/v1/cases/{number}/",
    "/api/v1/cases/{pk}/timeline/",
    "/api/v1/cases/",
    "/api/v1/cases/?kind=funds.claim",
    "/api/v1/cases/?q={number}",
    "/reports/funds.claims_waiting/rows/",
    "/api/v1/indicators/funds.claims_waiting/rows/",
    "/funds/publicity/",
    "/funds/budgets/{budget}/",
)


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture(params=["leader", "supervisor", "auditor"])
def overseer(request: Any, park: SimpleNamespace) -> Any:
    if request.param != "supervisor":
        return getattr(park, request.param)
    found = person("overseer")
    DutyGrant.objects.create(user=found, duty=Duty.SUPERVISOR)
    return found


def places(case: Case, office: SimpleNamespace) -> list[str]:
    told = {"pk": case.pk, "number": case.number, "budget": office.budget.pk}
    return [place.format(**told) for place in PLACES]


def met(client: Client, case: Case, place: str) -> bool:
    """Whether the claim is told of; a page that does not exist tells of nothing."""
    answer = client.get(place)
    assert answer.status_code in (200, 302, 403, 404), (place, answer.status_code)
    asked = f'value="{case.number}"', f"“{case.number}”", f"q={case.number}"
    text = text_of(answer) if answer.status_code == 200 else ""
    for word in asked:
        text = text.replace(word, "")
    return case.number in text or f"/cases/{case.pk}/" in text.replace(place, "")


def in_ledger(client: Client, case: Case) -> bool:
    return any(case.number in row for row in rows(taken(client, "claims"), "claims"))


def test_nobody_who_oversees_the_park_meets_a_draft(
    park: SimpleNamespace, office: SimpleNamespace, overseer: Any
) -> None:
    case = file_claim(park, make_policy(office), signs=False)
    client = signed_in(overseer)
    assert [place for place in places(case, office) if met(client, case, place)] == []
    assert client.get(f"/cases/{case.pk}/").status_code == 404
    assert client.get(f"/api/v1/cases/{case.pk}/").status_code == 404
    assert not in_ledger(client, case)
    owner = signed_in(park.owner)
    assert owner.get(f"/cases/{case.pk}/").status_code == 200
    do(park.owner, case, "sign")
    found = [place for place in places(case, office) if met(client, case, place)]
    assert {f"/cases/{case.pk}/", f"/api/v1/cases/{case.pk}/"} <= set(found)
    assert any("search" in place for place in found), found


def test_what_was_never_signed_goes_into_no_ledger(park: SimpleNamespace, office: SimpleNamespace) -> None:
    draft = file_claim(park, make_policy(office), signs=False)
    gone = file_claim(park, make_policy(office, "B"), signs=False)
    do(park.owner, gone, "withdraw")
    filed = file_claim(park, make_policy(office, "C"))
    book = LEDGERS["claims"].book
    assert [row["number"] for row in book.export(None)] == [filed.number]
    assert book.count(None) == 1
    assert draft.number != filed.number
