"""Projects in the browser: their page in many states, the flow chart, the lists, the forms that lead on."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from portal.cases import engine
from portal.cases.models import Case
from tests.approvals.building import (
    accepted,
    certified,
    decided,
    do,
    make_office,
    material,
    open_project,
    permit,
    signed,
    submitted,
)
from tests.browser.conftest import Person, axe_problems, until
from tests.people import MONDAY, actor, at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
LONG = "高性能特种电磁线及新能源汽车扁线绕组成套装备研发生产基地（三期）扩能与智能化技术改造示范项目"


@pytest.fixture(autouse=True)
def _thursday(moment: Callable[[datetime], None]) -> None:
    moment(at("2026-11-26 11:00"))


def looked_at(person: Person, name: str) -> list[str]:
    """What is wrong with the page at every width; and pictures where somebody wants to look at them."""
    page, problems = person.page, [f"{name}: {p}" for p in axe_problems(person.page)]
    for width in (1440, 768, 390):
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            problems.append(f"{name} {width}: scrolls sideways")
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    problems += [f"{name}: {p}" for p in axe_problems(page)]
    page.set_viewport_size({"width": 794, "height": 1123})
    page.emulate_media(media="print")
    if page.evaluate("document.documentElement.scrollWidth") > 794:
        problems.append(f"{name}: what is printed runs off the paper")
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}-print.png", full_page=True)
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1440, "height": 900})
    return problems


def many_states(park: SimpleNamespace, office: SimpleNamespace) -> Case:
    """Fourteen permits: granted, late, paused, asked for more, refused, to be filed; a promise, and talk."""
    office.items["GD-003"].pledgeable = "lacking"
    office.items["GD-003"].save()
    funds = material(office, "GD-003", "资金承诺书", key=False)
    case = signed(park, office)
    roles = {"is_key": "on", "leader": park.leader.pk, "task_force": office.task_force.pk}
    do(office.clerk, case, "appoint", MONDAY, **roles)
    do(office.clerk, case, "note_contact", MONDAY, kind="visit", on="2026-11-16", note="了解用电需求")
    first = accepted(park, office, case, "filing", MONDAY, **{f"pledge_{funds.pk}": "2026-11-30"})
    do(park.handler, first.case_id, "review", MONDAY, opinion="符合")
    do(park.head, first.case_id, "grant", MONDAY, grounds="")
    certified(park, office, case, "land_use", MONDAY)
    decided(park, office, case, "scheme", MONDAY, at("2026-11-20 10:00"))
    accepted(park, office, case, "pit", at("2026-11-17 10:00"))
    works = accepted(park, office, case, "works", at("2026-11-23 10:00"))
    told = {"basis": "行政许可法", "planned_days": 5, "notice": "专家评审"}
    engine.pause(
        works.case_id,
        by=actor(park.head),
        data={**told, "reason": "special_procedure"},
        now=at("2026-11-24 10:00"),
    )
    place = office.procedure.versions.get().items.get(key="filing").pk
    for n in range(9):
        do(office.clerk, case, "open_another", MONDAY, place=place, label=f"{n + 1} 号厂房及其附属设施")
    asked = submitted(park, case, "filing", at("2026-11-24 10:00"), **{f"pledge_{funds.pk}": "2026-11-30"})
    missing = {**told, "reason": "supplement", "missing": "平面图"}
    engine.pause(asked.case_id, by=actor(office.clerk), data=missing, now=at("2026-11-24 11:00"))
    engine.comment(case, by=actor(park.owner), data={"body": "何时可以进场？"}, now=at("2026-11-24 10:00"))
    return case


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_of_projects_are_clean(
    park: SimpleNamespace, window: Callable[..., Person], language: str
) -> None:
    office = make_office(park)
    empty, one = open_project(park, office, name=LONG), signed(park, office)
    many = many_states(park, office)
    submit = f"/cases/{permit(one, 'filing').case_id}/do/submit/"
    problems: list[str] = []
    for who, paths in {
        park.owner: ("", submit, "new/", "permits/", empty.pk, one.pk, many.pk),
        office.clerk: ("", "desk/?q=启明", f"desk/?enterprise={park.ours.pk}", empty.pk, many.pk),
        park.leader: ("flow/", "permits/?state=late", "?q=没有这个项目", many.pk),
    }.items():
        person = window(who, language=language)
        for path in paths:
            at_once = path if str(path).startswith("/cases") else f"/approvals/projects/{path}"
            person.go(f"{at_once}/" if isinstance(path, int) else str(at_once))
            name = f"{who.username}-{str(path).strip('/').replace('/', '-').replace('?', '') or 'list'}"
            problems += looked_at(person, f"{name}-{language}")
        problems += [f"console: {e}" for e in person.errors]
    assert problems == []


def test_the_dark_pages_are_clean(park: SimpleNamespace, window: Callable[..., Person]) -> None:
    case = many_states(park, make_office(park))
    person = window(park.leader, color_scheme="dark")
    for path in (f"{case.pk}/", "flow/", ""):
        person.go(f"/approvals/projects/{path}")
        assert looked_at(person, f"dark-{path.strip('/') or 'list'}") == []


def test_the_enterprise_files_its_next_permit_by_keyboard(
    park: SimpleNamespace, window: Callable[..., Person]
) -> None:
    case = signed(park, make_office(park))
    person = window(park.owner)
    page = person.go(f"/approvals/projects/{case.pk}/")
    page.get_by_role("link", name="提交申报").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/do/submit/")
    page.get_by_role("button", name="提交申报").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/*/")
    assert permit(case, "filing").case.step == "received"
    page.get_by_role("link", name="年产五万吨电磁线项目").click()
    page.wait_for_url(f"**/approvals/projects/{case.pk}/")
    expect(page.locator("main")).to_contain_text("目前您不需要办理任何事项")
    assert person.errors == []


def test_graph_and_calendar_are_reached_by_keyboard(
    park: SimpleNamespace, window: Callable[..., Person]
) -> None:
    case = many_states(park, make_office(park))
    person = window(park.head, width=390)
    page = person.go(f"/approvals/projects/{case.pk}/")
    calendar = page.get_by_role("region", name="谁在何时办理")
    calendar.focus()
    labels = page.locator(".gantt .names")
    before = labels.bounding_box()
    for _press in range(5):
        page.keyboard.press("ArrowRight")
    until(lambda: calendar.evaluate("region => region.scrollLeft") > 0, within_s=10)
    assert labels.bounding_box() == before  # the names of the lanes stay where they are
    page.locator(".behind > summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("rowheader").nth(13)).to_be_visible()
    page.set_viewport_size({"width": 1440, "height": 900})
    box = page.get_by_role("link", name="建筑工程施工许可（基坑支护和土方开挖）：超期 6 个工作日")
    box.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/*/")
    assert person.errors == []


def test_a_red_node_of_the_chart_opens_what_is_late(
    park: SimpleNamespace, window: Callable[..., Person]
) -> None:
    case = many_states(park, make_office(park))
    page = window(park.leader, width=390).go("/approvals/projects/flow/")
    page.locator(".node.has-late .light.late").click()
    page.wait_for_url("**/permits/?item=*&state=late")
    expect(page.locator("main td a.t")).to_have_text(["建筑工程施工许可（基坑支护和土方开挖）"])
    page.get_by_role("link", name="年产五万吨电磁线项目").click()
    page.wait_for_url(f"**/approvals/projects/{case.pk}/")
