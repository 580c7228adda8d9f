"""The tabs of the bar keep to one line; the menu holds those that have no room there, and no others."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from tests.browser.conftest import Person
from tests.funds.building import make_office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
SHOWN = "links => links.filter(a => a.offsetParent !== null).map(a => a.innerText)"
LINES = "links => new Set(links.filter(a => a.offsetParent !== null).map(a => a.offsetTop)).size"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_tab_is_in_the_bar_or_in_the_menu(
    park: SimpleNamespace, window: Callable[..., Person], language: str
) -> None:
    office = make_office(park)
    for user in (park.owner, office.finance_head):
        page = window(user, language=language).go("/")
        page.locator(".who details.menu > summary").click()
        tabs = page.locator("nav.tabs a")
        everything = tabs.evaluate_all("links => links.map(a => a.textContent)")
        for width in (1440, 1100, 961, 768, 390, 1440):  # and back: what has room again comes back
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_function("w => innerWidth === w", arg=width)
            page.evaluate("() => new Promise(requestAnimationFrame)")  # after the event of the new size
            in_bar = tabs.evaluate_all(SHOWN)
            in_menu = page.locator("[data-more] a").evaluate_all(SHOWN)
            assert in_bar + in_menu == everything, (user.username, width)
            assert tabs.evaluate_all(LINES) == (1 if width > 960 else 0), (user.username, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
