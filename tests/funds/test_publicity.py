"""In public: who sees what without a sign-in, an objection on one line, what was paid by month."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from funds.models import Objection
from portal.cases import engine
from portal.cases.models import Case, Event
from tests.funds.building import MONDAY, approved, do, make_office, make_policy, payable
from tests.funds.test_payouts import approved_plan, booked, sent
from tests.funds.test_plan_pages import signed_in, text_of

pytestmark = pytest.mark.django_db
SAID = {"name": "示范居民", "contact": "0731-5555 0909", "text": "该设备购置于其他园区"}


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    cache.clear()
    with time_machine.travel(MONDAY, tick=False):
        yield
    cache.clear()


def test_what_was_approved_is_public_with_name_item_amount_and_last_day(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    version = make_policy(office)
    approved(park, office, version, "90000")
    payable(park, office, make_policy(office, "RD2"), "70000")
    page = text_of(Client().get("/funds/publicity/"))
    for said in ("启明电源", "研发奖补 RD", "9 万元", "2026-11-23", "7 万元"):
        assert said in page, said
    assert "/funds/publicity/" in text_of(Client().get("/accounts/sign-in/"))


def test_an_objection_holds_its_line_and_no_other(park: SimpleNamespace, office: SimpleNamespace) -> None:
    version = make_policy(office)
    ours = approved(park, office, version, "90000")
    theirs = approved(park, office, version, "80000", enterprise=park.theirs)
    client, address = Client(), f"/funds/publicity/{ours.pk}/object/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"name": "x"}).status_code == 422
    answer = client.post(address, SAID)
    assert answer.headers["Location"] == f"/funds/publicity/{ours.pk}/received/"
    assert "已收到" in text_of(client.get(answer.headers["Location"]))
    steps = dict(Case.objects.filter(kind="funds.claim").values_list("pk", "step"))
    assert steps == {ours.pk: "objected", theirs.pk: "publicity"}
    assert client.post(address, SAID).status_code == 409
    assert Objection.objects.count() == 1
    assert "正在答复" in text_of(client.get("/funds/publicity/"))
    told = str([e.data for e in Event.objects.filter(verb="object")])
    assert SAID["contact"] not in told
    assert SAID["contact"] not in text_of(signed_in(park.owner).get(f"/cases/{ours.pk}/"))
    assert SAID["contact"] in text_of(signed_in(office.reviewer).get(f"/cases/{ours.pk}/"))
    do(office.reviewer, ours, "dismiss", answer="经核实不属实")
    ours.refresh_from_db()
    assert ours.step == "publicity"


def test_what_is_over_or_never_was_public_takes_no_objection(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = approved(park, office, make_policy(office), "90000")
    engine.perform(case, "end_publicity", by=None, now=MONDAY)
    assert Client().post(f"/funds/publicity/{case.pk}/object/", SAID).status_code == 409
    assert Client().get(f"/funds/publicity/{case.pk + 99}/object/").status_code == 404


def test_one_address_objects_only_so_often(park: SimpleNamespace, office: SimpleNamespace) -> None:
    version = make_policy(office, cap_amount="9000")
    found = [approved(park, office, version, "9000", year=year) for year in range(2019, 2025)]
    answers = [Client().post(f"/funds/publicity/{case.pk}/object/", SAID).status_code for case in found]
    assert answers == [302] * 5 + [429]
    assert Objection.objects.count() == 5


def test_what_was_paid_is_told_by_month_and_policy_without_names(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    assert "尚未支付" in text_of(Client().get("/funds/payouts/"))
    payable(park, office, make_policy(office))
    booked(sent(approved_plan(office), office), office)
    page = text_of(Client().get("/funds/payouts/"))
    for said in ("2026-11", "研发奖补 RD", "10 万元"):
        assert said in page, said
    assert "启明" not in page
    assert Client().get("/funds/payouts/", {"year": "x"}).status_code == 200
    assert Client().get("/funds/publicity/", {"before": "2026-13-77,x"}).status_code == 200
