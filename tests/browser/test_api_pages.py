"""Making a token by hand, and the page that shows the interface for programs."""

from __future__ import annotations

import os
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Person, axe_problems
from tests.people import file_request

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]


def picture(person: Person, name: str) -> None:
    """Keep what is seen, where somebody wants to look at it."""
    if folder := os.environ.get("PICTURES"):
        person.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("width", [390, 1440])
def test_a_token_is_made_copied_and_revoked(
    park: SimpleNamespace, window: Callable[..., Person], width: int, language: str
) -> None:
    person = window(park.owner, width=width, language=language)
    page = person.go("/accounts/me/")
    picture(person, f"profile-{width}-{language}")
    page.locator("a[href='/accounts/tokens/']").click()
    assert axe_problems(page) == []
    page.fill("[name=name]", "数据仓库" if language == "zh-hans" else "Data warehouse")
    page.check("[name=scopes][value=feed]")
    page.locator("main button.first").click()
    text = page.locator("#token-text").input_value()
    assert text.startswith("psp_")
    assert axe_problems(page) == []
    picture(person, f"token-made-{width}-{language}")
    page.locator("main a.first").click()
    expect(page.locator("#token-text")).to_have_count(0)
    assert text not in page.content()
    assert axe_problems(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    picture(person, f"token-list-{width}-{language}")
    page.locator("main form button").first.click()
    expect(page.locator("main form[action$='/revoke/']")).to_have_count(0)
    assert person.errors == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_documentation_works_offline_and_under_the_strict_policy(
    park: SimpleNamespace, window: Callable[..., Person], language: str
) -> None:
    file_request(park)
    person = window(park.owner, language=language)
    asked: list[str] = []
    person.page.on("request", lambda request: asked.append(request.url))
    page = person.go("/api/v1/docs/")
    page.locator(".opblock").first.wait_for()
    assert page.locator(".opblock").count() > 30
    assert [url for url in asked if not url.startswith((person.base, "data:", "blob:"))] == []
    picture(person, f"docs-{language}")
    page.locator("#operations-cases-case_list .opblock-summary").click()
    page.locator("#operations-cases-case_list button.try-out__btn").click()
    page.locator("#operations-cases-case_list button.execute").click()
    page.locator(
        "#operations-cases-case_list .live-responses-table .response-col_status", has_text="200"
    ).wait_for()
    picture(person, f"docs-open-{language}")
    assert person.errors == []
