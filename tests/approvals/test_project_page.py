"""The page of a project: every state of its permits, in words; whose turn it is; how long it took."""

from __future__ import annotations

import re
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import Permit, Project
from portal.cases import engine
from portal.cases.models import Case
from tests.approvals.building import (
    accepted,
    certified,
    decided,
    do,
    make_office,
    material,
    permit,
    signed,
    submitted,
)
from tests.approvals.building import open_project as opened
from tests.pages.test_pages import browser
from tests.people import MONDAY, actor, at

pytestmark = pytest.mark.django_db
PAUSED = {"basis": "行政许可法", "planned_days": 5, "notice": "专家评审"}


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


def page(who: Any, case: Case, now: datetime = MONDAY, language: str = "zh-hans") -> str:
    with time_machine.travel(now, tick=False):
        answer = browser(who, language).get(f"/approvals/projects/{case.pk}/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def box(html: str, name: str) -> str:
    """What the picture says of an item."""
    start = html.index(f'aria-label="{name}')
    return html[start : html.index('"', start + 12)].removeprefix(f'aria-label="{name}：')


def test_before_the_contract_there_is_nothing_to_file(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = opened(park, office)
    assert "目前您不需要办理任何事项" in page(park.owner, case)
    staff = page(office.clerk, case)
    assert f'<a class="btn first" href="/cases/{case.pk}/do/sign/">' in staff
    assert "谁在何时办理" not in staff


def test_the_enterprise_is_led_to_the_form_of_its_next_permit(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    first = permit(case, "filing")
    html = page(park.owner, case)
    assert "您下一步要做的" in html
    assert f'<a class="btn first" href="/cases/{first.case_id}/do/submit/">' in html
    assert box(html, "企业投资项目备案") == "现在可以申报"
    assert box(page(office.clerk, case), "企业投资项目备案") == "待申报"


def test_who_only_looks_is_led_to_no_form(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = signed(park, office)
    assert "/do/submit/" not in page(park.auditor, case)


@pytest.mark.parametrize(
    ("now", "light", "says"),
    [
        ("2026-11-16 11:00", "ok", "剩 3 个工作日"),
        ("2026-11-19 09:00", "warn", "今天 17:30 前"),
        ("2026-11-20 09:00", "late", "超期 1 个工作日"),
    ],
)
def test_a_permit_that_runs_shows_the_light_of_its_clock(
    park: SimpleNamespace, office: SimpleNamespace, now: str, light: str, says: str
) -> None:
    case = signed(park, office)
    for key in ("filing", "land_use"):
        certified(park, office, case, key, MONDAY)
    accepted(park, office, case, "scheme", MONDAY)
    html = page(park.head, case, at(now))
    assert box(html, "KG-006") == says
    assert f'class="box l-{light}"' in html


@pytest.mark.parametrize(
    ("reason", "staff", "enterprise", "waits"),
    [
        ("supplement", "补正", "缺材料，请补正", "企业"),
        ("special_procedure", "特别程序", "特别程序", "第三方"),
        ("force_majeure", "不可抗力", "不可抗力", "第三方"),
    ],
)
def test_a_clock_that_stands_still_says_why_and_for_whom(
    park: SimpleNamespace, office: SimpleNamespace, reason: str, staff: str, enterprise: str, waits: str
) -> None:
    case = signed(park, office)
    first = (submitted if reason == "supplement" else accepted_by(office))(park, case, "filing", MONDAY)
    told = {**PAUSED, "reason": reason} | ({"missing": "营业执照"} if reason == "supplement" else {})
    who = office.clerk if reason == "supplement" else park.head
    engine.pause(first.case_id, by=actor(who), data=told, now=MONDAY)
    html = page(office.clerk, case)
    assert box(html, "企业投资项目备案") == staff
    assert f'{waits} <span class="muted">1</span>' in html
    assert box(page(park.owner, case), "企业投资项目备案") == enterprise


def accepted_by(office: SimpleNamespace) -> Any:
    return lambda park, case, key, now: accepted(park, office, case, key, now)


def test_what_was_granted_refused_or_given_up_is_told_apart(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    decided(park, office, case, "filing", MONDAY, MONDAY)
    second = accepted(park, office, case, "land_use", MONDAY)
    html = page(park.head, case)
    assert box(html, "企业投资项目备案") == "11-16 准予"
    assert "证照制作中" in html
    do(park.handler, second.case_id, "review", MONDAY, opinion="不符")
    do(park.head, second.case_id, "refuse", MONDAY, grounds="不符", remedies="复议")
    assert box(page(park.head, case), "GD-008") == "不予许可"
    do(office.clerk, case, "terminate", MONDAY, reason="企业放弃")
    ended = page(park.owner, case)
    assert "现在该谁做什么" not in ended
    assert "您下一步要做的" not in ended


def test_the_day_of_acceptance_does_not_count_and_the_day_of_the_decision_does(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    decided(park, office, case, "filing", MONDAY, MONDAY)
    decided(park, office, case, "land_use", MONDAY, at("2026-11-17 10:00"))
    # Side by side: scheme Tuesday to Friday, pit Tuesday to Thursday; the union is three days.
    decided(park, office, case, "scheme", at("2026-11-17 10:00"), at("2026-11-20 10:00"))
    decided(park, office, case, "pit", at("2026-11-17 10:00"), at("2026-11-19 10:00"))
    html = page(park.head, case, at("2026-11-25 10:00"))
    assert "净用 1 个工作日" in html
    assert "净用 3 个工作日" in html
    assert '<dt>已用净时</dt> <dd class=""> <b>4</b>' in html


def test_days_on_which_the_clock_stood_still_do_not_count(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    first = accepted(park, office, case, "filing", MONDAY)
    told = {**PAUSED, "reason": "special_procedure"}
    engine.pause(first.case_id, by=actor(park.head), data=told, now=at("2026-11-17 10:00"))
    engine.resume(first.case_id, by=actor(park.head), now=at("2026-11-19 10:00"))
    html = page(park.head, case, at("2026-11-19 18:00"))
    assert '<dt>已用净时</dt> <dd class=""> <b>1</b>' in html  # of three days two stood still
    assert 'class="stopped"' in html


def test_a_key_project_without_its_roles_raises_an_alarm_inside_only(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    data = {"is_key": "on", "leader": park.leader.pk, "task_force": office.task_force.pk}
    do(office.clerk, case, "appoint", MONDAY, **data)
    do(office.clerk, case, "note_contact", MONDAY, kind="visit", on="2026-11-16", note="了解用电需求")
    staff, enterprise = page(office.clerk, case, at("2026-11-26 10:00")), page(park.owner, case)
    assert "重点项目尚缺： <b>管家</b>" in staff
    assert "10 天前" in staff
    assert "重点项目" not in enterprise
    assert "了解用电需求" not in enterprise


def test_a_project_of_the_ledger_shows_its_permits_and_no_graph(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    decided(park, office, case, "filing", MONDAY, MONDAY)
    Permit.objects.filter(project=case.pk).update(place=None)
    Project.objects.filter(pk=case.pk).update(version=None)
    html = page(park.head, case)
    assert "由台账导入" in html
    assert "前后置关系" not in html
    assert "谁在何时办理" in html
    assert "GD-008" in html


def test_a_pledged_paper_stands_among_what_the_enterprise_owes(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    office.items["GD-003"].pledgeable = "lacking"
    office.items["GD-003"].save()
    funds = material(office, "GD-003", "资金承诺书", key=False)
    case = signed(park, office)
    accepted(park, office, case, "filing", MONDAY, **{f"pledge_{funds.pk}": "2026-11-30"})
    html = page(park.owner, case)
    assert "“企业投资项目备案”的资金承诺书" in html
    assert "承诺 11-30 前补交" in html


def test_others_do_not_find_it(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = signed(park, office)
    address = f"/approvals/projects/{case.pk}/"
    for who in (park.rival, park.steward, park.administrator, office.fireman):
        assert browser(who).get(address).status_code == 404
    assert browser(park.owner).get(f"/approvals/projects/{permit(case, 'filing').pk}/").status_code == 404


def test_the_node_plan_and_what_goes_along_stand_on_the_page(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    plan = "2026-11-10 临时围挡\n2026-11-20 基础完成\n2026-12-31 主体封顶"
    do(park.owner, case, "plan_nodes", MONDAY, nodes=plan)
    done = case.project.nodes.get(what="基础完成")
    do(park.owner, case, "reach_node", MONDAY, node=done.pk, reached_on="2026-11-16")
    do(park.owner, case, "ask_for_utility", MONDAY, kind="power", need="10kV 双回路")
    with time_machine.travel(MONDAY, tick=False):
        page = browser(office.clerk).get(f"/approvals/projects/{case.pk}/").content.decode()
    for words in ("临时围挡", "晚 6 天", "早 4 天", "主体封顶", "配套接入 · 10kV 双回路", "帮代办"):
        assert words in page, words


def test_amounts_are_told_with_their_units(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = opened(park, office, land_mu="42.50", floor_area_m2="26800")
    promised = {"committed_investment_amount": "320000000", "committed_output_per_mu": "9000000"}
    do(office.clerk, case, "sign", MONDAY, signed_on="2026-11-16", **promised)
    html = page(park.owner, case).replace("\N{NO-BREAK SPACE}", " ")
    facts = dict(re.findall(r"<dt>([^<]+)</dt>\s*<dd[^>]*>\s*([^<]+?)\s*</dd>", html))
    told = {
        "固定资产投资": "5 亿元", "用地面积": "42.5 亩", "建筑面积": "26,800 m²",
        "承诺投资额": "3.2 亿元", "承诺亩均产值": "900 万元/亩",
    }  # fmt: skip
    assert told.items() <= facts.items(), facts
    english = page(park.owner, case, language="en").replace("\N{NO-BREAK SPACE}", " ")
    assert "320,000,000 yuan" in english
    assert "9,000,000 yuan per mu" in english


def test_what_has_no_deadline_names_none(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = signed(park, office)
    service = case.children.get(kind="approvals.assistance")
    Case.objects.filter(pk=service.pk).update(due_at=None)
    assert "— 前" not in page(office.clerk, case)


def test_the_papers_stand_below_the_permit_that_they_were_filed_for(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    office.items["GD-003"].pledgeable = "lacking"
    office.items["GD-003"].save()
    funds = material(office, "GD-003", "资金承诺书", key=False)
    case = signed(park, office)
    assert "还没有提交材料" in page(park.owner, case)
    accepted(park, office, case, "filing", MONDAY, **{f"pledge_{funds.pk}": "2026-11-30"})
    html = page(park.owner, case)
    below = html[html.index("<summary><b>企业投资项目备案</b>") :].split("</details>")[0]
    for words in ("1 份", "资金承诺书", "2026-11-30"):
        assert words in below, words


@pytest.mark.parametrize("name", ["head", "owner", "leader"])
def test_the_page_costs_the_same_however_many_permits_there_are(
    park: SimpleNamespace, office: SimpleNamespace, name: str
) -> None:
    case, who = signed(park, office), getattr(park, name)

    def cost() -> int:
        client = browser(who)
        client.get(f"/approvals/projects/{case.pk}/")
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"/approvals/projects/{case.pk}/").status_code == 200
        return len(seen)

    with time_machine.travel(MONDAY, tick=False):
        few = cost()
        for key in ("filing", "land_use", "scheme", "works", "drawings", "pit", "cellar"):
            certified(park, office, case, key, MONDAY)
        many = cost()
    assert many <= few <= 15


def test_a_project_with_many_permits_does_not_flood_the_first_page_of_its_enterprise(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    for key in ("filing", "land_use"):
        certified(park, office, case, key, MONDAY)
    accepted(park, office, case, "scheme", MONDAY)
    with time_machine.travel(MONDAY, tick=False):
        home = " ".join(browser(park.owner).get("/").content.decode().split())
    assert "有 1 件事等您" in home  # the pit can be filed
    assert "提交申报" in home
    assert "其余 1 件正在办理" in home  # the project stands for its permits
    with time_machine.travel(at("2026-11-26 10:00"), tick=False):
        later = " ".join(browser(park.owner).get("/").content.decode().split())
    assert "其余 3 件正在办理，其中 2 件超期" in later  # the permit and the visit


def test_the_page_of_a_permit_leads_to_its_project(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = signed(park, office)
    html = browser(park.owner).get(f"/cases/{permit(case, 'filing').pk}/").content.decode()
    assert f'href="/approvals/projects/{case.pk}/"' in html


def test_the_first_page_of_an_enterprise_leads_to_its_project_and_says_what_is_next(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = opened(park, office)
    with time_machine.travel(MONDAY, tick=False):
        html = browser(park.owner).get("/").content.decode()
    there = f'href="/approvals/projects/{case.pk}/"'
    assert there in html
    assert "目前您不需要办理任何事项" in html
    do(office.clerk, case, "sign", MONDAY, signed_on="2026-11-16")
    with time_machine.travel(MONDAY, tick=False):
        html = browser(park.owner).get("/").content.decode()
        assert "等您办理：" in html
        assert there in html
        assert there not in browser(park.rival).get("/").content.decode()


def test_the_first_page_of_a_leader_leads_to_the_flow_chart(park: SimpleNamespace) -> None:
    html = browser(park.leader).get("/", follow=True).content.decode()
    assert 'class="btn" href="/approvals/projects/flow/"' in html
