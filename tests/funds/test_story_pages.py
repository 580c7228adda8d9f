"""The whole way through the pages: agent, owner, window, department, leaders, finance, bank and a neighbour."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from funds.models import BankAccount, Budget, Claim, PaymentFile, Plan
from funds.tasks import tend_plans
from portal.accounts.models import User
from portal.cases import watch
from portal.cases.models import Case
from tests.funds.building import ACCOUNT, MONDAY, THEIRS, answers, at, claiming, make_office, make_policy
from tests.funds.test_plan_pages import signed_in, text_of

pytestmark = pytest.mark.django_db


def posted(client: Client, path: str, **data: Any) -> Any:
    answer = client.post(path, data)
    assert answer.status_code == 302, (path, answer.status_code, re.sub(r"\s+", " ", text_of(answer))[:1500])
    return answer


def act(user: User, case: int, name: str, **data: Any) -> None:
    posted(signed_in(user), f"/cases/{case}/do/{name}/", **data)


def through_the_meeting(office: SimpleNamespace, case: int) -> None:
    act(office.clerk, case, "accept")
    act(office.reviewer, case, "review", opinion="符合条件")
    act(office.reviewer, case, "join", opinion="各部门同意")
    act(office.leader, case, "approve", amount="100000", minutes_number="会纪〔2026〕1号")


def paid_with(office: SimpleNamespace, plan: int, key: str, **returned: str) -> PaymentFile:
    """Made, released by another, answered by the bank."""
    posted(signed_in(office.payer), f"/funds/plans/{plan}/files/", layout="xlsx", key=key)
    file = PaymentFile.objects.latest("pk")
    posted(signed_in(office.second_payer), f"/funds/files/{file.pk}/release/")
    sent = SimpleUploadedFile("回执.csv", answers(file, **returned))
    posted(signed_in(office.payer), f"/funds/files/{file.pk}/answer/", answer=sent)
    return file


def test_from_the_claim_to_the_money_with_an_objection_and_a_return(park: SimpleNamespace) -> None:
    cache.clear()
    office = make_office(park)
    version = make_policy(office)
    with time_machine.travel(MONDAY, tick=False):
        posted(signed_in(park.agent), "/funds/claims/new/", **claiming(version))
        ours = Claim.objects.get().pk
        act(park.owner, ours, "sign")
        posted(signed_in(park.rival), "/funds/claims/new/", **claiming(version, **THEIRS))
        theirs = Claim.objects.exclude(pk=ours).get().pk
        for case in (ours, theirs):
            through_the_meeting(office, case)
        said = {"name": "示范居民", "contact": "0731-5555 0909", "text": "重复申报"}
        posted(Client(), f"/funds/publicity/{theirs}/object/", **said)
    with time_machine.travel(at("2026-11-24 09:00"), tick=False):
        while watch.lapse(at("2026-11-24 09:00")):
            pass
        steps = dict(Case.objects.filter(kind="funds.claim").values_list("pk", "step"))
        assert steps == {ours: "issuing", theirs: "objected"}
        act(office.reviewer, ours, "issue", document_number="高新发〔2026〕8号")
        tend_plans()
        plan = Plan.objects.get().pk
        act(office.payer, plan, "submit")
        act(office.finance_head, plan, "review")
        act(office.second_leader, plan, "approve")
        paid_with(office, plan, "first-key", **{ACCOUNT["number"]: "账号不存在"})
        assert Case.objects.get(pk=ours).step == "fixing"
        right = {**ACCOUNT, "number": "6222000000004321"}
        act(park.owner, ours, "fix_account", **right)
        paid_with(office, plan, "second-key")
        act(park.owner, ours, "confirm_credited")
        act(office.payer, plan, "close")
        act(park.owner, ours, "report_use", use_of_funds="购置检测设备")
    budget = Budget.objects.get()
    assert (budget.paid_amount, budget.reserved_amount, budget.committed_amount) == (100_000, 100_000, 0)
    assert Case.objects.get(pk=ours).outcome == "approved"
    assert BankAccount.objects.get(enterprise=park.ours, active=True).number == right["number"]
    assert Case.objects.get(pk=theirs).step == "objected"
