"""拿地即开工 from the first form to the review after full production, in three parts; and a permit that is late."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import expect

from approvals import actions
from approvals.models import CapacityReview, Part, Permit, Pledge
from portal.cases import papers
from portal.cases.models import Alert, Case
from portal.park.models import Team
from tests.approvals.building import (
    certified,
    decided,
    do,
    make_office,
    material,
    open_project,
    permit,
    signed,
)
from tests.browser.conftest import Person, axe_problems, until
from tests.pages.test_pages import PDF
from tests.people import MONDAY, at, person, works_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
Window = Callable[..., Person]
BEFORE_PIT = ("filing", "land_use")
BEFORE_ACCEPTANCE = (*BEFORE_PIT, "scheme", "works", "drawings", "pit", "cellar", "above")


@pytest.fixture
def office(park: SimpleNamespace, moment: Callable[[datetime], None]) -> SimpleNamespace:
    moment(MONDAY)
    return make_office(park)


def looked_at(who: Person, name: str) -> None:
    """The page has no fault that a program finds; and is kept where somebody wants to look at it."""
    width = who.page.viewport_size["width"]  # type: ignore[index]  # it has a size
    if folder := os.environ.get("PICTURES"):
        who.page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    assert axe_problems(who.page) == []
    assert who.page.evaluate("document.documentElement.scrollWidth") <= width


def act(who: Person, case: Case | int, name: str, picture: str = "", **filled: Any) -> None:
    """Open the form of an action on the page of a case, fill it in by the names of its fields, send it."""
    page = who.go(f"/cases/{case if isinstance(case, int) else case.pk}/")
    page.locator(f"details#act-{name} > summary").click()
    form = page.locator(f"details#act-{name} form")
    form.wait_for()
    for field, value in filled.items():
        place = form.locator(f"[name={field}]")
        if isinstance(value, dict):
            place.set_input_files(value)
        elif place.evaluate("e => e.tagName") == "SELECT":
            place.select_option(value)
        elif place.get_attribute("type") == "checkbox":
            place.check()
        else:
            place.fill(str(value))
    if picture:
        looked_at(who, picture)
    form.locator("button.first, button.grave").last.click()
    expect(page.locator(".message.success")).to_be_visible(timeout=20_000)


def press(who: Person, case: Case | int, label: str) -> None:
    """An action without a form."""
    page = who.go(f"/cases/{case if isinstance(case, int) else case.pk}/")
    page.get_by_role("button", name=label, exact=True).click()
    expect(page.locator(".message.success")).to_be_visible(timeout=20_000)


def upload(name: str) -> dict[str, Any]:
    return {"name": name, "mimeType": "application/pdf", "buffer": PDF}


def as_it_stands(case: Case | int) -> Case:
    return Case.objects.get(pk=case if isinstance(case, int) else case.pk)


def test_a_project_begins_on_the_phone_and_its_first_certificate_is_verified_by_anybody(
    park: SimpleNamespace, office: SimpleNamespace, window: Window, moment: Callable[[datetime], None]
) -> None:
    brief, licence = (material(office, "GD-003", name) for name in ("项目简介", "营业执照"))
    owner = window(park.owner, width=390)
    page = owner.go("/approvals/projects/new/")
    page.get_by_label("项目名称").fill("年产五万吨电磁线项目")
    page.get_by_label("项目类型").select_option(label="拿地即开工（三期）")
    page.get_by_label("投资额（元）").fill("500000000")
    page.get_by_label("建设地点").fill("示范大道 8 号")
    looked_at(owner, "project-new")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("h1")).to_contain_text("年产五万吨电磁线项目")
    project = Case.objects.get(kind="approvals.project")

    clerk = window(office.clerk)
    act(clerk, project, "sign", "project-sign", signed_on="2026-11-16", committed_tax_per_mu="3000000")
    first = permit(project, "filing").case_id

    # One paper is sent along, another one is there already and stands in the form.
    kept = papers.store(
        SimpleUploadedFile("x.pdf", PDF), by=park.owner, now=MONDAY, enterprise=park.ours, title="营业执照"
    )
    owner.go(f"/cases/{first}/").locator("details#act-submit > summary").click()
    form = owner.page.locator("details#act-submit form")
    form.wait_for()
    assert form.locator(f"[name=paper_{licence.pk}]").input_value() == str(kept.pk)
    assert form.locator("[name=site_address]").input_value() == "示范大道 8 号"
    act(
        owner,
        first,
        "submit",
        "permit-submit",
        **{f"new_paper_{brief.pk}": upload("简介.pdf"), "land_mu": "40"},
    )
    assert permit(project, "filing").papers.count() == 2

    # 补正: told at once and in full; the answer lets the clock run.
    asked = {
        "basis": "行政许可法第三十二条",
        "planned_days": 3,
        "notice": "请补齐",
        "missing": "项目简介：盖章",
    }
    act(clerk, first, "pause", "permit-pause", reason="supplement", **asked)
    page = owner.go(f"/cases/{first}/")
    looked_at(owner, "permit-missing")
    page.get_by_label("或用文字说明").fill("已盖章重新提交")
    page.get_by_role("button", name="补充", exact=True).click()
    expect(page.locator(".message.success")).to_be_visible(timeout=20_000)
    assert as_it_stands(first).paused_at is None

    # 受理, then 特别程序: paused in writing, and on again.
    act(clerk, first, "accept")
    head = window(park.head)
    moment(at("2026-11-16 10:00"))
    told = {"basis": "行政许可法第四十五条", "planned_days": 2, "notice": "专家评审"}
    act(head, first, "pause", reason="special_procedure", **told)
    moment(at("2026-11-18 10:00"))
    press(head, first, "恢复计时")

    # Reviewed by one, decided by another.
    handler = window(park.handler)
    act(handler, first, "review", "permit-review", opinion="符合备案条件")
    act(head, first, "grant", grounds="依法备案")
    press(handler, first, "制证送达")
    token = permit(project, "filing").certificate_token
    anybody = window(width=390)
    page = anybody.go(f"/approvals/certificates/{token}/")
    expect(page.locator("main")).to_contain_text("真实有效")
    expect(page.locator("main")).to_contain_text(park.ours.name)
    looked_at(anybody, "certificate")
    assert permit(project, "land_use").case.step == "filing"
    for who in (owner, clerk, head, handler, anybody):
        assert who.errors == []


def test_three_phases_follow_each_other_and_a_pledged_paper_is_brought(
    park: SimpleNamespace, office: SimpleNamespace, window: Window, moment: Callable[[datetime], None]
) -> None:
    office.items["KG-012"].pledgeable = "lacking"
    office.items["KG-012"].save()
    funds = material(office, "KG-012", "资金承诺书", key=False)
    project = signed(park, office)
    for key in BEFORE_PIT:
        decided(park, office, project, key, MONDAY, MONDAY)
    owner, clerk = window(park.owner, width=390), window(office.clerk)
    handler, head = window(park.handler), window(park.head)

    pit = permit(project, "pit").case_id
    act(owner, pit, "submit", "permit-pledge", **{f"pledge_{funds.pk}": "2026-11-30"})
    act(clerk, pit, "accept")
    pledge = Pledge.objects.get(permit=pit).case_id
    act(handler, pit, "review", opinion="符合")
    act(head, pit, "grant", grounds="")
    press(handler, pit, "制证送达")
    moment(at("2026-11-20 10:00"))
    act(owner, pledge, "bring", "pledge-bring", new_paper=upload("资金承诺书.pdf"))
    press(handler, pledge, "材料符合要求")
    assert as_it_stands(pledge).outcome == "kept"

    # A later phase cannot be had before the one before it, whoever asks.
    page = owner.go(f"/cases/{project.pk}/")
    page.locator("details#act-open_another > summary").click()
    form = page.locator("details#act-open_another form")
    form.locator("[name=place]").select_option(label="建筑工程施工许可 (3)")
    form.locator("button.first").click()
    expect(page.locator("main [role=alert]")).to_contain_text("还未轮到")

    now = at("2026-11-20 10:00")
    for key in ("scheme", "works", "drawings"):
        decided(park, office, project, key, now, now)
    for key, label in (("cellar", "地下室"), ("above", "±0.000以上")):
        phase = permit(project, key)
        assert phase.phase_label == label
        act(owner, phase.case_id, "submit", **{f"pledge_{funds.pk}": "2026-11-30"})
        act(clerk, phase.case_id, "accept")
        act(handler, phase.case_id, "review", opinion="符合")
        act(head, phase.case_id, "grant", grounds="")
    assert Permit.objects.filter(project=project.pk, item__code="KG-012", decision="granted").count() == 3
    assert as_it_stands(project).step == "completion"
    owner.go(f"/cases/{project.pk}/")
    for who in (clerk, handler, head):
        assert who.errors == []


def test_accepted_together_reviewed_in_full_production_and_done(
    park: SimpleNamespace, office: SimpleNamespace, window: Window, moment: Callable[[datetime], None]
) -> None:
    planning = Team.objects.create(code="planning", name="自然资源和规划", kind="department")
    planner = works_in(person("planner"), planning)
    Part.objects.create(item=office.items["JG-002"], team=planning, ask="规划核实意见")
    project = signed_with_promises(park, office)
    for key in BEFORE_ACCEPTANCE:
        certified(park, office, project, key, MONDAY)
    owner, clerk = window(park.owner, width=390), window(office.clerk)
    handler, head = window(park.handler), window(park.head)
    joint = permit(project, "acceptance").case_id
    act(owner, joint, "submit")
    act(clerk, joint, "accept")
    page = handler.go(f"/cases/{joint}/")
    expect(page.locator("main")).to_contain_text("尚未回复")
    looked_at(handler, "joint-acceptance")
    for user, team in ((office.fireman, office.fire), (planner, planning)):
        part = as_it_stands(joint).children.get(team=team)
        act(window(user), part, "reply", reply="现场核验合格")
    act(handler, joint, "review", opinion="各部门一致同意")
    act(head, joint, "grant", grounds="")
    press(handler, joint, "制证送达")
    assert as_it_stands(project).step == "capacity_review"

    moment(later := at("2027-11-16 09:00"))
    assert actions.open_reviews(later) == 1
    review = CapacityReview.objects.get(project=project.pk).case_id
    found = {"tax_per_mu": "3200000", "capacity_on": "2027-11-01"}
    act(owner, review, "tell", "review-tell", **found)
    act(clerk, review, "verify", "review-verify", report="现场核查属实", **found)
    lead = window(office.window_team.memberships.get(role="head").user)
    act(lead, review, "settle", measures="达标，兑现奖补")
    press(owner, review, "同意结果")
    assert as_it_stands(review).outcome == "met"
    assert as_it_stands(project).outcome == "done"
    page = owner.go(f"/cases/{project.pk}/")
    expect(page.locator("h1")).to_contain_text("年产五万吨电磁线项目")
    looked_at(owner, "project-done")
    for who in (owner, clerk, handler, head, lead):
        assert who.errors == []


def signed_with_promises(park: SimpleNamespace, office: SimpleNamespace) -> Case:
    case = open_project(park, office, land_mu="20")
    promised = {"committed_tax_per_mu": "3000000", "committed_capacity_on": "2027-11-15"}
    return do(office.clerk, case, "sign", MONDAY, signed_on="2026-11-16", **promised)


def test_a_permit_that_nobody_decides_climbs_to_a_supervision_order(
    park: SimpleNamespace,
    office: SimpleNamespace,
    window: Window,
    worker: Callable[[str], None],
    moment: Callable[[datetime], None],
) -> None:
    project = signed(park, office)
    certified(park, office, project, "filing", MONDAY)
    land = permit(project, "land_use").case_id
    do(park.owner, land, "submit", MONDAY)
    do(office.clerk, land, "accept", MONDAY)
    moment(at("2026-11-23 09:00"))  # promised within a day
    worker("portal.cases.tasks.sweep")
    until(lambda: Alert.objects.filter(case=land, level__gte=3).exists())
    until(lambda: as_it_stands(land).children.filter(kind="cases.supervision").exists())
    supervisor = window(park.supervisor)
    expect(supervisor.go("/escalations/").locator("main")).to_contain_text(as_it_stands(land).title)
    looked_at(supervisor, "escalations")
    owner = window(park.owner, width=390)
    expect(owner.go(f"/cases/{land}/").locator(".head .light")).to_contain_text("超期")
    looked_at(owner, "permit-late")
    assert supervisor.errors == owner.errors == []
