"""The story of the first paragraph: filed on a phone, handled at a desk, neglected, escalated by a real
Celery worker, closed, rated, and opened in a report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import expect

from portal.cases.models import Alert, Case
from tests.browser.conftest import Person, until
from tests.people import at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
Window = Callable[..., Person]


def act(person: Person, label: str) -> Any:
    """Open the form of an action on the case page; answers the form."""
    summary = person.page.locator("details.act > summary", has_text=label).first
    summary.click()
    form = person.page.locator("details.act[open] form")
    form.wait_for()
    return form


def test_a_request_travels_from_the_phone_to_a_figure(
    park: SimpleNamespace, window: Window, worker: Callable[[str], None], moment: Callable[[datetime], None]
) -> None:
    moment(at("2026-11-16 09:00"))
    owner = window(width=390).signs_in(park.owner)
    page = owner.go("/stations/requests/new/")
    page.get_by_label("水电气讯、杆线、道路").check()
    page.get_by_label("一句话概括").fill("三号车间停电")
    page.get_by_label("发生了什么？").fill("昨晚十点起停电，冷库要化")
    expect(page.locator("[data-saved]")).to_contain_text("已保存", timeout=10_000)
    page.reload()
    assert page.get_by_label("一句话概括").input_value() == "三号车间停电"
    page.get_by_label("电话", exact=True).fill("0731-5555 0101")
    page.get_by_label("驿站", exact=True).select_option(str(park.stations["jinrong"].pk))
    page.get_by_role("button", name="提交").click()
    expect(page.locator("h1")).to_have_text("三号车间停电")
    case = Case.objects.get()
    path = f"/cases/{case.pk}/"

    steward = window().signs_in(park.steward)
    steward.go("/work/?view=unclaimed").get_by_role("button", name="领取下一件").click()
    expect(steward.page.locator("h1")).to_have_text("三号车间停电")
    form = act(steward, "受理")
    form.get_by_role("button", name="受理").click()
    expect(steward.page.locator(".message.success")).to_be_visible()
    form = act(steward, "派单")
    form.get_by_label("承办单位", exact=True).select_option(label="开发建设局")
    form.get_by_role("button", name="派单").click()
    expect(steward.page.locator(".message.success")).to_be_visible()

    handler = window(park.handler)
    handler.go(path).get_by_role("button", name="签收").click()
    form = act(handler, "确定方案")
    form.get_by_label("办理措施").fill("联系供电公司抢修")
    form.get_by_role("button", name="确定方案").click()
    expect(handler.page.locator(".clock")).to_contain_text("应于 11月23日 17:30 前办结")

    # Neglected: ten days later the worker, on its own, has climbed the ladder.
    moment(at("2026-11-26 09:00"))
    worker("portal.cases.tasks.sweep")
    until(lambda: Alert.objects.filter(case=case, level=3).exists())
    until(lambda: case.children.filter(kind="cases.supervision").exists())
    supervisor = window(park.supervisor)
    expect(supervisor.go("/escalations/").locator("main")).to_contain_text("三号车间停电")
    expect(handler.go(path).locator(".head .light")).to_contain_text("超期")

    form = act(handler, "反馈结果")
    form.get_by_label("已解决").check()
    form.get_by_label("给企业的答复").fill("已恢复供电")
    form.get_by_role("button", name="反馈结果").click()
    expect(handler.page.locator(".message.success")).to_be_visible()
    owner.go("/")
    owner.page.get_by_role("link", name="去回复").click()
    owner.page.get_by_role("button", name="已经解决").click()
    colleague = window(park.colleague)
    colleague.go(path).get_by_role("button", name="核查销号").click()
    expect(colleague.page.locator(".head .light")).to_have_text("已解决")
    owner.go(path).get_by_role("link", name="评价服务").click()
    owner.page.get_by_label("满意", exact=True).check()
    owner.page.get_by_role("button", name="评价服务").click()
    expect(owner.page.locator("main")).to_contain_text("感谢您的评价")

    leader = window(park.leader)
    leader.go("/reports/?date_from=2026-11-01&date_to=2026-11-30")
    tile = leader.page.locator("a.tile", has_text="已解决诉求")
    expect(tile.locator(".v")).to_contain_text("1")
    tile.click()
    leader.page.get_by_role("link", name="打开明细").click()
    leader.page.get_by_role("link", name="打开").first.click()
    expect(leader.page.locator("h1")).to_have_text("三号车间停电")
    for person in (owner, steward, handler, supervisor, colleague, leader):
        assert person.errors == []
