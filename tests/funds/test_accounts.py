"""The account of an enterprise: masked for everybody, changed by the owner only, each reading on record."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import time_machine

from funds.actions import make_file, open_plan
from funds.models import BankAccount, Claim, Plan
from portal.cases.errors import Refused
from portal.cases.models import Event
from portal.notices.models import Delivery, Notice, Preference
from portal.park.models import Agency
from portal.trust.models import ContactRead
from tests.funds.building import ACCOUNT, MONDAY, file_claim, make_office, make_policy, payable
from tests.funds.test_payouts import approved_plan
from tests.funds.test_plan_pages import signed_in, text_of

pytestmark = pytest.mark.django_db
OTHER = {**ACCOUNT, "number": "6222000000007777"}


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


def test_an_agent_proposes_and_only_the_owner_confirms(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = file_claim(park, make_policy(office))
    agent, owner = signed_in(park.agent), signed_in(park.owner)
    assert agent.post("/funds/account/", OTHER).status_code == 302
    proposed = BankAccount.objects.get(number=OTHER["number"])
    assert (proposed.active, proposed.confirmed_at) == (False, None)
    confirm = f"/funds/account/{proposed.pk}/confirm/"
    assert agent.post(confirm).status_code == 403
    assert signed_in(park.rival).post(confirm).status_code == 404
    assert Claim.objects.get(pk=case.pk).bank_account != proposed
    assert "**** 7777" in text_of(owner.get("/funds/account/"))
    assert owner.post(confirm).status_code == 302
    proposed.refresh_from_db()
    assert (proposed.active, proposed.confirmed_by) == (True, park.owner)
    assert BankAccount.objects.filter(active=True).count() == 1
    assert Claim.objects.get(pk=case.pk).bank_account == proposed
    assert Event.objects.filter(case_id=case.pk, verb="account_changed").count() == 1
    assert owner.post(confirm).status_code == 422


def test_it_stands_in_the_name_of_the_enterprise(park: SimpleNamespace, office: SimpleNamespace) -> None:
    owner = signed_in(park.owner)
    assert owner.post("/funds/account/", {**OTHER, "holder": "别家公司"}).status_code == 422
    assert owner.post("/funds/account/", {**OTHER, "number": "12ab"}).status_code == 422
    assert not BankAccount.objects.exists()
    for who in (office.payer, park.administrator, office.leader):
        assert signed_in(who).get("/funds/account/").status_code == 404


def test_nothing_is_paid_to_an_account_that_the_owner_has_not_confirmed(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    payable(park, office, make_policy(office))
    plan = approved_plan(office)
    BankAccount.objects.update(confirmed_at=None, confirmed_by=None)
    with pytest.raises(Refused):
        make_file(plan, layout="csv", key="k1", by=office.payer, now=MONDAY)
    assert "待确认" in text_of(signed_in(office.payer).get(f"/funds/plans/{plan.pk}/"))
    account = BankAccount.objects.get()
    signed_in(park.owner).post(f"/funds/account/{account.pk}/confirm/")
    assert make_file(plan, layout="csv", key="k2", by=office.payer, now=MONDAY).count == 1


def test_the_whole_number_is_for_finance_and_each_reading_is_shown_to_the_enterprise(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = payable(park, office, make_policy(office))
    address = f"/funds/claims/{case.pk}/account/"
    for who, status in (
        (park.owner, 403),
        (park.rival, 404),
        (office.reviewer, 403),
        (office.leader, 403),
        (park.auditor, 403),
        (park.administrator, 404),
    ):
        assert signed_in(who).post(address).status_code == status, who
    assert not ContactRead.objects.exists()
    client = signed_in(office.payer)
    assert client.get(address).status_code == 405
    page = text_of(client.get(f"/cases/{case.pk}/"))
    assert address in page
    assert ACCOUNT["number"] not in page
    assert ACCOUNT["number"] in text_of(client.post(address))
    read = ContactRead.objects.get()
    assert (read.reader, read.what, read.case_id) == (office.payer, "account", case.pk)
    for page in ("/funds/account/", "/enterprise/people/"):
        found = text_of(signed_in(park.owner).get(page))
        assert case.number in found, page
        assert "账号" in found
    assert ACCOUNT["number"] not in text_of(signed_in(park.owner).get("/funds/account/"))


def test_a_whole_number_stands_in_no_page_event_search_or_program(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = payable(park, office, make_policy(office))
    open_plan(MONDAY)
    plan = Plan.objects.get()
    pages = [
        f"/cases/{case.pk}/",
        f"/api/v1/cases/{case.pk}/",
        f"/api/v1/cases/{case.pk}/events/",
        f"/funds/plans/{plan.pk}/",
        f"/cases/search/?q={ACCOUNT['number']}",
        "/funds/budgets/",
    ]
    for who in (office.payer, office.leader, park.owner, office.reviewer):
        client = signed_in(who)
        for page in pages:
            answer = client.get(page)
            shown = text_of(answer).replace(f'value="{ACCOUNT["number"]}"', "")
            assert ACCOUNT["number"] not in shown, (who, page)
    assert not [event for event in Event.objects.all() if ACCOUNT["number"] in str(event.data)]


def test_the_claim_says_what_comes_next(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = payable(park, office, make_policy(office))
    owner = signed_in(park.owner)
    assert "下一份资金支付计划" in text_of(owner.get(f"/cases/{case.pk}/"))
    open_plan(MONDAY)
    assert "2026-11" in text_of(owner.get(f"/cases/{case.pk}/"))


def test_the_owner_is_told_once_of_what_an_agent_proposes(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    file_claim(park, make_policy(office))
    agent, owner = signed_in(park.agent), signed_in(park.owner)
    told = Notice.objects.filter(key="funds.account_proposed")
    park.owner.email = "owner@example.com"
    park.owner.save()
    for _again in range(2):
        assert agent.post("/funds/account/", OTHER).status_code == 302
    notice = told.get()
    assert (notice.recipient, notice.in_app) == (park.owner, True)
    assert OTHER["number"] not in str(notice.params)
    assert Delivery.objects.filter(notice=notice, channel="email").exists()
    page = text_of(owner.get("/notices/"))
    assert "**** 7777" in page
    assert "确认" in page
    assert owner.post(f"/notices/{notice.pk}/open/", follow=True).request["PATH_INFO"] == "/funds/account/"
    # Their own account nobody tells them of; nor does an agent who names the one in use get it proposed.
    proposed = BankAccount.objects.get(number=OTHER["number"])
    assert owner.post(f"/funds/account/{proposed.pk}/confirm/").status_code == 302
    assert agent.post("/funds/account/", OTHER).status_code == 422
    assert owner.post("/funds/account/", ACCOUNT).status_code == 302
    assert told.count() == 1
    # An earlier one is proposed anew, and told anew.
    assert agent.post("/funds/account/", OTHER).status_code == 302
    assert told.count() == 2
    anew = BankAccount.objects.get(number=OTHER["number"], confirmed_at=None)
    assert f"/funds/account/{anew.pk}/confirm/" in text_of(owner.get("/funds/account/"))


def test_it_is_told_as_the_owner_has_chosen_and_to_nobody_whose_time_is_over(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    file_claim(park, make_policy(office))
    park.owner.email = "owner@example.com"
    park.owner.save()
    Preference.objects.update_or_create(
        user=park.owner, kind="work", defaults={"in_app": True, "email": "off"}
    )
    agent = signed_in(park.agent)
    agent.post("/funds/account/", OTHER)
    notice = Notice.objects.get(key="funds.account_proposed")
    assert not Delivery.objects.filter(notice=notice).exists()
    Agency.objects.filter(user=park.owner).update(expires_on="2026-01-01")
    agent.post("/funds/account/", {**OTHER, "number": "6222000000008888"})
    assert Notice.objects.filter(key="funds.account_proposed").count() == 1
