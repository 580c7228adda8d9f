"""Plans and files in the browser's eyes: put off with a reason, made once, released by another, answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pypdfium2
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from funds import tasks
from funds.actions import open_plan, tend_plans
from funds.models import BankResult, Budget, Instalment, PaymentFile, Plan, PlanLine
from portal.accounts.models import User
from portal.cases.models import Case, Event
from tests.funds.building import ACCOUNT, MONDAY, answers, at, do, make_office, make_policy, payable

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(answer: Any) -> str:
    return str(answer.content.decode()).replace("\N{NO-BREAK SPACE}", " ")


def approved_plan(office: SimpleNamespace) -> Plan:
    open_plan(MONDAY)
    plan = Plan.objects.get()
    do(office.payer, plan.pk, "submit")
    do(office.finance_head, plan.pk, "review")
    do(office.second_leader, plan.pk, "approve")
    return plan


def test_the_plan_opens_by_itself_and_says_what_cash_is_needed(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    payable(park, office, make_policy(office, instalments=2), "90000.01")
    assert tasks.tend_plans() == 1
    assert tasks.tend_plans() == 0
    page = text_of(signed_in(office.payer).get("/funds/plans/"))
    assert "2026-11" in page
    assert "45,000.01 元" in page
    assert page.count("4.5 万元") == 0  # the second instalment is due in a year
    assert "/funds/plans/" in text_of(signed_in(office.payer).get("/work/"))


def test_a_plan_ends_by_itself(park: SimpleNamespace, office: SimpleNamespace) -> None:
    open_plan(MONDAY)
    assert tend_plans(at("2026-11-30 08:25")) == 0
    assert tend_plans(at("2026-12-01 08:25")) == 2  # the empty one of November, and December's
    assert Case.objects.get(plan__month="2026-11-01").outcome == "empty"


def test_a_payment_is_put_off_with_a_reason_that_its_enterprise_reads(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = payable(park, office, make_policy(office))
    open_plan(MONDAY)
    plan, line = Plan.objects.get(), PlanLine.objects.get()
    client = signed_in(office.payer)
    address = f"/funds/plans/{plan.pk}/"
    assert f'value="{line.pk}"' in text_of(client.get(address))
    told = {"line": line.pk, "why": "库款紧张", "next": address}
    assert client.post(f"/cases/{plan.pk}/do/defer/", told).headers["Location"] == address
    page = text_of(client.get(address, {"show": "deferred"}))
    assert "库款紧张" in page
    assert "库款紧张" in text_of(signed_in(park.owner).get(f"/cases/{case.pk}/"))
    client.post(f"/cases/{plan.pk}/do/take_back/", {"line": case.number, "next": address})
    line.refresh_from_db()
    assert line.deferred_why == ""


def test_a_double_click_makes_one_file_and_looking_makes_none(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    payable(park, office, make_policy(office))
    plan = approved_plan(office)
    client = signed_in(office.payer)
    page = text_of(client.get(f"/funds/plans/{plan.pk}/"))
    key = re.search(r'name="key" value="(\w+)"', page)
    assert key
    assert "现可支付 1 笔，合计10 万元" in page
    address = f"/funds/plans/{plan.pk}/files/"
    assert client.get(address).status_code == 405
    for _twice in range(2):
        answer = client.post(address, {"layout": "csv", "key": key[1]})
        file = PaymentFile.objects.get()
        assert answer.headers["Location"] == f"/funds/files/{file.pk}/"
    assert client.post(address, {"layout": "csv", "key": "another-key"}).status_code == 422
    assert client.post(address, {"layout": "exe", "key": "another-key"}).status_code == 422
    assert Event.objects.filter(verb="file_made").count() == 1
    page = text_of(client.get(f"/funds/files/{file.pk}/"))
    assert "壹拾万元整" in page
    assert ACCOUNT["number"] not in page


def made(park: SimpleNamespace, office: SimpleNamespace, layout: str = "csv") -> PaymentFile:
    payable(park, office, make_policy(office))
    plan = approved_plan(office)
    signed_in(office.payer).post(f"/funds/plans/{plan.pk}/files/", {"layout": layout, "key": "key-of-test"})
    return PaymentFile.objects.get()


def test_a_second_person_releases_and_the_answer_of_the_bank_is_booked(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    file = made(park, office)
    address = f"/funds/files/{file.pk}/"
    first, second = signed_in(office.payer), signed_in(office.second_payer)
    assert first.post(f"{address}release/").status_code == 403
    assert f"{address}release/" not in text_of(first.get(address))
    assert f"{address}release/" in text_of(second.get(address))
    assert second.post(f"{address}release/").status_code == 302
    assert first.post(f"{address}answer/").status_code == 422
    upload = SimpleUploadedFile("回执.csv", answers(file))
    assert first.post(f"{address}answer/", {"answer": upload}).status_code == 302
    assert Budget.objects.get().paid_amount == 100_000
    again = SimpleUploadedFile("回执.csv", answers(file))
    assert first.post(f"{address}answer/", {"answer": again}).status_code == 302
    assert BankResult.objects.count() == 1
    page = text_of(first.get(address))
    assert "匹配 1 笔：成功 1 笔，退票 0 笔" in page
    assert Event.objects.filter(verb="answer_taken").count() == 1


def test_what_does_not_fit_is_shown(park: SimpleNamespace, office: SimpleNamespace) -> None:
    file = made(park, office)
    client = signed_in(office.payer)
    signed_in(office.second_payer).post(f"/funds/files/{file.pk}/release/")
    wrong = answers(file).decode("utf-8-sig").replace("100000.00", "1.00").encode()
    client.post(f"/funds/files/{file.pk}/answer/", {"answer": SimpleUploadedFile("x.csv", wrong)})
    page = text_of(client.get(f"/funds/files/{file.pk}/"))
    assert "1 行与支付文件不符" in page
    assert Instalment.objects.get().state == "sent"
    rubbish = SimpleUploadedFile("x.csv", b"\x00\x01")
    assert client.post(f"/funds/files/{file.pk}/answer/", {"answer": rubbish}).status_code == 422
    large = SimpleUploadedFile("x.csv", b"x" * (8 * 2**20 + 1))
    assert client.post(f"/funds/files/{file.pk}/answer/", {"answer": large}).status_code == 422


def test_taking_the_file_is_written_down_and_only_for_finance(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    file = made(park, office)
    address = f"/funds/files/{file.pk}/download/"
    assert signed_in(office.payer).get(address).status_code == 405
    for who, status in ((office.leader, 403), (park.auditor, 403), (office.clerk, 403), (park.owner, 403)):
        assert signed_in(who).post(address).status_code == status, who
    answer = signed_in(office.payer).post(address)
    assert ACCOUNT["number"] in answer.content.decode("utf-8-sig")
    event = Event.objects.get(verb="file_taken")
    assert (event.actor, event.data["internal"]["file"]) == (office.payer, file.number)
    assert "下载了支付文件" in text_of(signed_in(office.payer).get(f"/cases/{file.plan_id}/"))


def test_the_voucher_says_number_count_and_amount_in_capitals(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    file = made(park, office)
    address = f"/funds/files/{file.pk}/voucher/"
    signed_in(office.second_payer).post(f"/funds/files/{file.pk}/release/")
    answer = signed_in(office.payer).get(address)
    assert answer.headers["Content-Type"] == "application/pdf"
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(answer.content))
    for said in (file.number, "壹拾万元整", "**** 1234"):
        assert said.replace(" ", "") in text.replace(" ", "").replace("\r\n", ""), said
    assert ACCOUNT["number"] not in text


def test_a_long_answer_is_booked_in_the_background(
    park: SimpleNamespace, office: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = made(park, office)
    signed_in(office.second_payer).post(f"/funds/files/{file.pk}/release/")
    monkeypatch.setattr("funds.actions.AT_ONCE", 0)
    client = signed_in(office.payer)
    client.post(f"/funds/files/{file.pk}/answer/", {"answer": SimpleUploadedFile("x.csv", answers(file))})
    assert Budget.objects.get().paid_amount == 0
    part = text_of(client.get(f"/funds/files/{file.pk}/", headers={"HX-Request": "true"}))
    assert "已入账 0 / 1" in part
    assert tasks.apply_results() == 1
    assert tasks.apply_results() == 0
    assert Budget.objects.get().paid_amount == 100_000
    assert "every 2s" not in text_of(client.get(f"/funds/files/{file.pk}/"))


def test_who_does_not_pay_or_oversee_finds_no_plan(park: SimpleNamespace, office: SimpleNamespace) -> None:
    file = made(park, office)
    plan = file.plan_id
    for who, page, one in (
        (park.owner, 403, 404),
        (office.clerk, 403, 404),
        (park.administrator, 403, 404),
        (park.auditor, 200, 200),
        (office.leader, 200, 200),
        (office.payer, 200, 200),
    ):
        client = signed_in(who)
        assert client.get("/funds/plans/").status_code == page, who
        assert client.get(f"/funds/plans/{plan}/").status_code == one, who
        assert client.get(f"/funds/files/{file.pk}/").status_code in (403, one), who
    assert signed_in(park.auditor).post(f"/funds/files/{file.pk}/release/").status_code == 403


def test_letters_of_a_claim(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = payable(park, office, make_policy(office))
    client = signed_in(office.payer)
    assert "已于" in text_of(client.get(f"/cases/{case.pk}/letters/acceptance/"))
    assert client.get(f"/cases/{case.pk}/letters/payout/").status_code == 422
