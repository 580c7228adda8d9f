"""Pages of funds in a real browser: axe, both languages, four widths, without scripts; a claim is filed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from funds.actions import apply_result, ask_transfer, make_file, money, open_plan, release_file, take_result
from funds.models import Bar, Budget, Claim, Plan
from portal.accounts.models import User
from portal.cases.models import Case
from tests.browser.conftest import Person, axe_problems
from tests.browser.test_every_page import KNOWN, PROSE
from tests.funds.building import (
    ACCOUNT,
    MONDAY,
    accepted,
    answers,
    approved,
    do,
    file_claim,
    make_office,
    make_policy,
    payable,
)
from tests.people import actor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(400)]
WIDTHS = (1440, 1024, 768, 390)
DIGEST = re.compile(r"[0-9a-f]{64}")


@pytest.fixture(autouse=True)
def _monday(moment: Callable[[Any], None]) -> None:
    moment(MONDAY)


def life(park: SimpleNamespace) -> tuple[SimpleNamespace, dict[str, str]]:
    """Claims in many states, a plan with a line put off, a file with an answer that does not fit all of it."""
    office = make_office(park)
    words = {"summary": "上一年度研发投入的 10%，最多二十万元。", "source": "潭高新发〔2026〕3号"}
    version = make_policy(office, materials=["审计报告", "研发项目说明"], title="研发投入奖补", **words)
    automatic = make_policy(
        office, "AUTO", delivery="automatic", method="fixed", base="", rate=None, fixed_amount="50000",
        cap_amount=None, title="高新技术企业认定奖励", summary="认定当年一次性奖励五万元，免申即享。",
    )  # fmt: skip
    paid = payable(park, office, make_policy(office, "RD3", title="设备更新补助"))
    late = payable(park, office, make_policy(office, "RD4", title="贷款贴息"), enterprise=park.theirs)
    off = payable(park, office, make_policy(office, "RD5", title="绿色工厂奖励"))
    open_plan(MONDAY)
    plan = Plan.objects.get()
    line = plan.lines.get(instalment__account=off.pk)
    do(office.payer, plan.pk, "defer", line=line.pk, why="库款紧张，下月优先安排")
    collecting = f"/funds/plans/{plan.pk}/"
    do(office.payer, plan.pk, "submit")
    do(office.finance_head, plan.pk, "review")
    do(office.second_leader, plan.pk, "approve")
    file = make_file(plan, layout="csv", key="k1", by=office.payer, now=MONDAY)
    release_file(file, by=office.second_payer, now=MONDAY)
    content = answers(file, **{"6222000000005678": "户名不符"}).decode("utf-8-sig")
    result = take_result(
        file, f"{content}\nZF-x,6222,1.00,成功,2026-11-16,LS9,".encode(), by=office.payer, now=MONDAY
    )
    apply_result(result, MONDAY)
    public = approved(park, office, make_policy(office, "RD6", title="专利资助"), "88000.50")
    approved(park, office, make_policy(office, "RD7", title="人才补贴"), "66000", enterprise=park.theirs)
    signing = file_claim(park, make_policy(office, "RD8", title="用工补贴"), signs=False)
    big = make_policy(office, "RD9", title="首台套奖励", cap_amount=None)
    waits = accepted(park, office, big, base_amount="9000000")
    other = Budget.objects.create(code="QT2026", year=2026, name="贷款贴息专项")
    money.appropriate(other, Decimal(260_000), by=None, now=MONDAY)
    ask_transfer(
        other, office.budget, Decimal(60_000), reason="首台套奖励排队", by=actor(office.payer), now=MONDAY
    )
    Bar.objects.create(
        enterprise=park.theirs, kind="tax_arrears", since_on="2026-11-01", reason="欠缴增值税 12 万元"
    )
    for user in User.objects.all():  # so that what is left in Latin letters is what nobody has translated
        User.objects.filter(pk=user.pk).update(display_name=f"示范人员{user.pk}")
    case: Callable[[Case], str] = lambda found: f"/cases/{found.pk}/"  # noqa: E731  # one line says it
    return office, {
        "new": f"/funds/claims/new/?version={version.pk}", "automatic": f"/funds/claims/new/?version={automatic.pk}",
        "choose": "/funds/entitlements/", "account": "/funds/account/", "home": "/",
        "paid": case(paid), "off": case(off), "signing": case(signing), "waits": case(waits), "public": case(public),
        "barred": f"/funds/claims/new/?version={version.pk}", "returned": case(late),
        "plans": "/funds/plans/", "plan": collecting, "deferred": f"{collecting}?show=deferred",
        "file": f"/funds/files/{file.pk}/", "budgets": "/funds/budgets/", "budget": f"/funds/budgets/{office.budget.pk}/",
        "carry": f"/funds/budgets/{office.budget.pk}/carry-over/", "recover": f"/funds/claims/{paid.pk}/recover/",
        "plan_case": case(plan.case), "finance_claim": case(paid),
        "bars": "/funds/bars/", "bar": f"/funds/bars/?enterprise={park.ours.pk}",
        "publicity": "/funds/publicity/", "object": f"/funds/publicity/{public.pk}/object/", "payouts": "/funds/payouts/",
    }  # fmt: skip


OF_OWNER = ("new", "automatic", "choose", "account", "home", "paid", "off", "signing", "waits", "public")
OF_RIVAL = ("barred", "returned")
OF_PAYER = ("plans", "plan", "deferred", "file", "budgets", "budget", "recover", "plan_case", "finance_claim")
OF_HEAD = ("budget", "carry", "budgets")
OF_ANYBODY = ("publicity", "object", "payouts")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_of_funds_are_clean(
    park: SimpleNamespace, window: Callable[..., Person], language: str
) -> None:
    office, named = life(park)
    people: list[tuple[User | None, tuple[str, ...]]] = [
        (park.owner, OF_OWNER),
        (park.rival, OF_RIVAL),
        (office.payer, OF_PAYER),
        (office.finance_head, OF_HEAD),
        (office.clerk, ("bars", "bar")),
        (None, OF_ANYBODY),
    ]
    problems: list[str] = []
    for n, (user, names) in enumerate(people):
        person = window(user, language=language)
        for name in names:
            page = person.go(named[name])
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                if width in (1440, 390):
                    problems += [f"{name} {width}: {found}" for found in axe_problems(page)]
                    shoot(page, f"{n}-{name}-{language}-{width}")
                if page.evaluate("document.documentElement.scrollWidth") > width:
                    problems.append(f"{name} {width} {language}: scrolls sideways")
            if language == "zh-hans":
                left = re.findall(
                    r"[A-Za-z]{4,}(?: [A-Za-z]+)*", KNOWN.sub(" ", DIGEST.sub(" ", page.evaluate(PROSE)))
                )
                problems += [f"{name}: untranslated {words!r}" for words in left]
        problems += [f"console: {error}" for error in person.errors]
    assert not problems, "\n".join(sorted(set(problems)))


def shoot(page: Any, name: str) -> None:
    if folder := os.environ.get("H5_SHOTS"):
        Path(folder).mkdir(exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def fill(page: Any) -> None:
    page.get_by_label("申报年度").fill("2025")
    page.get_by_label("计算基数").fill("800000")
    page.get_by_label("户名").fill(ACCOUNT["holder"])
    page.get_by_label("开户行").fill(ACCOUNT["bank"])
    page.get_by_label("账号").fill(ACCOUNT["number"])
    page.locator("[name=declared]").check()


def test_an_owner_files_on_a_phone_and_sees_the_amount_before(
    park: SimpleNamespace, window: Callable[..., Person]
) -> None:
    version = make_policy(make_office(park))
    person = window(park.owner, width=390)
    page = person.go(f"/funds/claims/new/?version={version.pk}")
    fill(page)
    page.locator(".estimate").get_by_text("8 万元").first.wait_for()
    page.get_by_text("已保存").first.wait_for()
    page.get_by_role("button", name="签署并提交").click()
    page.wait_for_url("**/cases/*/")
    assert Claim.objects.get().calculated_amount == 80_000
    assert person.errors == []


def test_a_claim_is_filed_without_scripts(park: SimpleNamespace, window: Callable[..., Person]) -> None:
    version = make_policy(make_office(park))
    page = window(park.owner, java_script_enabled=False).go(f"/funds/claims/new/?version={version.pk}")
    fill(page)
    page.get_by_role("button", name="测算金额").click()
    page.locator(".estimate").get_by_text("8 万元").first.wait_for()
    page.locator("[name=declared]").check()
    page.get_by_role("button", name="签署并提交").click()
    page.wait_for_url("**/cases/*/")
    assert Claim.objects.get().calculated_amount == 80_000


def test_finance_reads_a_number_by_one_click(park: SimpleNamespace, window: Callable[..., Person]) -> None:
    office = make_office(park)
    case = payable(park, office, make_policy(office))
    page = window(office.payer).go(f"/cases/{case.pk}/")
    assert page.get_by_text(ACCOUNT["number"]).count() == 0
    page.get_by_role("button", name="查看完整账号").click()
    page.get_by_text(ACCOUNT["number"]).wait_for()
