"""Bars to payments: entered by those who watch over them, ended and never taken away."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import time_machine

from funds.models import Bar
from tests.funds.building import MONDAY, make_office, make_policy
from tests.funds.test_plan_pages import signed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


def test_who_enters_ends_and_sees_bars(park: SimpleNamespace, office: SimpleNamespace) -> None:
    make_policy(office)
    told = {"enterprise": park.ours.pk, "kind": "tax_arrears", "since_on": "2026-11-01", "reason": "欠税"}
    for who, sees, enters in (
        (office.clerk, 200, 302),
        (office.reviewer, 200, 302),
        (park.supervisor, 200, 302),
        (office.payer, 200, 403),
        (office.leader, 200, 403),
        (park.auditor, 200, 403),
        (park.handler, 403, 403),
        (park.owner, 403, 403),
        (park.administrator, 403, 403),
    ):
        client = signed_in(who)
        assert client.get("/funds/bars/").status_code == sees, who
        assert client.post("/funds/bars/", told).status_code == enters, who
    assert Bar.objects.count() == 3
    bar = Bar.objects.latest("pk")
    assert signed_in(office.payer).post(f"/funds/bars/{bar.pk}/end/").status_code == 403
    client = signed_in(office.clerk)
    assert client.post(f"/funds/bars/{bar.pk}/end/").status_code == 302
    bar.refresh_from_db()
    assert str(bar.until_on) == "2026-11-15"
    assert client.post(f"/funds/bars/{bar.pk}/end/").status_code == 422
    assert "欠税" in text_of(client.get("/funds/bars/"))


def test_a_bar_is_entered_for_an_enterprise_that_was_found(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    client = signed_in(office.clerk)
    assert "启明电源" in text_of(client.get("/funds/bars/", {"q": "启明"}))
    assert client.get("/funds/bars/", {"enterprise": park.ours.pk}).status_code == 200
    told = {"enterprise": park.ours.pk, "kind": "safety", "since_on": "2026-11-20", "reason": "x"}
    assert client.post("/funds/bars/", {**told, "until_on": "2026-11-19"}).status_code == 422
    assert client.post("/funds/bars/", {**told, "enterprise": "999999"}).status_code == 404
    assert not Bar.objects.exists()
