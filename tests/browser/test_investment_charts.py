"""The charts of investment in a real browser: axe, both languages, the wall of the meeting room, paper."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import expect

from investment.models import Bulletin, Target
from investment.tasks import draft_bulletins
from tests.browser.conftest import Person, axe_problems
from tests.browser.test_every_page import KNOWN, PROSE
from tests.investment.leading import act, bring_to, make_task_forces, register_lead
from tests.people import at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
CHART = "/investment/chart/"
Clock = Callable[[datetime], None]


@pytest.fixture
def forces(park: SimpleNamespace, moment: Clock) -> SimpleNamespace:
    made = make_task_forces(park)
    steps = ("registration", "contact", "visits", "visits", "negotiation", "negotiation", "pre_review")
    for n, step in enumerate(steps):
        name = f"{'甲乙丙丁戊己庚'[n]}电机（示范）有限公司"
        case = register_lead(
            made.member, made.first, investor_name=name, investment_amount=f"{n + 1}50000000"
        )
        bring_to(made, case, step)
    act(made.member, case, "lose", cause="price", reason="电价高")
    parked = register_lead(made.rival, made.second, investor_name="辛公司（示范）")
    bring_to(made, parked, "registration")
    moment(at("2026-11-19 10:00"))
    return made


def shoot(page: Any, name: str, **more: Any) -> None:
    if folder := os.environ.get("H7_SHOTS"):
        Path(folder).mkdir(exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True, **more)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_chart_is_clean(forces: SimpleNamespace, window: Callable[..., Person], language: str) -> None:
    person = window(forces.leader, language=language)
    page = person.go(CHART)
    problems: list[str] = []
    for width in (1440, 768, 390):
        page.set_viewport_size({"width": width, "height": 900})
        problems += [f"{width}: {found}" for found in axe_problems(page)]
        shoot(page, f"chart-{language}-{width}")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            problems.append(f"{width}: scrolls sideways")
    if language == "zh-hans":
        problems += re.findall(r"[A-Za-z]{4,}(?: [A-Za-z]+)*", KNOWN.sub(" ", page.evaluate(PROSE)))
    assert problems + person.errors == []


def test_it_hangs_on_the_wall_looks_for_news_and_prints_on_one_page(
    forces: SimpleNamespace, window: Callable[..., Person], moment: Clock, tmp_path: Path
) -> None:
    page = window(forces.leader, width=1920).go(CHART)
    page.clock.install()
    page.reload()
    page.keyboard.press("f")
    expect(page.locator("header.bar")).to_be_hidden()
    shoot(page, "wall")
    first = page.locator(".entry-flow .how-many b").first
    expect(first).to_have_text("2")
    register_lead(forces.member, forces.first, at("2026-11-19 10:00"), investor_name="壬公司（示范）")
    page.clock.run_for(61_000)
    expect(first).to_have_text("3")
    page.keyboard.press("f")
    expect(page.locator("header.bar")).to_be_visible()
    made = page.pdf(path=str(tmp_path / "chart.pdf"), prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", made)) == 1
    width, height = map(float, re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", made)[0])
    assert (round(width * 25.4 / 72), round(height * 25.4 / 72)) == (420, 297)
    if folder := os.environ.get("H7_SHOTS"):
        Path(folder, "chart.pdf").write_bytes(made)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_bulletins_and_ranking_are_clean(
    forces: SimpleNamespace, window: Callable[..., Person], moment: Clock, language: str
) -> None:
    Target.objects.create(year=2026, team=forces.first, signed_amount=10**9, projects=5, trips=4, visits=9)
    moment(at("2026-12-01 08:00"))
    draft_bulletins()
    week, month = (Bulletin.objects.get(kind=kind) for kind in ("week", "month"))
    person = window(forces.leader, language=language)
    problems: list[str] = []
    for name, path in {
        "list": "/investment/bulletins/",
        "week": f"/investment/bulletins/{week.pk}/",
        "month": f"/investment/bulletins/{month.pk}/",
        "behind": f"/investment/bulletins/{month.pk}/rows/?cell=new",
        "ranking": "/investment/ranking/",
        "sheet": "/investment/ranking/sheet/?line=projects",
    }.items():
        page = person.go(path)
        if name == "ranking":
            page.locator(".ranking summary").first.click()
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            problems += [f"{name} {width}: {found}" for found in axe_problems(page)]
            shoot(page, f"{name}-{language}-{width}")
            if page.evaluate("document.documentElement.scrollWidth") > width:
                problems.append(f"{name} {width}: scrolls sideways")
        if language == "zh-hans":
            words = re.findall(r"[A-Za-z]{4,}(?: [A-Za-z]+)*", KNOWN.sub(" ", page.evaluate(PROSE)))
            problems += [f"{name}: {word}" for word in words]
    assert problems + person.errors == []
