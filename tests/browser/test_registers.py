"""The registers: in the portal's look, clean for axe, without anything that the content policy forbids."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.conf import settings

from tests.approvals.catalogue import make_catalogue
from tests.browser.conftest import Person, axe_problems

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
PAGES = (
    "/register/",
    "/register/accounts/user/",
    "/register/accounts/user/add/",
    "/register/accounts/user/{owner}/change/",
    "/register/park/team/",
    "/register/park/team/{team}/change/",
    "/register/park/enterprise/add/",
    "/register/stations/station/",
    "/register/park/team/{team}/history/",
    "/register/approvals/serviceitem/",
    "/register/approvals/serviceitem/{item}/change/",
    "/register/approvals/comprehensivewindow/",
)


def test_the_registers_are_clean(park: SimpleNamespace, window: Callable[..., Person]) -> None:
    person = window(park.administrator)
    item = make_catalogue(park).permit.pk
    problems: list[str] = []
    for path in PAGES:
        page = person.go(path.format(owner=park.owner.pk, team=park.team["jinrong"].pk, item=item))
        problems += [f"{path} console: {error}" for error in person.errors]
        for width in (390, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            problems += [f"{path} {width}: {p}" for p in axe_problems(page)]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                problems.append(f"{path} {width}: scrolls sideways")
        page.emulate_media(color_scheme="dark")
        page.evaluate("Promise.all(document.getAnimations().map((fading) => fading.finished))")
        problems += [f"{path} dark: {p}" for p in axe_problems(page, "color-contrast")]
        page.emulate_media(color_scheme="light")
        person.errors.clear()  # axe tries inline styles of its own
    assert problems == []


def test_an_administrator_adds_a_team_in_the_register(
    park: SimpleNamespace, window: Callable[..., Person]
) -> None:
    page = window(park.administrator).go("/register/park/team/add/")
    page.locator("[name=code]").fill("window_one")
    page.locator("[name=name]").fill("综合一窗")
    page.locator("[name=kind]").select_option("window")
    page.locator("[name=_save]").click()
    page.get_by_text("综合一窗").first.wait_for()


def test_the_registers_use_the_tokens_of_the_portal() -> None:
    folder = settings.BASE_DIR / "portal" / "static" / "portal"
    portal, register = (folder / "portal.css").read_text(), (folder / "register.css").read_text()
    own = re.findall(r"--([a-z0-9-]+): (#[0-9a-f]+);", register)
    theirs = set(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]+);", portal))
    assert len(own) > 40
    assert set(own) <= theirs
