"""A lead from an envoy to the construction project, clicked through by ten people; and one that falls back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import expect

from investment.access import ACTIVITY, LEAD
from investment.models import Criterion, Envoy, Lead
from investment.tasks import tend_idle_leads
from portal.cases.models import Case
from tests.approvals.building import make_office
from tests.browser.conftest import Person
from tests.browser.test_construction_story import act, looked_at
from tests.investment.leading import FOUNDED, contract, make_task_forces, register_lead
from tests.papers.test_papers import photo
from tests.people import MONDAY, at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
Window = Callable[..., Person]
PHONE = 390
NEXT = {"next_action": "电话回访", "next_action_on": "2026-11-30"}
TYPED = {
    "title": "特种材料项目",
    "investor_name": "星野材料（示范）",
    "investment_amount": "300000000",
    "land_mu": "50",
    **NEXT,
}


@pytest.fixture
def forces(park: SimpleNamespace, moment: Callable[[datetime], None]) -> SimpleNamespace:
    moment(MONDAY)
    forces = make_task_forces(park)
    forces.procedure = make_office(park).procedure
    return forces


def registers(who: Person, team: str, source: str, **more: str) -> None:
    """Fill in the page on which everybody of the park registers a lead, and send it."""
    page = who.go("/investment/leads/new/")
    for name, value in {**TYPED, "task_force": team, "source": source, **more}.items():
        place = page.locator(f"main [name={name}]")
        if place.evaluate("e => e.tagName") == "SELECT":
            place.select_option(value)
        else:
            place.fill(value)
    page.locator("main button.first").click()


def opinion_of(forces: SimpleNamespace, window: Window, case: Case) -> None:
    """Five departments, each from its own queue."""
    for part in case.children.filter(kind="investment.opinion").select_related("team", "opinion"):
        who = window(forces.offices[part.team.code])
        page = who.go(f"/cases/{part.pk}/")
        page.locator("a.first[data-opens=act-give], details#act-give > summary").first.click()
        form = page.locator("details#act-give form")
        form.locator("[name=verdict][value=agreed]").check()
        form.locator("button.first").click()
        expect(page.locator(".message.success").first).to_be_visible()


def visits_on_a_phone(forces: SimpleNamespace, window: Window, lead: Case) -> None:
    """A visit that is planned, photographed, placed and reported, all on a phone."""
    here = {"latitude": 27.8502, "longitude": 112.9021, "accuracy": 12}
    phone = window(forces.member, width=PHONE, geolocation=here, permissions=["geolocation"])
    page = phone.go("/investment/activities/new/")
    page.locator("main [name=kind]").select_option("visit")
    for name, value in (
        ("begins_on", "2026-11-16"), ("investor_name", "星野材料（示范）"), ("purpose", "看生产线"), ("place", "长沙"),
    ):  # fmt: skip
        page.locator(f"main [name={name}]").fill(value)
    looked_at(phone, "visit-plan")
    page.locator("main button.first").click()
    expect(page.locator("h1")).to_contain_text("星野材料")
    visit = Case.objects.get(kind=ACTIVITY)
    page.locator("#papers summary", has_text="上传新文件").click()
    page.locator("#paper-file").set_input_files(
        {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": photo("JPEG")}
    )
    page.locator("#papers form button", has_text="添加").last.click()
    expect(page.locator("#papers")).to_contain_text("现场")
    page.locator("a.first[data-opens=act-report]").click()
    form = page.locator("details#act-report form")
    form.locator("[name=summary]").fill("已看生产线，愿意来园考察")
    form.locator("[name=leads]").select_option(str(lead.pk))
    form.get_by_role("button", name="当前位置").click()
    expect(form.locator("[name=position]")).to_have_value("27.850200, 112.902100")
    looked_at(phone, "visit-report")
    form.locator("button.first").click()
    expect(page.locator(".message.success").first).to_be_visible()
    expect(page.locator("main")).to_contain_text(lead.number)
    visit.refresh_from_db()
    assert visit.outcome == "reported"


def test_from_an_envoy_to_the_construction_project(
    park: SimpleNamespace, forces: SimpleNamespace, window: Window
) -> None:
    envoy = Envoy.objects.create(
        number="TS-01", name="示范特使", kind="envoy", field="先进材料", appointed_on=date(2026, 1, 1)
    )
    steward = window(park.steward, width=PHONE)
    registers(steward, "tf_metal", "envoy", envoy=str(envoy.pk))
    expect(steward.page.locator("h1")).to_contain_text("特种材料项目")
    case = Case.objects.get(kind=LEAD)
    assert case.lead.envoy == envoy
    looked_at(steward, "lead-registered")

    # Another task force is told, and until when the first is protected.
    rival = window(forces.rival)
    registers(rival, "tf_robot", "trip")
    expect(rival.page.locator(".message.error")).to_contain_text("保护期至 2027-01-15")
    expect(rival.page.locator("main [name=investor_name]")).to_have_value("星野材料（示范）")
    looked_at(rival, "lead-taken")
    rival.page.get_by_role("link", name="主张该线索").click()
    expect(rival.page.locator("h1")).to_contain_text(case.number)
    looked_at(rival, "lead-claim")

    member, head, leader = window(forces.member), window(forces.head), window(forces.leader)
    act(member, case, "accept", **NEXT)
    act(member, case, "note_contact", held_on="2026-11-16", note="有意扩产", **NEXT)
    looked_at(member, "lead-pre-review")
    opinion_of(forces, window, case)
    act(member, case, "pre_review", **NEXT)
    visits_on_a_phone(forces, window, case)
    phone = window(forces.member, width=PHONE)
    act(phone, case, "report_visit", held_on="2026-11-16", report="已看生产线", picture="lead-visit", **NEXT)
    act(member, case, "write_terms", text="土地五十亩，五年内亩均税收 20 万元", change="第一稿")
    act(member, case, "agree_terms", promises_checked=True, fair_competition=True, **NEXT)

    # The panel: who has an interest says so, and somebody else is named.
    page = head.go(f"/cases/{case.pk}/")
    page.locator("details#act-convene > summary").click()
    form = page.locator("details#act-convene form")
    chosen = [
        str(forces.offices[code].pk) for code in ("science", "ecology", "emergency", "natural_resources")
    ]
    form.locator("[name=reviewers]").select_option(chosen)
    form.locator("[name=due_diligence]").fill("资信良好")
    form.locator("button.first").click()
    expect(page.locator(".message.success").first).to_be_visible()
    sheets = case.children.filter(kind="investment.assessment").select_related("assignee")
    for part in sheets:
        who = window(part.assignee)
        if part.assignee == forces.offices["ecology"]:
            act(who, part, "declare_interest", interest="亲属在投资方任职")
            continue
        points = {f"line_{line.pk}": str(line.points - 1) for line in Criterion.objects.filter(is_veto=False)}
        act(who, part, "score", picture="lead-sheet", **points, no_interest=True)
    head.go(f"/cases/{case.pk}/")
    looked_at(head, "lead-panel")
    act(head, case, "admit", opinion="同意准入", no_interest=True, **NEXT)
    act(leader, case, "decide", held_on="2026-11-16", minutes="会议同意引进", **NEXT)
    act(member, case, "sign", picture="lead-contract", **contract(), **NEXT)
    settled: dict[str, Any] = {
        "uscc": FOUNDED, "licence": "星野材料（示范）", "settled_on": "2026-11-16", "site": "三号地块",
        "leader": str(forces.leader.pk), "butler": str(park.service.pk),
    }  # fmt: skip
    settled["procedure"] = str(forces.procedure.pk)
    act(member, case, "settle", picture="lead-settle", **settled, **NEXT)
    act(member, case, "hand_over", started_on="2026-11-16", proof="开工照片", in_statistics=True)
    looked_at(member, "lead-handed-over")

    # The project is there, with its people.
    page = member.go(f"/cases/{case.pk}/")
    page.locator("main dl a", has_text="XM").click()
    for name in (forces.leader.label, park.service.label, "先进材料专班"):
        expect(page.locator("main")).to_contain_text(name)
    assert Lead.objects.get(pk=case.pk).project is not None


def test_a_stale_lead_falls_back_and_another_task_force_takes_it(
    forces: SimpleNamespace, window: Window, moment: Callable[[datetime], None]
) -> None:
    case = register_lead(forces.member, forces.first)
    moment(at("2027-03-15 08:35"))
    assert tend_idle_leads() == 1
    rival = window(forces.rival, language="en", width=PHONE)
    act(rival, case, "take", next_action="Call them", next_action_on="2027-03-20")
    expect(rival.page.locator("main")).to_contain_text("Robot", ignore_case=True)
    looked_at(rival, "lead-taken-from-the-pool")
    case.refresh_from_db()
    assert case.team == forces.second
