"""The lead table in a real browser: written into with the keyboard, seen on every width, in both languages."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import expect

from investment.models import Lead, LeadColumns
from portal.cases import engine
from tests.browser.conftest import Person, axe_problems
from tests.investment.leading import act, make_task_forces, register_lead
from tests.people import actor, at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
LIST = "/investment/leads/?view=all"
Clock = Callable[[datetime], None]


@pytest.fixture
def forces(park: SimpleNamespace, moment: Clock) -> SimpleNamespace:
    made = make_task_forces(park)
    for n, name in enumerate("甲乙丙丁戊己"):
        case = register_lead(
            made.member, made.first, title=f"{name}号电机铁芯扩产项目（示范）",
            investor_name=f"{name}电机（示范）有限公司", investment_amount=f"{n + 1}50000000",
            land_mu=str(20 + n), contact_phone="13800001234", industry="先进材料", heat="ABC"[n % 3],
        )  # fmt: skip
        if n % 2:
            act(made.member, case, "accept")
    moment(at("2026-11-19 10:00"))
    return made


def shoot(page: Any, name: str) -> None:
    if folder := os.environ.get("TABLE_SHOTS"):
        Path(folder).mkdir(exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_table_is_clean(forces: SimpleNamespace, window: Callable[..., Person], language: str) -> None:
    page = window(forces.member, language=language).go(LIST)
    expect(page.locator(".summed").first).to_contain_text("6")
    problems: list[str] = []
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        problems += [f"{width}: {found}" for found in axe_problems(page)]
        shoot(page, f"table-{language}-{width}")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            problems.append(f"{width}: wider than the window")
        page.locator(".filters .more > summary").click()
        shoot(page, f"filters-{language}-{width}")
        problems += [f"{width}, filters: {found}" for found in axe_problems(page)]
        page.reload()
    assert not problems, "\n".join(problems)


def test_cells_are_written_with_the_keyboard(forces: SimpleNamespace, window: Callable[..., Person]) -> None:
    LeadColumns.objects.create(user=forces.member, columns=["jobs", "heat", "next_action_on"])
    case = Lead.objects.select_related("case").order_by("-pk").first().case  # type: ignore[union-attr]
    page = window(forces.member).go(LIST)
    cell = page.locator("tbody tr").first.locator("td[data-key=jobs]")
    cell.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("120")
    page.keyboard.press("Tab")  # saves, and opens the choice beside it
    expect(cell).to_have_text("120")
    expect(page.locator("tbody tr").first.locator("td select")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("F2")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("viele")
    page.keyboard.press("Enter")
    expect(cell.get_by_role("alert")).to_be_visible()
    shoot(page, "wrong-cell")
    assert not axe_problems(page)
    page.keyboard.press("Escape")
    expect(cell).to_have_text("120")
    # Somebody else writes meanwhile.
    engine.perform(case.pk, "edit", by=actor(forces.head), data={"jobs": "7"})
    page.keyboard.press("F2")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("130")
    page.keyboard.press("Enter")
    expect(cell.get_by_role("alert")).to_contain_text("7")
    shoot(page, "conflict")
    page.keyboard.press("Enter")
    expect(cell).to_have_text("130")
    assert Lead.objects.get(case=case).jobs == 130
