"""Claims in the browser's eyes: begun, reckoned, handed over, signed; who may not, and what is told."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from funds.actions import serve_budgets
from funds.models import BankAccount, Bar, Claim, Exclusion, Policy
from portal.accounts.models import User
from portal.cases.models import Case, Draft, Event
from portal.notices.models import Notice
from tests.funds.building import (
    ACCOUNT,
    MONDAY,
    THEIRS,
    accepted,
    claiming,
    file_claim,
    make_office,
    make_policy,
    payable,
)
from tests.pages.test_pages import PDF

pytestmark = pytest.mark.django_db
NEW = "/funds/claims/new/"


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


@pytest.fixture(autouse=True)
def _monday() -> Any:
    with time_machine.travel(MONDAY, tick=False):
        yield


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def sent(client: Client, version: Any, **changes: Any) -> Any:
    return client.post(NEW, claiming(version, **changes))


def test_the_owner_signs_and_files_with_one_click(park: SimpleNamespace, office: SimpleNamespace) -> None:
    version = make_policy(office, summary="研发投入的一成，最多二十万元")
    client = signed_in(park.owner)
    page = client.get(NEW, {"version": version.pk}).content.decode()
    assert "研发投入的一成" in page
    assert "签署并提交" in page
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token
    for _twice in range(2):  # a double click
        answer = sent(client, version, token=token[1])
        case = Case.objects.get()
        assert answer.headers["Location"] == reverse("cases:case_view", args=[case.pk])
    claim = Claim.objects.get()
    assert (case.step, claim.signed_by, claim.calculated_amount) == ("received", park.owner, 100_000)
    assert BankAccount.objects.get().confirmed_by == park.owner
    assert not Notice.objects.filter(recipient=park.owner, case_id=case.pk).exists()


def test_an_agent_hands_it_to_the_owner_who_signs(park: SimpleNamespace, office: SimpleNamespace) -> None:
    version = make_policy(office)
    client = signed_in(park.agent)
    assert "交企业管理员签字" in client.get(NEW, {"version": version.pk}).content.decode()
    sent(client, version)
    case = Case.objects.get()
    assert case.step == "signing"
    assert Notice.objects.filter(recipient=park.owner, case_id=case.pk).exists()
    assert client.post(f"/cases/{case.pk}/do/sign/").status_code == 403
    signed_in(park.owner).post(f"/cases/{case.pk}/do/sign/")
    case.refresh_from_db()
    assert case.step == "received"


def test_without_application_it_takes_three_clicks(park: SimpleNamespace, office: SimpleNamespace) -> None:
    version = make_policy(
        office,
        delivery="automatic",
        method="fixed",
        base="",
        rate=None,
        fixed_amount="50000",
        cap_amount=None,
    )
    file_claim(park, make_policy(office, "OTHER"))  # the account is known from it
    client = signed_in(park.owner)
    page = client.get(NEW, {"version": version.pk}).content.decode()
    assert "5 万元" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert "**** 1234" in page
    assert ACCOUNT["number"] not in page
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    fields.pop("csrfmiddlewaretoken", None)
    fields |= dict(re.findall(r'<input type="hidden" name="(year|declared|version)" value="([^"]*)"', page))
    answer = client.post(NEW, fields)
    assert answer.status_code == 302, answer.content.decode()
    claim = Claim.objects.get(policy=version.policy)
    assert (claim.case.step, claim.calculated_amount) == ("received", 50_000)


def test_the_amount_is_reckoned_while_one_types_and_without_scripts(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    version = make_policy(office)
    client = signed_in(park.agent)
    typed = {"version": version.pk, "year": 2025, "base_amount": "300000"}
    part = client.post("/funds/claims/estimate/", typed, headers={"HX-Request": "true"}).content.decode()
    assert "3 万元" in part.replace("\N{NO-BREAK SPACE}", " ")
    assert "<form" not in part
    page = client.post("/funds/claims/estimate/", typed)
    assert page.status_code == 200
    assert 'value="300000"' in page.content.decode()
    assert "3 万元" in page.content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert not Case.objects.exists()
    part = client.post("/funds/claims/estimate/", {**typed, "base_amount": "x"}).content.decode()
    assert "算出" in part


def test_a_draft_stands_for_each_policy_and_goes_when_it_is_sent(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    first, second = make_policy(office), make_policy(office, "RD2")
    client = signed_in(park.owner)
    for version, typed in ((first, "11"), (second, "22")):
        page = client.get(NEW, {"version": version.pk}).content.decode()
        save = re.search(r'data-autosave-url="([^"]+)"', page)
        assert save
        client.post(save[1].replace("&amp;", "&"), {"base_amount": typed})
        client.post(save[1].replace("&amp;", "&"), {"year": "2024"})
    assert Draft.objects.count() == 2
    for version, typed in ((first, "11"), (second, "22")):
        page = client.get(NEW, {"subject": version.policy.code}).content.decode()
        assert f'value="{typed}"' in page
    home = client.get("/").content.decode()
    assert "研发奖补 RD2" in home
    assert f"{NEW}?subject=RD2" in home
    token = Draft.objects.get(subject="RD2").token
    sent(client, second, token=token)
    assert [draft.subject for draft in Draft.objects.all()] == ["RD"]


def test_a_draft_of_what_is_no_policy_is_not_kept(park: SimpleNamespace, office: SimpleNamespace) -> None:
    client = signed_in(park.owner)
    for subject in ("", "NOWHERE"):
        address = f"/enterprise/drafts/funds.claim/?subject={subject}"
        address = reverse("cases:draft_save", args=["funds.claim"]) + f"?subject={subject}"
        assert client.post(address, {"year": "2025"}).status_code == 404
    address = reverse("cases:draft_save", args=["stations.request"]) + "?subject=x"
    assert client.post(address, {"title": "x"}).status_code == 404
    assert not Draft.objects.exists()


def test_who_is_barred_is_told_before_typing(park: SimpleNamespace, office: SimpleNamespace) -> None:
    version = make_policy(office)
    Bar.objects.create(
        enterprise=park.ours,
        kind="tax_arrears",
        since_on="2026-01-01",
        until_on="2026-12-31",
        reason="欠缴增值税",
    )
    client = signed_in(park.owner)
    page = client.get(NEW, {"version": version.pk}).content.decode()
    assert "欠缴增值税" in page
    assert "<textarea" not in page
    assert sent(client, version).status_code == 422
    assert not Case.objects.exists()
    Bar.objects.update(until_on="2026-11-15")
    assert sent(client, version).status_code == 302


def test_a_ground_that_is_taken_is_named_beside_its_field(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    first, second = make_policy(office), make_policy(office, "RD2")
    own = file_claim(park, first, invoices="FP001, 1000000")
    client = signed_in(park.owner)
    answer = sent(client, second, invoices="fp001, 1000000")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"FP001 已在贵企业的申报 {own.number}" in page
    rival = signed_in(park.rival)
    answer = rival.post(NEW, claiming(second, **THEIRS, invoices="FP001, 1000000"))
    assert answer.status_code == 422
    assert "FP001" in answer.content.decode()
    assert own.number not in answer.content.decode()
    assert "启明" not in answer.content.decode()


def test_an_overlapping_period_and_an_excluded_policy_name_the_claim(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    version, other = make_policy(office), make_policy(office, "RD2")
    own = file_claim(park, version)
    client = signed_in(park.owner)
    answer = sent(client, version)
    assert answer.status_code == 422
    assert own.number in answer.content.decode()
    first, second = sorted([version.policy_id, other.policy_id])
    Exclusion.objects.create(policy_id=first, other_id=second)
    answer = sent(client, other)
    assert answer.status_code == 422
    assert own.number in answer.content.decode()
    assert sent(client, other, year=2024).status_code == 302


def test_when_the_budget_is_used_up_one_is_told_the_place_in_the_line(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    version = make_policy(office, cap_amount="900000")
    accepted(park, office, version, base_amount="9000000")
    accepted(park, office, version, enterprise=park.theirs, base_amount="2000000")
    typed = {"version": version.pk, "year": 2023, "base_amount": "1500000"}
    client = signed_in(park.owner)
    part = client.post("/funds/claims/estimate/", typed, headers={"HX-Request": "true"}).content.decode()
    assert "第 2 位" in part
    assert serve_budgets(MONDAY) == 0


def test_a_paper_comes_along_and_is_offered_the_next_time(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    version = make_policy(office, materials=["审计报告"])
    material = version.materials.get()
    client = signed_in(park.owner)
    assert sent(client, version).status_code == 422
    upload = SimpleUploadedFile("a.pdf", PDF, content_type="application/pdf")
    answer = sent(client, version, **{f"new_paper_{material.pk}": upload})
    assert answer.status_code == 302, answer.content.decode()
    paper = Claim.objects.get().papers.get()
    other = make_policy(office, "RD2", materials=["审计报告"])
    page = client.get(NEW, {"version": other.pk}).content.decode()
    assert re.search(rf'<option value="{paper.document_id}"\s+selected', page)


def test_a_policy_that_was_changed_meanwhile_is_looked_at_once_more(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    version = make_policy(office)
    policy = version.policy
    later = policy.versions.create(
        number=2, made_at=MONDAY, opens_on="2026-01-01", method="rate", base="claimed", rate="0.05"
    )
    later.published_at = MONDAY
    later.save()
    answer = sent(signed_in(park.owner), version)
    assert answer.status_code == 422
    assert "政策已调整" in answer.content.decode()


def test_others_begin_no_claim(park: SimpleNamespace, office: SimpleNamespace) -> None:
    version = make_policy(office)
    assert signed_in(office.clerk).get(NEW, {"version": version.pk}).status_code == 404
    assert Client().get(NEW).status_code == 302
    Policy.objects.update(active=False)
    assert signed_in(park.owner).get(NEW, {"version": version.pk}).status_code == 404
    for wrong in ("999999", "x", "9" * 30, "\0"):
        assert signed_in(park.owner).get(NEW, {"version": wrong, "subject": wrong}).status_code == 404


def test_no_account_number_stands_in_the_timeline(park: SimpleNamespace, office: SimpleNamespace) -> None:
    file_claim(park, make_policy(office))
    assert not [e for e in Event.objects.all() if ACCOUNT["number"] in str(e.data)]


def test_finance_demands_back_what_was_paid(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = payable(park, office, make_policy(office))
    address = f"/funds/claims/{case.pk}/recover/"
    assert signed_in(park.owner).get(address).status_code == 403
    assert signed_in(park.rival).get(address).status_code == 404
    client = signed_in(office.payer)
    assert client.get(address).status_code == 200
    told = {"amount": "10", "due_on": "2026-12-31", "reason": "多付"}
    assert "最多可追回" in client.post(address, told).content.decode()
