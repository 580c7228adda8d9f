"""Notices in a real browser: the badge lives, texts are previewed while typing, all works without scripts."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from portal.worktime.now import now
from tests.browser.conftest import Person
from tests.people import file_request

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
TEXT = "/administration/notices/texts/case.opened/zh-hans/"


def test_the_badge_counts_on_while_the_page_is_seen_and_rests_while_it_is_not(
    park: SimpleNamespace, window: Callable[..., Person]
) -> None:
    person = window(park.steward)
    person.page.clock.install()
    page = person.go("/work/")
    asked: list[str] = []
    page.on(
        "request", lambda request: asked.append(request.url) if "/notices/unread/" in request.url else None
    )
    assert page.locator(".badge").count() == 0
    file_request(park, now())
    page.clock.run_for(61_000)
    page.locator("[data-unread] .badge", has_text="1").wait_for()
    assert len(asked) == 1
    hide = "Object.defineProperty(document, 'visibilityState', {configurable: true, get: () => '%s'})"
    page.evaluate(hide % "hidden")
    page.clock.run_for(300_000)
    assert len(asked) == 1
    file_request(park, now())
    page.evaluate(hide % "visible")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.locator("[data-unread] .badge", has_text="2").wait_for()
    assert len(asked) == 2
    assert person.errors == []


def test_a_text_is_previewed_while_it_is_typed(park: SimpleNamespace, window: Callable[..., Person]) -> None:
    page = window(park.administrator).go(TEXT)
    page.get_by_label("正文").fill("请留意 {number}")
    page.locator("#preview", has_text="请留意 QS20260316-000123").wait_for()
    page.get_by_label("正文").fill("{nonsense}")
    page.locator("#preview [role=alert]", has_text="没有占位符 {nonsense}").wait_for()
    page.get_by_label("正文").fill("已收到 {title}")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("新文本已生效").wait_for()
    page.get_by_role("button", name="恢复原文本").click()
    page.get_by_text("已恢复原文本").wait_for()


def test_texts_and_deliveries_work_without_scripts(
    park: SimpleNamespace, window: Callable[..., Person]
) -> None:
    case = file_request(park, now())
    page = window(park.administrator, java_script_enabled=False).go(TEXT)
    page.get_by_label("正文").fill("请留意 {number}")
    page.get_by_role("button", name="预览").click()
    page.locator("#preview", has_text="请留意 QS20260316-000123").wait_for()
    page = window(park.steward, java_script_enabled=False).go(f"/cases/{case.pk}/")
    page.get_by_role("link", name="查看通知对象与送达情况").click()
    page.get_by_text("收件通知").first.wait_for()


def test_the_case_loads_its_deliveries_when_they_come_into_sight(
    park: SimpleNamespace, window: Callable[..., Person]
) -> None:
    case = file_request(park, now())
    page = window(park.steward).go(f"/cases/{case.pk}/")
    page.locator("#told-head").scroll_into_view_if_needed()
    page.locator("details.told", has_text="收件通知").first.wait_for()
