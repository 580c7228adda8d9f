"""入园流程图: what the chart of park entry counts, for whom, and where its numbers lead."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.cases import standards
from portal.cases.declaration import FLOWS
from tests.investment.leading import act, bring_to, make_task_forces, register_lead
from tests.pages.test_pages import browser
from tests.people import MONDAY, at

pytestmark = pytest.mark.django_db
CHART = "/investment/chart/"
NODE = re.compile(
    r'<li class="card ([\w-]*)[^"]*"> <a class="stage-head" href="([^"]+)">.*?class="how-many"> ?<b>(\d+)</b>.*?'
    r'<p class="worth">([^<]*)</p>(.*?)</li>'
)


@pytest.fixture
def forces(park: SimpleNamespace) -> SimpleNamespace:
    return make_task_forces(park)


def html_of(who: Any, query: str = "", language: str = "zh-hans", when: str = "2026-11-16 16:00") -> str:
    with time_machine.travel(at(when), tick=False):
        answer = browser(who, language).get(CHART + query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split()).replace("\N{NO-BREAK SPACE}", " ")


def nodes(html: str) -> dict[str, tuple[int, str, str]]:
    """Step → how many, worth, and the look of its box."""
    found = {}
    for tone, href, n, worth, _rest in NODE.findall(html):
        asked = parse_qs(urlsplit(href.replace("&amp;", "&")).query)
        found[asked["step"][0]] = (int(n), worth.strip(), tone)
    return found


def listed(who: Any, href: str) -> int:
    """How many leads the list behind a number shows."""
    return browser(who).get(href.replace("&amp;", "&")).content.decode().count('<a class="t"')


def lead(forces: SimpleNamespace, step: str, name: str, **more: Any) -> Any:
    return bring_to(forces, register_lead(forces.member, forces.first, investor_name=name, **more), step)


def test_the_chart_is_the_declared_flow_with_what_is_there_now(forces: SimpleNamespace) -> None:
    lead(forces, "registration", "甲公司（示范）", investment_amount="120000000")
    lead(forces, "visits", "乙公司（示范）", investment_amount="200000000")
    lead(forces, "visits", "丙公司（示范）", investment_amount="50000000")
    lost = lead(forces, "contact", "丁公司（示范）", investment_amount="70000000")
    act(forces.member, lost, "lose", cause="price", reason="电价高")
    found = nodes(html_of(forces.leader))
    rail = [s.name for s in FLOWS["investment.lead"].steps]
    assert list(found) == [s for s in rail if s not in ("parked", "pool", "handed_over", "lost")] + [
        "parked", "pool", "handed_over", "lost",
    ]  # fmt: skip
    assert found["registration"] == (1, "1.2 亿元", "")
    assert found["visits"] == (2, "2.5 亿元", "")
    assert found["lost"] == (1, "7,000 万元", "")
    assert found["signing"] == (0, "–", "quiet")
    for step, (n, _worth, _tone) in found.items():
        href = next(
            h for h in re.findall(r'class="stage-head" href="([^"]+)"', html_of(forces.leader)) if step in h
        )
        assert listed(forces.leader, href) == n, step
    nobody = nodes(html_of(forces.leader, when="2027-02-01 10:00"))["lost"]
    assert nobody[0] == 0  # of what has ended, this year's


def test_late_is_red_and_due_soon_yellow_and_each_number_opens_its_own_list(forces: SimpleNamespace) -> None:
    lead(forces, "registration", "甲公司（示范）")
    lead(forces, "contact", "乙公司（示范）")
    assert {tone for _n, _worth, tone in nodes(html_of(forces.leader)).values()} == {"", "quiet"}
    later = html_of(forces.leader, when="2026-11-19 10:00")
    found = nodes(later)
    assert (found["registration"][2], found["contact"][2]) == ("has-late", "has-warn")
    lights = re.findall(r'<a class="light (\w+)" href="([^"]+)">\D*(\d+)<', later)
    asked = {(light, n): parse_qs(urlsplit(href.replace("&amp;", "&")).query) for light, href, n in lights}
    assert asked == {
        ("late", "1"): {"step": ["registration"], "late": ["1"]},
        ("warn", "1"): {"step": ["contact"], "light": ["warn"]},
    }
    with time_machine.travel(at("2026-11-19 10:00"), tick=False):
        assert [listed(forces.leader, href) for _light, href, _n in lights] == [1, 1]
        assert listed(forces.leader, "/investment/leads/?step=registration&light=warn") == 0


def test_it_is_narrowed_to_a_task_force_and_its_lists_too(forces: SimpleNamespace) -> None:
    lead(forces, "contact", "甲公司（示范）")
    register_lead(forces.rival, forces.second, investor_name="乙公司（示范）")
    both = nodes(html_of(forces.leader))
    assert (both["contact"][0], both["registration"][0]) == (1, 1)
    html = html_of(forces.leader, "?team=tf_robot")
    assert (nodes(html)["contact"][0], nodes(html)["registration"][0]) == (0, 1)
    assert "team=tf_robot&amp;step=registration" in html
    assert nodes(html_of(forces.leader, "?team=nonsense")) == both


def test_each_person_counts_what_they_may_know_of(park: SimpleNamespace, forces: SimpleNamespace) -> None:
    register_lead(forces.member, forces.first, confidential="on")
    register_lead(forces.rival, forces.second, investor_name="乙公司（示范）")
    seen = {
        who: nodes(html_of(getattr(forces, who)))["registration"][0] for who in ("head", "rival", "leader")
    }
    assert seen == {"head": 1, "rival": 1, "leader": 1}
    assert browser(park.owner).get(CHART).status_code == 403


def test_limits_are_those_in_force_and_ways_back_are_named(forces: SimpleNamespace) -> None:
    flow = FLOWS["investment.lead"]
    limits = standards.declared_limits(flow)
    changed = [
        row if row.step != "visits" else standards.LimitRow("visits", "", 18, row.unit) for row in limits
    ]  # type: ignore[arg-type]
    standards.change(flow.kind, changed, flow.ladder, note="更宽", by=forces.leader)
    html = html_of(forces.leader, language="en")
    assert "Within 18 working days" in html
    for label in ("Back by one step", "Turn it down"):
        assert f"<b>{label}</b>" in html


def test_both_charts_stand_side_by_side(forces: SimpleNamespace) -> None:
    html = html_of(forces.leader)
    for name in ("investment:flow_chart", "approvals:flow_chart"):
        assert f'href="{reverse(name)}"' in html
    assert f'href="{CHART}" aria-current="page"' in html


def test_the_counts_are_one_statement_however_many_leads(forces: SimpleNamespace) -> None:
    def statements() -> list[str]:
        client = browser(forces.leader)
        client.get(CHART)
        with CaptureQueriesContext(connection) as seen:
            client.get(CHART)
        return [query["sql"] for query in seen]

    with time_machine.travel(MONDAY, tick=False):
        lead(forces, "contact", "甲公司（示范）")
        few = statements()
        for n in range(4):
            lead(forces, ("registration", "visits")[n % 2], f"第{'一二三四'[n]}家企业（示范）")
        many = statements()
    assert len(many) == len(few) <= 8
    assert len([sql for sql in many if "investment_lead" in sql]) == 1
