"""Two administrators at one row of a register, in two browsers, one of them without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from portal.accounts.models import Duty, DutyGrant, User
from portal.park.models import Team
from tests.browser.conftest import Person, axe_problems
from tests.people import person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]


@pytest.fixture
def second(park: SimpleNamespace) -> User:
    user = person("second")
    DutyGrant.objects.create(user=user, duty=Duty.ADMINISTRATOR)
    return user


def test_the_second_sees_both_versions_and_saves_over_the_first_one(
    park: SimpleNamespace, second: User, window: Callable[..., Person]
) -> None:
    team = park.team["development"]
    address = f"/register/park/team/{team.pk}/change/"
    him = window(second, java_script_enabled=False)
    page = him.go(address)
    page.locator("[name=name]").fill("开发建设和规划局")
    page.locator("[name=leader]").select_option("")
    her = window(park.administrator).go(address)
    her.locator("[name=name]").fill("开发建设分局")
    her.locator("[name=_save]").click()
    her.locator(".messagelist").wait_for()
    page.locator(".submit-row [name=_save]").click()
    told = page.locator(".overtaken")
    told.wait_for()
    assert "开发建设分局" in told.inner_text()
    assert "开发建设和规划局" in told.inner_text()
    assert "Administrator" in told.inner_text()
    assert page.locator("[name=name]").input_value() == "开发建设和规划局"
    told.get_by_role("button", name="以我的内容覆盖").click()
    page.locator(".messagelist").wait_for()
    assert Team.objects.get(pk=team.pk).name == "开发建设和规划局"


def test_the_page_of_both_versions_is_clean(
    park: SimpleNamespace, second: User, window: Callable[..., Person]
) -> None:
    her = window(second)
    page = her.go(f"/register/accounts/user/{park.handler.pk}/change/")
    page.locator("[name=display_name]").fill("经办人")
    User.objects.filter(pk=park.handler.pk).update(display_name="王经办", phone="0731-5555 0123")
    DutyGrant.objects.create(user=park.handler, duty=Duty.AUDITOR)
    page.locator(".submit-row [name=_save]").click()
    page.locator(".overtaken").wait_for()
    assert [error for error in her.errors if "409" not in error] == []
    problems: list[str] = []
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        problems += [f"{width}: {p}" for p in axe_problems(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            problems.append(f"{width}: scrolls sideways")
    page.emulate_media(color_scheme="dark")
    page.evaluate("Promise.all(document.getAnimations().map((fading) => fading.finished))")
    problems += [f"dark: {p}" for p in axe_problems(page, "color-contrast")]
    assert problems == []
    page.get_by_role("link", name="采用当前内容").click()
    page.locator(".overtaken").wait_for(state="detached")
    expect(page.locator("[name=display_name]")).to_have_value("王经办")
