"""Pages of land in a real browser: axe, both languages, four widths; a parcel is assigned by a click."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from approvals.models import Parcel, Project
from portal.accounts.models import User
from portal.cases.models import Case
from tests.approvals.building import do, make_office, open_project
from tests.approvals.land import (
    begin_land_approval,
    begin_recovery,
    idle_parcel,
    line,
    make_parcel,
    recovery_data,
    track,
)
from tests.browser.conftest import Person, axe_problems
from tests.browser.test_every_page import KNOWN, PROSE
from tests.people import MONDAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
WIDTHS = (1440, 1024, 768, 390)


def life(park: SimpleNamespace) -> dict[str, str]:
    """Land in every status, a recovery with both tracks, a checklist with its minutes, projects that wait."""
    office = make_office(park)
    corners = [[112.914, 27.872], [112.921, 27.873], [112.922, 27.868], [112.915, 27.867]]
    held = idle_parcel(park, "HD-07", outline=corners)
    make_parcel("HD-01", "22.5", longitude="112.905", latitude="27.871")
    make_parcel("HD-02", "15", "in_use", longitude="112.909", latitude="27.866", holder=park.theirs)
    make_parcel("HD-03", "60", longitude="112.928", latitude="27.874")
    late = make_parcel("HD-04", "31", planned_delivery_on="2026-01-31", longitude="112.93", latitude="27.866")
    idle = idle_parcel(park, "HD-05", area="18")
    waiting = open_project(park, office, land_mu="20")
    open_project(park, office, theirs=True, name="一个名称很长很长的新能源电磁线扩建项目" * 2, land_mu="62")
    recovery = begin_recovery(park, held)
    do(park.handler, recovery, "begin_agreement", MONDAY)
    do(park.handler, recovery, "begin_compulsory", MONDAY)
    talks, taking = track(recovery, "agreement"), track(recovery, "compulsory")
    do(park.handler, talks, "value", MONDAY, valued_amount="45000000", valued_by="示范评估公司")
    do(park.handler, talks, "propose_price", MONDAY, amount="44000000")
    do(park.handler, taking, "find_idle", MONDAY, idle_since="2025-06-01", findings="未动工",
       hearing_by="2026-11-30")  # fmt: skip
    land = begin_land_approval(park, late)
    lines = line("勘测定界", park.team["development"], "2026-11-18") | line(
        "社会稳定风险评估", park.team["enterprise_service"], "2027-12-15", 2
    )
    do(park.handler, land, "add_lines", MONDAY, **lines)
    minutes = {"held_on": "2026-11-16", "present": "开发建设局、企业服务中心", "decided": "评估延后一周"}
    first = land.children.order_by("pk").first()
    assert first is not None
    do(park.handler, land, "hold_dispatch", MONDAY, tasks=[first.pk], new_due_on="2026-11-20", **minutes)
    case: Callable[[Case], str] = lambda found: f"/cases/{found.pk}/"  # noqa: E731  # one line says it
    return {
        "list": "/approvals/parcels/", "found": "/approvals/parcels/?q=HD&status=idle",
        "nothing": "/approvals/parcels/?q=nothing", "parcel": f"/approvals/parcels/{held.pk}/",
        "late": f"/approvals/parcels/{late.pk}/", "lines": "/approvals/parcels/lines/",
        "match": "/approvals/parcels/match/", "recover": f"/approvals/parcels/{idle.pk}/recover/",
        "approve": f"/approvals/parcels/{idle.pk}/approve/", "recovery": case(recovery), "talks": case(talks),
        "taking": case(taking), "land": case(land), "line": case(first),
        "dispatch": f"{case(land)}do/hold_dispatch/", "add": f"{case(land)}do/add_lines/",
        "waiting": case(waiting), "assign": f"{case(waiting)}do/assign_parcel/",
    }  # fmt: skip


OF_HOLDER = ("recovery", "talks", "taking")
OF_CLERK = ("match", "assign")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_of_land_are_clean(
    park: SimpleNamespace, window: Callable[..., Person], language: str
) -> None:
    named = life(park)
    people = {
        window(park.handler, language=language): [n for n in named if n not in ("waiting", "assign")],
        window(park.owner, language=language): list(OF_HOLDER),
        window(User.objects.get(username="clerk"), language=language): list(OF_CLERK),
    }
    problems: list[str] = []
    for n, (person, names) in enumerate(people.items()):
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
                left = re.findall(r"[A-Za-z]{4,}(?: [A-Za-z]+)*", KNOWN.sub(" ", page.evaluate(PROSE)))
                problems += [f"{name}: untranslated {words!r}" for words in left]
        problems += [f"console: {error}" for error in person.errors]
    assert problems == []


def shoot(page: Any, name: str) -> None:
    if folder := os.environ.get("H6_SHOTS"):
        Path(folder).mkdir(exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_a_parcel_is_assigned_with_one_click(park: SimpleNamespace, window: Callable[..., Person]) -> None:
    office = make_office(park)
    case = open_project(park, office, land_mu="20")
    make_parcel("HD-09", "40")
    best = make_parcel("HD-01", "22.5")
    page = window(office.clerk).go("/approvals/parcels/match/")
    page.get_by_role("button", name="分配 HD-01").click()
    page.get_by_text("没有等地的项目").wait_for()
    assert Project.objects.get(pk=case.pk).parcel == best
    assert Parcel.objects.get(pk=best.pk).assigned_number == case.number


def test_a_recovery_is_begun_on_a_phone(park: SimpleNamespace, window: Callable[..., Person]) -> None:
    parcel = idle_parcel(park)
    person = window(park.handler)
    person.page.set_viewport_size({"width": 390, "height": 800})
    page = person.go(f"/approvals/parcels/{parcel.pk}/")
    page.get_by_role("link", name="启动收回").click()
    data = recovery_data(parcel, planned_delivery_on="2099-06-30")
    page.get_by_label("企业", exact=True).check()
    for label, name in (
        ("情况说明", "reason"),
        ("计划交付日", "planned_delivery_on"),
        ("构筑物", "fixtures"),
    ):
        page.get_by_label(label).fill(str(data[name]))
    page.get_by_role("button", name="启动").click()
    page.get_by_text("已启动").wait_for()
    assert Parcel.objects.get(pk=parcel.pk).status == "recovering"
