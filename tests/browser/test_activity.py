"""A visit on a phone: planned, reported from where one stands with a photo, and the lead that came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import expect

from investment.access import ACTIVITY, LEAD
from portal.cases.models import Case
from tests.browser.conftest import Person
from tests.browser.test_construction_story import looked_at
from tests.investment.leading import NEXT, make_task_forces
from tests.people import MONDAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
HERE = {"latitude": 27.850201, "longitude": 112.902102, "accuracy": 12}


@pytest.fixture
def forces(park: SimpleNamespace, moment: Callable[[datetime], None]) -> SimpleNamespace:
    moment(MONDAY)
    return make_task_forces(park)


def fills(who: Person, inside: str, **told: str) -> None:
    for name, value in told.items():
        field = who.page.locator(f"{inside} [name={name}]")
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_visit_on_a_phone(forces: SimpleNamespace, window: Callable[..., Any], language: str) -> None:
    who = window(forces.member, width=390, language=language, geolocation=HERE, permissions=["geolocation"])
    page = who.go("/investment/activities/new/")
    told = {
        "kind": "visit",
        "investor_name": "星野材料（示范）",
        "purpose": "了解扩产计划",
        "begins_on": "2026-11-16",
    }
    fills(who, "main", **told)
    looked_at(who, f"activity-plan-{language}")
    page.locator("main button.first").click()
    expect(page.locator(".message.success").first).to_be_visible()
    visit = Case.objects.get(kind=ACTIVITY)
    who.go("/investment/activities/")
    looked_at(who, f"activities-{language}")

    who.go(f"/cases/{visit.pk}/")
    page.locator("details#act-report > summary").click()
    form = page.locator("details#act-report form")
    form.wait_for()
    form.locator("[data-here]").click()
    expect(form.locator("[name=position]")).to_have_value("27.850201, 112.902102")
    expect(form.locator("[role=status]")).to_have_text("±12 m")
    fills(who, "details#act-report", summary="有意建二期", calls="星野材料（示范）：有意建二期")
    looked_at(who, f"activity-report-{language}")
    form.locator("button.first").click()
    expect(page.locator(".message.success").first).to_be_visible()
    looked_at(who, f"activity-{language}")
    expect(page.locator("dl.facts")).to_contain_text("27.850201, 112.902102")

    page.locator("main a[href*='leads/new/?activity=']").click()
    expect(page.locator("[name=investor_name]")).to_have_value("星野材料（示范）")
    fills(who, "main", title="特种材料二期", source="task_force", investment_amount="300000000", **NEXT)
    looked_at(who, f"lead-of-activity-{language}")
    page.locator("main button.first").click()
    expect(page.locator("h1")).to_contain_text("特种材料二期")
    lead = Case.objects.get(kind=LEAD)
    assert lead.lead.born_of == visit.activity
    looked_at(who, f"lead-born-{language}")
    assert who.errors == []


def test_a_device_that_does_not_tell_where_it_is(forces: SimpleNamespace, window: Callable[..., Any]) -> None:
    who = window(forces.member)
    page = who.go("/investment/activities/new/")
    fills(who, "main", kind="trip", place="深圳", purpose="拜访电机企业", begins_on="2026-11-16")
    page.locator("main button.first").click()
    page.locator("details#act-report > summary").click()
    form = page.locator("details#act-report form")
    form.locator("[data-here]").click()
    expect(form.locator("[role=status]")).to_contain_text("可以不填")
    fills(who, "details#act-report", summary="两家有意落户")
    form.locator("button.first").click()
    expect(page.locator(".message.success").first).to_be_visible()
    assert Case.objects.get(kind=ACTIVITY).outcome == "reported"
    who.go("/investment/activities/?kind=trip&since=2026-11-01&until=2026-11-30")
    expect(page.locator("main tbody tr")).to_have_count(1)
    looked_at(who, "activities")
