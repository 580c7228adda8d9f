"""Papers in the browser: the archive page by page, filing while nobody can scan, a letter with boxes."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import expect

from portal.cases.models import Case, IssuedLetter
from portal.park.models import Enterprise
from tests.browser.conftest import Person, axe_problems
from tests.pages.test_pages import PDF
from tests.papers.test_archive import keep
from tests.people import MONDAY, accept, at, file_request

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
WIDTHS = [390, 1440]


@pytest.fixture(autouse=True)
def _monday(moment: Callable[[datetime], None]) -> None:
    moment(at("2026-11-16 10:00"))


def looked_at(person: Person, width: int, name: str) -> None:
    """As it should be; and kept where somebody wants to look at it."""
    if folder := os.environ.get("PICTURES"):
        person.page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    assert axe_problems(person.page) == []
    assert person.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_the_archive_is_leafed_through(
    park: SimpleNamespace, window: Callable[..., Person], width: int
) -> None:
    keep(park, 65)
    person = window(park.owner, width=width)
    page = person.go("/papers/")
    titles = page.locator("main .todo b")
    expect(titles).to_have_count(30)
    looked_at(person, width, "archive")
    page.locator("main .foot a").click()
    page.wait_for_url("**/papers/?*")
    page.locator("main .foot a").click()
    expect(titles).to_have_count(5)
    expect(page.locator("main .foot")).to_have_count(0)
    looked_at(person, width, "archive-end")
    page.get_by_role("link", name="最新").click()
    expect(titles).to_have_count(30)
    assert person.errors == []


@pytest.mark.parametrize("width", WIDTHS)
def test_a_request_with_a_file_that_waits_for_the_scan_is_sent_without_it(
    park: SimpleNamespace, window: Callable[..., Person], width: int, settings: Any, tmp_path: Path
) -> None:
    settings.CLAMAV_URL, settings.CLAMAV_TIMEOUT_S = "tcp://127.0.0.1:1", 1
    person = window(park.owner, width=width)
    page = person.go("/stations/requests/new/")
    page.check("[name=category][value=utilities]")
    page.fill("[name=title]", "三号车间停电")
    page.fill("[name=description]", "昨晚起停电，请尽快恢复")
    page.fill("[name=contact_name]", "示范联系人")
    page.fill("[name=contact_phone]", "0731-5555 0101")
    page.set_input_files(
        "[name=new_documents]", {"name": "现场.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    page.locator("main button.first").click()
    told = page.locator(".error", has_text="正在等待病毒扫描")
    told.wait_for()
    assert page.input_value("[name=title]") == "三号车间停电"
    assert page.input_value("[name=description]") == "昨晚起停电，请尽快恢复"
    looked_at(person, width, "filing-waits")
    page.locator("main button.first").click()
    page.wait_for_url("**/cases/*/")
    assert Case.objects.get().title == "三号车间停电"


@pytest.mark.parametrize("width", WIDTHS)
def test_a_letter_with_boxes_is_issued_by_whoever_has_read_of_them(
    park: SimpleNamespace, window: Callable[..., Person], width: int
) -> None:
    Enterprise.objects.filter(pk=park.ours.pk).update(name="𠮷祥材料（示范）")
    case = accept(park, file_request(park), MONDAY)
    person = window(park.steward, width=width)
    page = person.go(f"/cases/{case.pk}/letters/acceptance/")
    assert "U+20BB7" in page.locator("main [role=alert]").inner_text()
    looked_at(person, width, "letter-boxes")
    page.check("[name=boxes]")
    page.get_by_role("button", name="印发").click()
    page.wait_for_url(f"**/cases/{case.pk}/")
    assert IssuedLetter.objects.count() == 1
    assert person.errors == []
