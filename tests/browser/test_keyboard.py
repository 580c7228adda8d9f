"""A case from the queue to its closing: once with nothing but the keyboard, once without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from portal.accounts.models import User
from portal.cases import engine
from portal.cases.models import Case
from portal.worktime.now import now
from tests.browser.conftest import Person, axe_problems
from tests.people import actor, file_request

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
Window = Callable[..., Person]
HERE = "(document.activeElement.labels?.[0]?.innerText || document.activeElement.innerText || '').trim()"


class Keys:
    """Somebody whose mouse is broken."""

    def __init__(self, person: Person) -> None:
        self.page: Page = person.page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def begin(self) -> None:
        """The first action of the opened case: its form comes and takes the focus."""
        self.page.wait_for_load_state("networkidle")  # what is still coming would take the place of the form
        self.press("a")
        expect(self.page.locator("#panel details.act[open] form :focus")).to_have_count(1)

    def tab_to(self, label: str, what: str = "*") -> None:
        """Go on by Tab until the thing with this label has the focus."""
        for _ in range(60):
            found = str(self.page.evaluate(HERE)).startswith(label)
            if found and self.page.evaluate(f"document.activeElement.matches('{what}')"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no way by Tab to {label}: {self.page.evaluate(HERE)}")

    def choose(self, label: str, option: str) -> None:
        """In a list: down until it is the wanted one."""
        self.tab_to(label)
        chosen = "document.activeElement.selectedOptions[0].text"
        for _ in range(30):
            if self.page.evaluate(chosen) == option:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{option} is not in the list {label}")

    def write(self, label: str, text: str) -> None:
        self.tab_to(label)
        self.page.keyboard.insert_text(text)

    def confirm(self, label: str) -> None:
        """Press the button of the form, and see that it is done, with list and case still there."""
        self.tab_to(label, "form button")
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".message.success")).to_contain_text(label)

    def sees(self, *words: str) -> None:
        for text in words:
            expect(self.page.locator("#panel")).to_contain_text(text)


def test_a_case_goes_from_the_queue_to_its_closing_by_keyboard_alone(
    park: SimpleNamespace, window: Window
) -> None:
    other = file_request(park, now(), title="另一件")
    case = file_request(park, now(), title="三号车间停电")
    steward = window(park.steward)
    steward.go("/work/?view=team")
    keys = Keys(steward)
    keys.press("?")
    expect(steward.page.locator("dialog#keys")).to_be_visible()
    keys.press("Escape", "j", "j", "c")
    row = steward.page.locator(f"#case-{case.pk}")
    expect(row).to_contain_text("Steward")
    expect(steward.page.locator("#tabs")).to_contain_text("我的1")  # counted again in place
    expect(row).to_have_class("on")  # and the place is not lost
    keys.press("Enter")
    keys.sees("三号车间停电")
    keys.press("k")
    keys.sees("另一件")
    keys.press("j")
    keys.sees("三号车间停电")
    assert axe_problems(steward.page) == []
    keys.begin()
    keys.confirm("受理")
    keys.sees("三号车间停电", "派单")  # the list is back with the same case open
    keys.begin()
    assert axe_problems(steward.page) == []  # the form beside the list and its filters share no id
    keys.choose("承办单位", "开发建设局")
    keys.confirm("派单")

    handler = window(park.handler)
    handler.go("/work/?view=unclaimed")
    keys = Keys(handler)
    keys.press("j", "Enter")
    keys.sees("三号车间停电")
    keys.press("a")
    expect(handler.page.locator(".message.success")).to_contain_text("签收")
    handler.go("/work/?view=mine")
    keys.press("j", "Enter")
    keys.sees("三号车间停电")
    keys.begin()
    keys.write("办理措施", " ")
    keys.tab_to("确定方案", "form button")
    keys.press("Enter")
    fault = handler.page.locator("#panel [aria-invalid=true]")
    expect(fault).to_be_focused()  # the fault is shown where it is, the list is not left
    keys.write("办理措施", "联系供电公司抢修")
    keys.confirm("确定方案")
    keys.sees("反馈结果")
    keys.begin()
    keys.tab_to("已解决")
    keys.press("Space")
    keys.write("给企业的答复", "已恢复供电")
    keys.confirm("反馈结果")

    engine.perform(case.pk, "confirm", by=actor(park.owner), now=now())
    colleague = window(park.colleague)
    colleague.go(f"/work/?view=team&q={case.number}")
    keys = Keys(colleague)
    keys.press("j", "Enter")
    keys.sees("三号车间停电")
    keys.press("a")
    expect(colleague.page.locator(".message.success")).to_contain_text("核查销号")
    assert Case.objects.get(pk=case.pk).step == "closed"
    assert Case.objects.get(pk=other.pk).is_open
    told = [error for person in (steward, handler, colleague) for error in person.errors]
    assert len(told) == 1
    assert "422" in told[0]  # the fault above, as the browser reports it


def test_a_case_goes_from_the_queue_to_its_closing_without_javascript(
    park: SimpleNamespace, window: Window
) -> None:
    file_request(park, now(), title="三号车间停电")
    people: list[Person] = []

    def at_desk(user: User) -> Page:
        people.append(window(user, java_script_enabled=False))
        return people[-1].page

    def act(page: Page, label: str, **chosen: str) -> None:
        """Open the action from the case page (a page of its own), fill it in, confirm."""
        page.locator(".head").get_by_role("link", name=label).click()
        for field, text in chosen.items():
            place = page.locator(f"main [name={field}]").first
            kind = place.evaluate("field => field.type")
            if kind == "radio":
                page.locator(f"main [name={field}][value={text}]").check()
            elif kind.startswith("select"):
                place.select_option(label=text)
            else:
                place.fill(text)
        page.locator("main form").get_by_role("button", name=label).click()
        expect(page.locator(".message.success")).to_contain_text(label)

    page = at_desk(park.steward)
    page.goto(people[-1].base + "/work/?view=unclaimed&q=三号车间")
    page.get_by_role("button", name="领取：三号车间停电").click()
    page.get_by_role("link", name="三号车间停电").click()
    act(page, "受理")
    act(page, "派单", team="开发建设局")

    page = at_desk(park.handler)
    page.goto(people[-1].base + "/work/?view=unclaimed")
    page.get_by_role("button", name="领取下一件").click()
    page.get_by_role("button", name="签收").click()
    act(page, "确定方案", plan="联系供电公司抢修")
    act(page, "反馈结果", result="resolved", result_text="已恢复供电")

    page = at_desk(park.owner)
    page.goto(people[-1].base)
    page.get_by_role("link", name="去回复").click()
    page.get_by_role("button", name="已经解决").click()

    page = at_desk(park.colleague)
    page.goto(people[-1].base + "/work/?view=team")
    page.get_by_role("link", name="三号车间停电").click()
    page.get_by_role("button", name="核查销号").click()
    expect(page.locator(".head .light")).to_have_text("已解决")
    assert Case.objects.get().step == "closed"
    assert [error for person in people for error in person.errors] == []
