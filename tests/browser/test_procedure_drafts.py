"""Drafts of procedures in a browser: clean pages in every width, and a picture that follows the typing."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from approvals import actions
from approvals.models import ProcedureItem, ProcedureVersion, ServiceItem
from tests.approvals.catalogue import make_item
from tests.approvals.test_procedures import drafted
from tests.browser.conftest import Person, axe_problems
from tests.browser.test_every_page import KNOWN, PROSE
from tests.people import MONDAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
OFFICE = "/approvals/administration/procedures/"
PAGES = (
    OFFICE,
    "/approvals/administration/new-procedure/",
    f"{OFFICE}factory/",
    f"{OFFICE}factory/edit/",
    f"{OFFICE}factory/draft/",
    f"{OFFICE}factory/draft/?q=%E4%BA%8B%E9%A1%B9&edit=scheme&edit=energy",
    f"{OFFICE}factory/draft/publish/",
    f"{OFFICE}factory/draft/discard/",
    f"{OFFICE}factory/versions/1/",
    f"{OFFICE}factory/compare/?old=1&new=2",
)
NAMES = {
    "filing": "企业投资项目备案", "land_use": "建设用地规划许可证核发", "scheme": "建设工程设计方案审查",
    "works_permit": "建设工程规划许可证核发", "drawings": "施工图设计文件审查", "environment": "建设项目环境影响评价文件审批",
    "energy": "固定资产投资项目节能审查", "construction": "建筑工程施工许可", "acceptance": "竣工联合验收",
    "completion": "竣工验收备案",
}  # fmt: skip
STAGES = {"filing": "land", "land_use": "land", "acceptance": "completion", "completion": "completion"}


def prepared(park: SimpleNamespace) -> ProcedureVersion:
    """A published version, and a draft in which something of every kind is wrong."""
    draft = drafted(procedure={"is_default": True})
    for code, name in NAMES.items():
        stage = STAGES.get(code, "construction")
        ServiceItem.objects.filter(code=code).update(name=name, name_en=f"The {code} item", stage=stage)
    ServiceItem.objects.filter(code__in=("energy", "scheme")).update(is_default=True, promised_days=4)
    for n in range(3):
        make_item(f"KG-20{n}", name=f"其他事项 {n}", name_en=f"Another item {n}", is_default=n == 1)
    first = actions.publish_version(draft, by=park.administrator, note="首次发布", now=MONDAY)
    second = actions.begin_draft(first.procedure, by=park.administrator, now=MONDAY)
    ProcedureItem.objects.filter(version=second, key="scheme").update(days=6)
    actions.link(second, [(key["filing"], key["completion"]) for key in [keys(second)]])
    ServiceItem.objects.filter(code="drawings").update(active=False)
    return second


def keys(version: ProcedureVersion) -> dict[str, int]:
    return dict(version.items.values_list("key", "pk"))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_of_administrators_are_clean(
    park: SimpleNamespace, window: Callable[..., Person], language: str
) -> None:
    draft = prepared(park)
    person = window(park.administrator, language=language)
    problems: list[str] = []
    for turn in ("with a ring", "with a picture"):
        for path in PAGES:
            page = person.go(path)
            for width in (1440, 1024, 768, 390):
                page.set_viewport_size({"width": width, "height": 900})
                if language == "zh-hans" and width in (1440, 390):
                    problems += [f"{turn} {path} {width}: {p}" for p in axe_problems(page)]
                if page.evaluate("document.documentElement.scrollWidth") > width:
                    problems.append(f"{turn} {path} {width}: scrolls sideways")
            page.set_viewport_size({"width": 1440, "height": 900})
            if language == "zh-hans":
                left = re.findall(r"[A-Za-z]{4,}(?: [A-Za-z]+)*", KNOWN.sub(" ", page.evaluate(PROSE)))
                problems += [f"{path}: untranslated {words!r}" for words in left]
        draft.prerequisites.filter(item__key="filing").delete()
    problems += [f"console: {error}" for error in person.errors]
    assert problems == []


def test_dark_pages_are_clean(park: SimpleNamespace, window: Callable[..., Person]) -> None:
    prepared(park)
    person = window(park.administrator, color_scheme="dark")
    for path in PAGES:
        assert axe_problems(person.go(path), "color-contrast") == [], path


def test_the_picture_follows_the_typing_and_the_search_finds_while_one_types(
    park: SimpleNamespace, window: Callable[..., Person]
) -> None:
    prepared(park).prerequisites.filter(item__key="filing").delete()
    ServiceItem.objects.update(active=True)
    person = window(park.administrator)
    page = person.go(f"{OFFICE}factory/draft/")
    page.get_by_text("超出承诺 3 个工作日").wait_for()
    page.locator("#row-scheme").get_by_role("link", name="修改").click()
    page.locator("#id_scheme-days:focus").wait_for()
    page.locator("#row-drawings").get_by_role("link", name="修改").press("Enter")
    page.locator("#id_drawings-days").wait_for()
    page.locator("#row-drawings").get_by_role("link", name="关闭").click()
    page.locator("#id_drawings-days").wait_for(state="detached")
    page.locator("#id_scheme-days").fill("3")
    page.locator("#id_scheme-days").blur()
    page.get_by_text("可以发布").wait_for()
    page.get_by_text("尚未保存").wait_for()
    page.locator("#id_q").fill("其他事项 2")
    page.get_by_label("其他事项 2").check()
    page.get_by_role("button", name="添加所选事项并保存").click()
    page.get_by_text("草稿已保存。").wait_for()
    page.locator("#row-scheme").get_by_text("3 个工作日").wait_for()
    page.locator("#row-kg-202").get_by_role("link", name="修改").click()
    page.locator("#row-kg-202 summary").click()
    page.locator("#row-kg-202").get_by_label("竣工验收备案").check()
    page.get_by_role("button", name="保存草稿").first.click()
    page.locator("#row-kg-202").get_by_text("竣工验收备案").wait_for()
    page.get_by_role("link", name="对比并发布").click()
    page.locator("[name=note]").fill("增加一项")
    page.get_by_role("button", name="发布第 2 版").click()
    page.get_by_text("适用于新项目").wait_for()
    assert person.errors == []
