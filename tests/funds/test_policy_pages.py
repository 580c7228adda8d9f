"""Policies on pages: what anybody reads, what an enterprise finds for itself, how a policy is written and published."""

from __future__ import annotations

import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from funds import actions, matching
from funds.models import Exclusion, Match, Policy, PolicyVersion
from portal.cases.errors import NotAllowed
from portal.park.models import Agency, Enterprise
from tests.funds.building import file_claim, make_office, make_policy
from tests.funds.test_matching import report
from tests.pages.test_pages import browser
from tests.people import MONDAY, person, works_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday(time_machine: Any) -> None:
    time_machine.move_to(MONDAY, tick=False)


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


def text(client: Client, name: str, *args: Any, query: str = "") -> str:
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


# What an enterprise finds for itself --------------------------------------------------------------------


def test_an_enterprise_sees_what_fits_what_is_missing_and_what_it_comes_to(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    report(park.ours, "2025-01-01", 22, rd_amount="100000")
    fits = make_policy(
        office, "A", base="rd_amount", title="研发投入奖补", cap_amount="100000",
        criteria=[("output_amount", "at_least", ["10000000"])],
    )  # fmt: skip
    make_policy(office, "B", title="高企奖励", criteria=[("is_high_tech", "is", ["true"])])
    make_policy(office, "C", title="大企业奖励", criteria=[("size", "is", ["large"])])
    make_policy(office, "D", title="已截止的", closes_on="2026-06-30")
    page = text(browser(park.owner), "funds:entitlements")
    assert "有 1 项政策符合贵企业的情况" in page
    assert "目前可享受约 10 万元" in page
    assert "近 12 个月产值不低于1,000 万元 · 目前：1,200 万元" in page
    assert "120 万元 × 10 %" in page  # how it is reckoned
    assert "请补充“高新技术企业”：一企一档：请联系企业服务中心补充" in page
    assert "1 项政策暂不符合" in page
    assert "1 项政策已截止申报" in page
    start = browser(park.owner).get(reverse("funds:entitlements")).content.decode()
    assert f"/funds/claims/new/?version={fits.pk}" in start
    assert start.count("/funds/claims/new/") == 2  # what fits, and what could


def test_what_is_claimed_already_leads_to_its_case(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = file_claim(park, make_policy(office, "A"))
    page = browser(park.owner).get(reverse("funds:entitlements")).content.decode()
    assert reverse("cases:case_view", args=[case.pk]) in page
    assert case.number in page


def test_money_that_comes_by_itself_asks_for_the_account_only(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    make_policy(
        office, "A", delivery="automatic", method="fixed", base="", rate=None, fixed_amount="5000", closes_on="2026-11-20"
    )  # fmt: skip
    page = text(browser(park.owner), "funds:entitlements")
    assert "只需确认账户" in page
    assert "2026-11-20 截止，还剩 4 天" in page
    english = text(browser(park.owner, "en"), "funds:entitlements")
    assert "Confirm the account only" in english


def test_whoever_may_only_look_cannot_begin_and_strangers_do_not_see_it(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    make_policy(office, "A")
    Agency.objects.filter(user=park.agent).update(read_only=True)
    page = browser(park.agent).get(reverse("funds:entitlements")).content.decode()
    assert "/funds/claims/new/" not in page
    Agency.objects.filter(user=park.agent).update(kinds=["stations.request"])
    assert browser(park.agent).get(reverse("funds:entitlements")).status_code == 403
    assert browser(park.handler).get(reverse("funds:entitlements")).status_code == 403
    assert Client().get(reverse("funds:entitlements")).status_code == 302


def test_the_first_page_leads_there(park: SimpleNamespace, office: SimpleNamespace) -> None:
    assert reverse("funds:entitlements") in browser(park.owner).get("/").content.decode()


# The library --------------------------------------------------------------------------------------------


def test_anybody_can_read_the_library_and_narrow_it(park: SimpleNamespace, office: SimpleNamespace) -> None:
    make_policy(office, "A", title="研发奖补", level="city", summary="给研发投入大的企业")
    make_policy(
        office, "B", title="电池专项", criteria=[("industry", "in", ["电池"])], closes_on="2026-01-31"
    )
    make_policy(office, "C", title="停用的").policy.__class__.objects.filter(code="C").update(active=False)
    nobody = Client()
    assert "研发奖补" in text(nobody, "funds:policy_list")
    assert "停用的" not in text(nobody, "funds:policy_list")
    for query, wanted in (
        ("?level=city", ["研发奖补"]),
        ("?q=投入大", ["研发奖补"]),
        ("?open=on", ["研发奖补"]),
        ("?industry=材料", ["研发奖补"]),
        ("?industry=电池", ["研发奖补", "电池专项"]),
        ("?delivery=automatic", []),
        ("?level=nonsense&page=x", ["研发奖补", "电池专项"]),
    ):
        page = text(nobody, "funds:policy_list", query=query)
        assert [t for t in ("研发奖补", "电池专项") if t in page] == wanted, query
    assert "没有找到" in text(nobody, "funds:policy_list", query="?q=zzz")


def test_a_policy_says_who_how_much_how_and_until_when(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    other = make_policy(office, "B", title="别的奖补")
    version = make_policy(
        office, "A", method="tiers", rate=None, base="rd_amount", title="阶梯奖补", summary="多投多奖",
        tiers=[{"from_amount": "0", "rate": "0.05"}, {"from_amount": "1000000", "rate": "0.1"}],
        materials=["研发费用专项审计报告"], lifetime_cap_amount="500000", instalments=2,
        criteria=[("is_high_tech", "is", ["true"], 1), ("tags", "has_any", ["专精特新"], 1)],
    )  # fmt: skip
    Exclusion.objects.create(policy=min(other.policy, version.policy, key=lambda p: p.pk), other=max(other.policy, version.policy, key=lambda p: p.pk))  # fmt: skip
    page = text(Client(), "funds:policy_view", version.policy_id)
    for said in (
        "多投多奖", "符合以下任一条即可", "标签含任一专精特新", "0 元 至 100 万元：5 %", "100 万元 以上：10 %",
        "最高 20 万元", "研发费用专项审计报告", "科创局", "别的奖补", "最高 50 万元", "登录查看是否符合",
    ):  # fmt: skip
        assert said in page, said
    draft_only = Policy.objects.create(
        code="X", title="草稿", level="park", kind="reward", team=office.science
    )
    assert Client().get(reverse("funds:policy_view", args=[draft_only.pk])).status_code == 404
    ours = text(browser(park.owner), "funds:policy_view", version.policy_id)
    assert "贵企业的情况" in ours


# Writing a policy ---------------------------------------------------------------------------------------

NEW = {"code": "KJ-2026-01", "title": "研发奖补", "title_en": "", "level": "park", "kind": "reward"}


def typed(client: Client, policy: Policy, **changes: Any) -> dict[str, Any]:
    """The draft as a browser would send it."""
    form = client.get(reverse("funds:policy_draft", args=[policy.pk])).context["form"]
    data: dict[str, Any] = {}
    for name, field in form.fields.items():
        value = form[name].value()
        if name in ("criteria", "tiers", "materials"):
            for n, row in enumerate(value or []):
                data |= {
                    f"{name}-{n}-{key}": "on" if v is True else v
                    for key, v in row.items()
                    if v not in (None, False)
                }
        elif value not in (None, "") and field is not None:
            data[name] = value
    return {**data, **changes}


@pytest.fixture
def editor(park: SimpleNamespace, office: SimpleNamespace) -> Client:
    return browser(office.reviewer)


@pytest.fixture
def policy(editor: Client, office: SimpleNamespace) -> Policy:
    """A new one, with its draft."""
    answer = editor.post(reverse("funds:policy_create"), {**NEW, "team": office.science.pk})
    assert answer.status_code == 302
    return Policy.objects.get(code="KJ-2026-01")


def filled(client: Client, policy: Policy, office: SimpleNamespace, **changes: Any) -> dict[str, Any]:
    return typed(
        client, policy, **{
            "summary": "研发投入的一成", "summary_en": "A tenth of research", "opens_on": "2026-01-01",
            "delivery": "reviewed", "budget": office.budget.pk, "rate": "10", "cap_amount": "200000",
            "criteria-0-fact": "size", "criteria-0-operator": "in", "criteria-0-values": "小型、中型",
            "criteria-1-fact": "output_amount", "criteria-1-operator": "at_least", "criteria-1-values": "500万",
            "criteria-1-group": "1", "materials-0-name": "审计报告", "materials-0-is_required": "on", **changes,
        },
    )  # fmt: skip


def save(client: Client, policy: Policy, data: dict[str, Any]) -> Any:
    return client.post(reverse("funds:policy_draft", args=[policy.pk]), data)


def publish(client: Client, policy: Policy, note: str = "首次发布") -> Any:
    page = reverse("funds:policy_publish", args=[policy.pk])
    return client.post(page, {"note": note, "seen": actions.mark(policy.versions.get(published_at=None))})


def test_a_draft_is_written_tried_and_published_by_somebody_else(
    park: SimpleNamespace, office: SimpleNamespace, editor: Client, policy: Policy
) -> None:
    report(park.ours, "2025-11-01", 12)
    assert save(editor, policy, filled(editor, policy, office)).status_code == 302
    draft = policy.versions.get()
    assert [(c.fact, c.operator, c.values, c.group) for c in draft.criteria.all()] == [
        ("size", "in", ["small", "medium"], 0),
        ("output_amount", "at_least", ["5000000"], 1),
    ]
    assert (draft.rate, draft.base, draft.materials.get().name) == (Decimal("0.1"), "claimed", "审计报告")
    assert policy.versions.get().writers == [office.reviewer.pk]
    shown = text(editor, "funds:policy_simulation", policy.pk)
    assert "启明电源" in shown
    assert "0 元 至 20 万元" in shown
    assert "云栖材料" in text(editor, "funds:policy_simulation", policy.pk, query="?verdict=unknown")
    assert Match.objects.count() == 0
    # Whoever wrote it does not publish it: told on the page, refused by the engine and by the database.
    assert "须由他人发布" in text(editor, "funds:policy_publish", policy.pk)
    assert publish(editor, policy).status_code == 403
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.filter(pk=draft.pk).update(published_by=office.reviewer, published_at=MONDAY)
    head = browser(office.head)
    assert publish(head, policy).status_code == 302
    policy.refresh_from_db()
    assert (policy.budget, policy.delivery) == (office.budget, "reviewed")
    assert "研发奖补" in text(Client(), "funds:policy_list")


def test_none_of_several_writers_publishes(
    park: SimpleNamespace, office: SimpleNamespace, editor: Client, policy: Policy
) -> None:
    save(editor, policy, filled(editor, policy, office))
    head, third = browser(office.head), works_in(person("third"), office.science)
    save(head, policy, typed(head, policy, summary="改过"))
    draft = policy.versions.get()
    for writer in (office.reviewer, office.head):
        with pytest.raises(NotAllowed):
            actions.publish_version(draft, by=writer, note="", now=MONDAY)
        with pytest.raises(IntegrityError), transaction.atomic():
            PolicyVersion.objects.filter(pk=draft.pk).update(published_by=writer, published_at=MONDAY)
    assert publish(browser(third), policy).status_code == 302


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"criteria-0-values": ""}, "请填写比较的内容"),
        ({"criteria-0-operator": "at_least"}, "可用的比较方式"),
        ({"criteria-1-values": "很多"}, "以元为单位的金额"),
        ({"criteria-0-fact": "colour"}, "第 1 行"),
        ({"rate": ""}, "请填写比例"),
        ({"rate": "101"}, "100"),
        ({"method": "fixed", "fixed_amount": ""}, "请填写金额"),
        ({"method": "tiers", "base": "rd_amount"}, "尚未填写分档"),
        ({"method": "tiers", "base": "", "tiers-0-from_amount": "0", "tiers-0-rate": "5"}, "请选择计算基数"),
        ({"method": "steps", "tiers-0-from_amount": "0", "tiers-0-rate": "5"}, "分档须填写金额"),
        ({"method": "tiers", "tiers-0-from_amount": "0"}, "第 1 行"),
        ({"closes_on": "2025-12-31"}, "截止"),
        ({"instalments": "0"}, "1"),
        ({"criteria-0-values": "\x00"}, "第 1 行"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_written(
    office: SimpleNamespace, editor: Client, policy: Policy, changes: dict[str, str], said: str
) -> None:
    before = actions.mark(policy.versions.get())
    answer = save(editor, policy, filled(editor, policy, office, **changes))
    assert answer.status_code == 422
    errors = " ".join(str(e) for texts in answer.context["form"].errors.values() for e in texts)
    assert said in errors
    assert "研发投入的一成" in answer.content.decode()  # what was typed stands
    assert actions.mark(policy.versions.get()) == before


def test_two_editors_see_both_versions(
    park: SimpleNamespace, office: SimpleNamespace, editor: Client, policy: Policy
) -> None:
    save(editor, policy, filled(editor, policy, office))
    head = browser(office.head)
    mine, theirs = typed(editor, policy, cap_amount="300000"), typed(head, policy)
    theirs |= {"criteria-0-values": "大型", "cap_amount": "250000"}
    assert save(head, policy, theirs).status_code == 302
    answer = save(editor, policy, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "现为“250,000" in page.replace("250000", "250,000")
    assert "large" not in page.split("<form")[0] or "大型" in page
    assert policy.versions.get().cap_amount == Decimal(250_000)
    again = {**mine, "seen": answer.context["form"].data["seen"]}
    assert save(editor, policy, again).status_code == 302
    assert policy.versions.get().cap_amount == Decimal(300_000)


def test_rows_can_be_taken_out_and_saving_the_same_writes_nothing(
    office: SimpleNamespace, editor: Client, policy: Policy
) -> None:
    save(editor, policy, filled(editor, policy, office))
    kept = list(policy.versions.get().criteria.values_list("pk", flat=True))
    save(editor, policy, typed(editor, policy))
    assert list(policy.versions.get().criteria.values_list("pk", flat=True)) == kept
    save(editor, policy, typed(editor, policy, **{"criteria-0-remove": "on"}))
    assert [c.fact for c in policy.versions.get().criteria.all()] == ["output_amount"]


def test_a_version_says_what_the_policy_will_say_and_changes_it_only_when_published(
    park: SimpleNamespace, office: SimpleNamespace, editor: Client, policy: Policy
) -> None:
    other = make_policy(office, "OTHER").policy
    save(editor, policy, filled(editor, policy, office, delivery="pledged", excluded=[other.pk]))
    policy.refresh_from_db()
    assert (policy.delivery, policy.budget, policy.excludes()) == ("reviewed", None, set())
    publish(browser(office.head), policy)
    policy.refresh_from_db()
    assert (policy.delivery, policy.budget, policy.excludes()) == ("pledged", office.budget, {other.pk})
    editor.post(reverse("funds:policy_draft_begin", args=[policy.pk]))
    assert policy.versions.get(published_at=None).excluded == [other.pk]
    data = typed(editor, policy, cap_amount="100000", delivery="immediate")
    data.pop("excluded")
    save(editor, policy, data)
    page = text(browser(office.head), "funds:policy_publish", policy.pk)
    for said in ("单次申报上限", "20 万元", "10 万元", "即申即享", "同一期间不同时享受"):
        assert said in page, said
    publish(browser(office.head), policy, "调整")
    policy.refresh_from_db()
    assert (policy.delivery, policy.excludes()) == ("immediate", set())
    assert "单次申报上限" in text(editor, "funds:policy_compare", policy.pk, query="?old=1&new=2")
    assert "20 万元" in text(editor, "funds:policy_version", policy.pk, 1)
    assert "调整" in text(editor, "funds:policy_manage", policy.pk)


def test_what_would_go_wrong_is_told_before_publishing(
    park: SimpleNamespace, office: SimpleNamespace, editor: Client, policy: Policy
) -> None:
    data = filled(
        editor,
        policy,
        office,
        method="fixed",
        fixed_amount="600000",
        cap_amount="",
        rate="",
        base="",
        closes_on="2026-06-30",
    )
    save(editor, policy, {k: v for k, v in data.items() if not k.startswith("criteria-")})
    page = text(browser(office.head), "funds:policy_publish", policy.pk)
    for said in ("没有设置条件", "申报期已过", "预算余额 100 万元，符合条件的企业合计 120 万元"):
        assert said in page, said
    save(editor, policy, typed(editor, policy, summary="", delivery="automatic"))
    page = text(browser(office.head), "funds:policy_publish", policy.pk)
    assert "请用通俗的话说明政策内容" in page
    assert publish(browser(office.head), policy).status_code == 422


def test_a_draft_that_changed_after_it_was_looked_at_is_not_published(
    office: SimpleNamespace, editor: Client, policy: Policy
) -> None:
    save(editor, policy, filled(editor, policy, office))
    seen = actions.mark(policy.versions.get())
    save(editor, policy, typed(editor, policy, cap_amount="900000"))
    page = reverse("funds:policy_publish", args=[policy.pk])
    assert browser(office.head).post(page, {"note": "x", "seen": seen}).status_code == 409
    discard = reverse("funds:policy_discard", args=[policy.pk])
    assert editor.post(discard, {"seen": seen}).status_code == 409
    assert editor.get(discard).status_code == 200
    assert editor.post(discard, {"seen": actions.mark(policy.versions.get())}).status_code == 302
    assert not policy.versions.exists()
    assert editor.get(reverse("funds:policy_draft", args=[policy.pk])).status_code == 404


def test_only_the_department_and_administrators_look_after_a_policy(
    park: SimpleNamespace, office: SimpleNamespace, editor: Client, policy: Policy
) -> None:
    pages = [
        reverse(f"funds:{name}", args=[policy.pk])
        for name in ("policy_manage", "policy_edit", "policy_draft", "policy_simulation", "policy_publish")
    ]
    for page in pages:
        assert editor.get(page).status_code == 200
        assert browser(park.administrator).get(page).status_code == 200
        assert browser(park.handler).get(page).status_code == 404  # another department
        assert browser(park.steward).get(page).status_code == 403
        assert browser(park.owner).get(page).status_code == 403
        assert Client().get(page).status_code == 302
    assert "研发奖补" not in text(browser(park.handler), "funds:policy_desk")
    assert "研发奖补" in text(editor, "funds:policy_desk")
    answer = browser(park.handler).post(
        reverse("funds:policy_create"), {**NEW, "code": "Y", "team": office.science.pk}
    )
    assert answer.status_code == 422  # not for another department


def test_name_and_department_are_edited_by_one_at_a_time(
    office: SimpleNamespace, editor: Client, policy: Policy
) -> None:
    page = reverse("funds:policy_edit", args=[policy.pk])
    seen = editor.get(page).context["form"].initial["seen"]
    data = {**NEW, "team": office.science.pk, "active": "on", "seen": seen}
    assert editor.post(page, {**data, "title": "新名称"}).status_code == 302
    answer = editor.post(page, {**data, "title": "另一个"})
    assert answer.status_code == 409
    assert "新名称" in answer.content.decode()
    assert Policy.objects.get(pk=policy.pk).title == "新名称"


def test_there_is_one_draft_and_publishing_tells_whom_it_fits(
    park: SimpleNamespace, office: SimpleNamespace, editor: Client, policy: Policy
) -> None:
    begin = reverse("funds:policy_draft_begin", args=[policy.pk])
    assert editor.post(begin).status_code == 409
    matching.refresh_profiles(MONDAY.date())
    data = filled(editor, policy, office)
    save(editor, policy, {k: v for k, v in data.items() if not k.startswith("criteria-1")})
    publish(browser(office.head), policy)
    assert Match.objects.filter(policy=policy, verdict="met").count() == Enterprise.objects.count()
    assert (
        editor.post(reverse("funds:policy_publish", args=[policy.pk]), {"note": "x", "seen": "x"}).status_code
        == 409
    )
