"""From “what fits us” to the money on the account, clicked through by eleven people; and three clicks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import expect

from funds.models import BankAccount, Budget, Claim, PaymentFile
from funds.tasks import tend_plans
from portal.cases import watch
from portal.cases.models import Case
from tests.browser.conftest import Person
from tests.browser.test_construction_story import looked_at
from tests.funds.building import ACCOUNT, answers, approved, at, do, make_office, make_policy
from tests.people import MONDAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
Window = Callable[..., Person]
TITLE, OTHER = "研发投入奖补", "设备更新补助"
RIGHT_NUMBER = "6222000000004321"
PHONE = 390
# What a person clicks, counted over all pages of a window; keys count too.
COUNTED = """
for (const kind of ["click", "keydown"]) addEventListener(
  kind, e => { if (e.isTrusted) sessionStorage.acts = Number(sessionStorage.acts || 0) + 1; }, true)
"""


@pytest.fixture
def office(park: SimpleNamespace, moment: Callable[[datetime], None]) -> SimpleNamespace:
    moment(MONDAY)
    return make_office(park)


def opens(who: Person, case: Case) -> Any:
    """From the first page to the case, by its number or its title, as somebody who was told of it does."""
    if who.page.url == f"{who.base}/cases/{case.pk}/":
        who.page.reload()  # others have worked on it meanwhile
        return who.page
    who.go("/")
    if not who.page.locator(f"main a[href='/cases/{case.pk}/']").count():
        who.go(f"/search/?q={case.number}")
    queue = who.page.locator("#panel").count()
    who.page.locator(f"main a[href='/cases/{case.pk}/']").first.click()
    if queue:  # beside the queue; from there to its own page
        who.page.locator(f".panel-body[data-case='{case.pk}'] a").first.click()
        who.page.wait_for_url(f"**/cases/{case.pk}/")
    expect(who.page.locator("h1")).to_contain_text(case.title)
    return who.page


def acts(who: Person, case: Case, name: str, picture: str = "", **filled: str) -> None:
    """Open the form of an action on the page of the case, fill it in by the names of its fields, send it."""
    page = opens(who, case)
    main = page.locator(f"a.first[data-opens=act-{name}]")
    (main if main.count() else page.locator(f"details#act-{name} > summary")).click()
    form = page.locator(f"details#act-{name} form")
    form.wait_for()
    for field, value in filled.items():
        place = form.locator(f"[name={field}]")
        if place.evaluate("e => e.tagName") == "SELECT":
            place.select_option(value)
        else:
            place.fill(value)
    if picture:
        looked_at(who, picture)
    form.locator("button.first, button.grave").last.click()
    succeeds(who)


def presses(who: Person, label: str) -> None:
    """A button of the page as it stands, and the page that follows."""
    who.page.get_by_role("button", name=label, exact=True).click()
    succeeds(who)


def succeeds(who: Person) -> None:
    expect(who.page.locator(".message.success").first).to_be_visible(timeout=20_000)


def supplies(who: Person, case: Case, **answers_: str) -> None:
    """Answer what is missing, each by itself."""
    for name, answer in answers_.items():
        want = opens(who, case).locator(".want", has_text=name)
        want.get_by_label("或用文字说明").fill(answer)
        want.get_by_role("button", name="补充", exact=True).click()
        succeeds(who)


def makes_file(payer: Person, releaser: Person, plan: str, **returned: str) -> PaymentFile:
    """Made by one, released by another, taken out, and the bank's answer taken in."""
    payer.go(plan).get_by_role("button", name="生成文件").click()
    expect(payer.page.locator("h1")).to_contain_text("ZF")
    file = PaymentFile.objects.latest("pk")
    expect(payer.page.get_by_role("button", name="复核放行")).to_have_count(0)  # not by who made it
    releaser.go(f"/funds/files/{file.pk}/")
    presses(releaser, "复核放行")
    payer.go(f"/funds/files/{file.pk}/")
    with payer.page.expect_download() as taken:
        payer.page.get_by_role("button", name="下载支付文件").click()
    assert hashlib.sha256(Path(taken.value.path()).read_bytes()).hexdigest() == file.sha256
    answer: Any = {"name": "回执.csv", "mimeType": "text/csv", "buffer": answers(file, **returned)}
    payer.page.locator("[name=answer]").set_input_files(answer)
    presses(payer, "导入回执")
    return file


def test_from_what_fits_us_to_the_money_on_the_account(
    park: SimpleNamespace, office: SimpleNamespace, window: Window, moment: Callable[[datetime], None]
) -> None:
    version = make_policy(office, title=TITLE, summary="上一年度研发投入的 10%，最多二十万元。")
    other = make_policy(office, "RD2", title=OTHER)
    paid_too = approved(park, office, other, "80000", enterprise=park.theirs)
    theirs = approved(park, office, version, "60000", enterprise=park.theirs)
    owner, agent = window(park.owner, width=PHONE), window(park.agent, width=PHONE)
    clerk, reviewer, leader = window(office.clerk), window(office.reviewer), window(office.leader)

    # Found by the agent, who drafts it on a phone; the owner signs.
    page = agent.go("/")
    page.locator("main").get_by_role("link", name="我能享受什么").first.click()
    one = page.locator("article", has=page.get_by_role("link", name=TITLE))
    expect(one.locator(".light").first).to_have_text("符合")
    one.get_by_role("link", name="立即办理").click()
    page.get_by_label("申报年度").fill("2025")
    page.get_by_label("计算基数").fill("1000000")
    for label, value in (("户名", "holder"), ("开户行", "bank"), ("账号", "number")):
        page.get_by_label(label).fill(ACCOUNT[value])
    expect(page.locator(".estimate b").first).to_contain_text("10 万元")
    page.locator("[name=declared]").check()
    expect(page.locator("[data-saved]")).to_contain_text("已保存")
    page.get_by_role("button", name="交企业管理员签字").click()
    succeeds(agent)
    expect(page.get_by_role("button", name="签署并提交")).to_have_count(0)  # not by who drafted it
    ours = Case.objects.get(kind="funds.claim", enterprise=park.ours)
    opens(owner, ours)
    looked_at(owner, "story-to-sign")
    presses(owner, "签署并提交")

    # 补正: everything at once, each answered by itself.
    asked = {
        "basis": "行政许可法第三十二条",
        "planned_days": "3",
        "notice": "请补齐",
        "missing": "审计报告：盖章\n研发费用明细：按项目",
    }
    acts(clerk, ours, "pause", reason="supplement", **asked)
    opens(owner, ours)
    looked_at(owner, "story-missing")
    supplies(owner, ours, 审计报告="已盖章重新提交", 研发费用明细="电磁线项目一百万元")
    acts(clerk, ours, "accept")

    # Reviewed, with a part for another department; then the meeting.
    acts(reviewer, ours, "review", opinion="符合条件")
    development = str(park.team["development"].pk)
    acts(reviewer, ours, "ask_co_handler", team=development, ask="项目是否在建")
    part = Case.objects.get(parent=ours)
    acts(window(park.handler), part, "reply", reply="在建，进度正常")
    acts(reviewer, ours, "join", opinion="各部门同意")
    acts(leader, ours, "approve", amount="100000", minutes_number="会纪〔2026〕1号")

    # In public: a neighbour objects to another line, which is held, and only that one.
    neighbour = window(width=PHONE)
    page = neighbour.go("/funds/publicity/")
    held = page.locator("tr", has_text=park.theirs.name).filter(has_text=TITLE)
    held.get_by_role("link", name="提出异议").click()
    expect(page.locator("main")).to_contain_text(park.theirs.name)
    page.get_by_label("您的姓名").fill("示范居民")
    page.locator("[name=contact]").fill("0731-5555 0909")
    page.locator("[name=text]").fill("同一项目已在别处申报")
    page.get_by_role("button", name="提交异议").click()
    expect(page.locator("h1")).to_have_text("您的异议已收到")
    page.get_by_role("link", name="返回公示列表").click()
    expect(held).to_contain_text("异议正在答复")
    expect(page.locator("main .light.hold")).to_have_count(1)
    moment(later := at("2026-11-24 09:00"))
    while watch.lapse(later):
        pass
    steps = dict(Case.objects.filter(kind="funds.claim").values_list("pk", "step"))
    assert steps == {ours.pk: "issuing", paid_too.pk: "issuing", theirs.pk: "objected"}

    # Issued, collected into the plan of the month, which three people see through.
    acts(reviewer, ours, "issue", document_number="高新发〔2026〕8号")
    do(office.reviewer, paid_too, "issue", later, document_number="高新发〔2026〕9号")
    tend_plans()
    payer, head, second = window(office.payer), window(office.finance_head), window(office.second_leader)
    payer.go("/")
    payer.page.get_by_role("navigation").get_by_role("link", name="支付", exact=True).click()
    payer.page.locator("main").get_by_role("link", name="2026-11").first.click()
    plan = payer.page.url.removeprefix(payer.base)
    expect(payer.page.locator("tbody tr:not(.class)")).to_have_count(2)
    presses(payer, "提交复核")
    head.go(plan)
    presses(head, "复核通过")
    second.go(plan)
    presses(second, "批准")

    # To the bank and back: one payment comes back, is put right on the phone, and sent once more.
    releaser = window(office.second_payer)
    first = makes_file(payer, releaser, plan, **{ACCOUNT["number"]: "账号不存在"})
    expect(payer.page.locator("main")).to_contain_text("账号不存在")
    acts(owner, ours, "fix_account", "story-fix", **{**ACCOUNT, "number": RIGHT_NUMBER})
    again = makes_file(payer, releaser, plan)
    assert (first.count, again.count) == (2, 1)
    opens(owner, ours)
    presses(owner, "款项已到账")
    looked_at(owner, "story-credited")
    payer.go(plan.replace("/funds/plans/", "/cases/"))
    presses(payer, "关闭")

    budget = Budget.objects.get()
    assert (budget.paid_amount, budget.reserved_amount, budget.committed_amount) == (180_000, 60_000, 0)
    assert BankAccount.objects.get(enterprise=park.ours, active=True).number == RIGHT_NUMBER
    assert Case.objects.get(pk=theirs.pk).step == "objected"
    assert Claim.objects.get(pk=ours.pk).case.step == "performance"
    everybody = (owner, agent, clerk, reviewer, leader, neighbour, payer, head, second, releaser)
    assert [one.errors for one in everybody] == [[]] * len(everybody)


def test_what_comes_without_application_takes_three_clicks(
    park: SimpleNamespace, office: SimpleNamespace, window: Window
) -> None:
    BankAccount.objects.create(enterprise=park.ours, **ACCOUNT)
    make_policy(
        office, delivery="automatic", method="fixed", base="", rate=None, fixed_amount="50000", cap_amount=None,
        title="高新技术企业认定奖励", criteria=[("size", "in", ["small", "medium"])],
    )  # fmt: skip
    owner = window(park.owner, width=PHONE)
    owner.context.add_init_script(COUNTED)
    page = owner.go("/")
    page.locator("main").get_by_role("link", name="我能享受什么").first.click()
    page.get_by_role("link", name="只需确认账户").click()
    expect(page.locator("main")).to_contain_text("5 万元")
    looked_at(owner, "automatic")
    page.get_by_role("button", name="账户无误，确认领取").click()
    succeeds(owner)
    assert page.evaluate("sessionStorage.acts") == "3"
    claim = Claim.objects.get()
    assert (claim.case.step, claim.claimed_amount) == ("received", 50_000)
    assert owner.errors == []
