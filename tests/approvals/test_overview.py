"""All projects at once: the flow chart of construction, the lists that its numbers open, who sees what."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals.models import Permit, Project, ServiceItem
from approvals.presenting.lists import project_rows
from approvals.presenting.reading import read
from approvals.reports.days import PermitDays, ProjectDays
from portal.cases import engine
from portal.cases.models import Case, Pause
from tests.approvals.building import accepted, certified, do, make_office, permit, signed
from tests.approvals.building import open_project as opened
from tests.pages.test_pages import browser
from tests.people import MONDAY, actor, at

pytestmark = pytest.mark.django_db
CHART, PROJECTS, PERMITS = "/approvals/projects/flow/", "/approvals/projects/", "/approvals/projects/permits/"
LATER = at("2026-11-26 10:00")


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


def shown(who: Any, address: str, language: str = "zh-hans") -> str:
    with time_machine.travel(LATER, tick=False):
        answer = browser(who, language).get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def rows(html: str) -> int:
    return html.count('<a class="t"')


def busy(park: SimpleNamespace, office: SimpleNamespace) -> Case:
    """One project with a late permit, a paused one and one to be filed; another in talks; one of a rival."""
    case = signed(park, office)
    for key in ("filing", "land_use"):
        certified(park, office, case, key, MONDAY)
    accepted(park, office, case, "pit", MONDAY)
    scheme = accepted(park, office, case, "scheme", MONDAY)
    told = {"basis": "行政许可法", "planned_days": 5, "notice": "专家评审", "reason": "special_procedure"}
    engine.pause(scheme.case_id, by=actor(park.head), data=told, now=MONDAY)
    opened(park, office, name="洽谈中的项目")
    signed(park, office, theirs=True)
    return case


def test_every_number_of_the_chart_opens_the_list_that_it_counts(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    busy(park, office)
    html = shown(park.leader, CHART)
    counts = re.findall(r'<a class="light \w+" href="([^"]+)">[^<]*? (\d+)<', html)
    assert sorted(int(n) for _href, n in counts) == [1, 1, 1, 1]  # to file, paused, running, of it late
    for href, n in counts:
        assert rows(shown(park.leader, href.replace("&amp;", "&"))) == int(n), href
    heads = re.findall(r'<a class="stage-head" href="([^"]+)">.*?class="how-many"><b>(\d+)</b>', html)
    assert [int(n) for _href, n in heads] == [1, 1, 1, 0, 0]
    for href, n in heads:
        assert rows(shown(park.leader, href)) == int(n), href


def test_what_is_late_is_red_on_the_chart(park: SimpleNamespace, office: SimpleNamespace) -> None:
    busy(park, office)
    late = re.findall(r'<li class="node has-late"> <a class="name"[^>]*>([^<]+)', shown(park.leader, CHART))
    assert late == ["建筑工程施工许可"]


def test_the_chart_counts_what_the_person_sees(park: SimpleNamespace, office: SimpleNamespace) -> None:
    busy(park, office)
    html = shown(park.steward, CHART)
    assert "light late" not in html
    assert re.findall(r'how-many"><b>(\d+)', html) == ["0"] * 5
    with time_machine.travel(LATER, tick=False):
        assert browser(park.owner).get(CHART).status_code == 403


@pytest.mark.parametrize("address", [CHART, PROJECTS, PERMITS, PERMITS + "?state=late"])
@pytest.mark.parametrize("name", ["leader", "owner"])
def test_a_list_costs_the_same_however_much_there_is(
    park: SimpleNamespace, office: SimpleNamespace, address: str, name: str
) -> None:
    who = getattr(park, name)

    def cost() -> int:
        client = browser(who)
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
        return len(seen)

    with time_machine.travel(LATER, tick=False):
        busy(park, office)
        few = cost()
        for _n in range(3):
            signed(park, office)
        assert cost() <= few <= 8


def test_the_list_narrows_by_stage_mode_lateness_and_words(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    busy(park, office)
    for query, names in {
        "": {"年产五万吨电磁线项目", "洽谈中的项目"},
        "?stage=negotiation": {"洽谈中的项目"},
        "?stage=construction&mode=land_to_construction": {"年产五万吨电磁线项目"},
        "?late=1": {"年产五万吨电磁线项目"},
        "?q=洽谈中": {"洽谈中的项目"},
        "?mode=standard": set(),
        "?stage=closed": set(),
        "?stage=nonsense&mode=%00": {"年产五万吨电磁线项目", "洽谈中的项目"},
    }.items():
        assert set(re.findall(r'<a class="t"[^>]*>([^<]+)', shown(park.leader, PROJECTS + query))) == names


def test_the_list_tells_days_lateness_and_vacancies(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = busy(park, office)
    do(office.clerk, case, "appoint", MONDAY, is_key="on", task_force=office.task_force.pk)
    staff = shown(office.clerk, PROJECTS + "?key=1")
    assert rows(staff) == 1
    assert "<b>7</b> / 15" in staff
    assert "联系领导、管家" in staff
    assert "建筑工程施工许可" in staff
    own = shown(park.owner, PROJECTS + "?key=1")
    assert rows(own) == 2  # a filter for staff alone is none for the enterprise
    assert "空缺" not in own
    assert "重点项目" not in own


def test_the_list_goes_on_from_page_to_page(park: SimpleNamespace, office: SimpleNamespace) -> None:
    for n in range(27):
        opened(park, office, name=f"项目{n:02}")
    first = shown(park.leader, PROJECTS)
    following = re.search(r'href="(\?after=[^"]+)" rel="next"', first)
    assert following is not None
    second = shown(park.leader, PROJECTS + following[1].replace("&amp;", "&"))
    names = re.findall(r"项目\d\d", first) + re.findall(r"项目\d\d", second)
    assert len(set(names)) == 27
    assert rows(first) == 25


def test_who_begins_projects_is_led_there(park: SimpleNamespace, office: SimpleNamespace) -> None:
    assert 'href="/approvals/projects/new/">' in shown(park.owner, PROJECTS)
    assert 'href="/approvals/projects/desk/">' in shown(office.clerk, PROJECTS)
    assert 'class="btn first"' not in shown(park.leader, PROJECTS)
    for who in (park.owner, office.clerk, park.leader):
        assert 'href="/approvals/projects/" aria-current="page"' in shown(who, PROJECTS)


MOMENTS = st.integers(0, 24 * 60).map(lambda n: n * 25)  # minutes from the beginning of November on
STORY = st.tuples(MOMENTS, MOMENTS, MOMENTS, MOMENTS, st.booleans(), st.booleans())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STORY, min_size=1, max_size=3), st.none() | st.tuples(MOMENTS, MOMENTS), st.booleans())
def test_list_figures_and_page_count_the_same_days(
    park: SimpleNamespace,
    office: SimpleNamespace,
    stories: list[tuple[int, int, int, int, bool, bool]],
    above: tuple[int, int] | None,
    counts: bool,
) -> None:
    """One rule, in SQL for many projects and in Python day by day: whatever the hour, they never differ."""
    case = Case.objects.filter(kind="approvals.project").first() or signed(park, office)
    while Permit.objects.filter(project=case.pk).count() < 3:
        place = office.procedure.versions.get().items.get(key="filing").pk
        do(office.clerk, case, "open_another", MONDAY, place=place, label=f"{case.event_seq}")
        case.refresh_from_db()
    permits = list(Permit.objects.filter(project=case.pk))
    ServiceItem.objects.filter(pk=permits[0].item_id).update(counts_in_total=counts)
    Pause.objects.filter(case__in=[case.pk, *(p.pk for p in permits)]).delete()
    Permit.objects.filter(project=case.pk).update(accepted_at=None, decided_at=None, decision="")
    Case.objects.filter(parent=case.pk).update(pause_count=1)
    for one, (*numbers, runs, waits) in zip(permits, stories, strict=False):
        first, second, third, fourth = (moment(n) for n in sorted(numbers))
        decision = {} if runs else {"decided_at": third, "decision": "granted"}
        Permit.objects.filter(pk=one.pk).update(accepted_at=first, **decision)
        until = None if waits else fourth  # after the decision: the certificate is being made
        Pause.objects.create(case_id=one.pk, reason="special_procedure", from_at=second, to_at=until)
    Case.objects.filter(pk=case.pk).update(pause_count=1 if above else 0)
    if above:
        since, until = (moment(n) for n in sorted(above))
        Pause.objects.create(case_id=case.pk, reason="force_majeure", from_at=since, to_at=until)
    whole = read(Case.objects.get(pk=case.pk), actor(park.leader), LATER)
    net = Project.objects.annotate(net=ProjectDays(moment=LATER)).get(pk=case.pk).net
    assert net == whole.net_days()
    own = dict(Permit.objects.annotate(net=PermitDays(moment=LATER)).values_list("pk", "net"))
    assert [own[one.permit.pk] for one in whole.permits] == [one.net_days for one in whole.permits]
    assert project_rows([whole.case], LATER, inside=True)[0].net_days == net


def test_days_are_counted_from_the_day_on_which_the_acceptance_counts_as_received(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    """After the hours of intake, or on a day of rest, that is the next working day (dossier, section 2);
    what stops after the decision takes nothing from its day; what runs has run until the last close."""
    case = signed(park, office)
    one = Permit.objects.filter(project=case.pk).earliest("sequence")
    Pause.objects.filter(case=one.pk).delete()

    def days(accepted: str, decided: str | None, now: str = "2026-11-30 09:00") -> int:
        Permit.objects.filter(pk=one.pk).update(
            accepted_at=at(accepted),
            decided_at=at(decided) if decided else None,
            decision="granted" if decided else "",
        )
        whole = read(Case.objects.get(pk=case.pk), actor(park.leader), at(now))
        net = int(Project.objects.annotate(net=ProjectDays(moment=at(now))).get(pk=case.pk).net)
        assert net == whole.net_days()
        return net

    assert days("2026-11-16 10:00", "2026-11-18 10:00") == 2
    assert days("2026-11-16 17:01", "2026-11-18 10:00") == 1
    assert days("2026-11-14 10:00", "2026-11-18 10:00") == 2  # a Saturday
    assert days("2026-11-16 10:00", None, "2026-11-18 17:30") == 1
    assert days("2026-11-16 10:00", None, "2026-11-18 17:31") == 2
    stopped = {"from_at": at("2026-11-18 11:00"), "to_at": at("2026-11-20 09:00")}
    Pause.objects.create(case_id=one.pk, reason="special_procedure", **stopped)
    Case.objects.filter(pk=one.pk).update(pause_count=1)
    assert days("2026-11-16 10:00", "2026-11-18 10:00") == 2


def moment(minutes: int) -> datetime:
    return at("2026-11-01 00:00") + timedelta(minutes=minutes)


def test_the_permits_of_an_item_name_their_projects(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = busy(park, office)
    item = permit(case, "pit").item_id
    html = shown(park.leader, f"{PERMITS}?item={item}", "en")
    assert rows(html) == 1
    assert f'href="{PROJECTS}{case.pk}/"' in html
    assert rows(shown(park.leader, PERMITS + "?state=granted")) == 2
    assert rows(shown(park.leader, PERMITS + "?item=999999")) == 0
