"""What goes along with a project: the filing agent, utilities, the node plan and its meetings."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from approvals.models import ActionItem, Assistance, Node, Project, Utility
from portal.cases import papers, watch
from portal.cases.errors import Invalid, NotAllowed, Refused
from portal.cases.models import Case
from tests.approvals.building import do, make_office, open_project, permit, signed
from tests.pages.test_pages import PDF
from tests.people import MONDAY, at, person, works_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


def authorised(park: SimpleNamespace, office: SimpleNamespace) -> Case:
    """A project whose enterprise has authorised the service centre's agent."""
    case = signed(park, office)
    found = Assistance.objects.get(project=case.pk).case
    do(
        park.service,
        found,
        "record_visit",
        MONDAY,
        visited_on="2026-11-16",
        visit_note="讲解全流程",
        agent=park.service.pk,
    )
    do(park.owner, found, "authorise", MONDAY, consent="on")
    return case


def test_who_has_bought_land_is_visited_without_asking(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    visit = Assistance.objects.get(project=case.pk).case
    assert (visit.step, visit.team) == ("visit", park.team["enterprise_service"])
    assert visit.due_at == at("2026-11-19 17:30")
    with pytest.raises(Refused):
        do(park.owner, case, "ask_for_assistance", MONDAY)


def test_the_agent_files_but_only_for_as_long_as_it_is_authorised(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    first = permit(case, "filing").case_id
    with pytest.raises(NotAllowed):
        do(park.service, first, "submit", MONDAY)
    found = Assistance.objects.get(project=case.pk).case
    do(
        park.service,
        found,
        "record_visit",
        MONDAY,
        visited_on="2026-11-16",
        visit_note="讲解",
        agent=park.service.pk,
    )
    with pytest.raises(Invalid):
        do(park.owner, found, "authorise", MONDAY)
    do(park.owner, found, "authorise", MONDAY, consent="on")
    do(park.service, first, "submit", MONDAY)
    do(park.owner, found, "end", MONDAY, reason="自行办理")
    assert Project.objects.get(pk=case.pk).agent is None
    with pytest.raises(NotAllowed):
        do(park.service, first, "accept", MONDAY)


def test_the_agent_may_not_decide_for_the_enterprise(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = authorised(park, office)
    with pytest.raises(NotAllowed):
        do(park.service, permit(case, "filing").case_id, "withdraw", MONDAY, reason="不办了")


def test_tasks_of_the_agent_are_on_record(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = authorised(park, office)
    found = Assistance.objects.get(project=case.pk)
    do(park.owner, found.case_id, "add_task", MONDAY, what="备齐环评报告", due_on="2026-11-20")
    task = found.tasks.get()
    do(park.service, found.case_id, "finish_task", MONDAY, task=task.pk, note="已取")
    task.refresh_from_db()
    assert (task.done_by, task.done_at) == (park.service, MONDAY)


def test_a_connection_is_surveyed_chosen_and_built_by_the_planned_day(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = open_project(park, office)
    do(park.owner, case, "ask_for_utility", MONDAY, kind="relocation", need="10kV 野马线迁改")
    utility = Utility.objects.get(project=case.pk)
    assert utility.case.team == office.window_team  # nobody was named for lines
    photo = papers.store(SimpleUploadedFile("x.pdf", PDF), by=office.clerk, now=MONDAY, enterprise=park.ours)
    do(
        office.clerk, utility.case_id, "survey", MONDAY,
        surveyed_on="2026-11-16", survey_note="线路横跨厂区", longitude="112.91", latitude="27.87", photo=photo.pk,
    )  # fmt: skip
    do(office.clerk, utility.case_id, "propose", MONDAY, options="入地一次到位", planned_on="2026-12-31")
    do(park.owner, utility.case_id, "choose", MONDAY, choice="入地")
    found = Case.objects.get(pk=utility.case_id)
    assert (found.step, found.due_at) == ("works", at("2026-12-31 17:30"))
    do(office.clerk, found, "finish", at("2026-12-20 10:00"), finished_on="2026-12-20")
    watch.lapse(at("2026-12-30 09:00"))
    utility.refresh_from_db()
    assert (utility.case.outcome, utility.finished_on < utility.planned_on) == ("done", True)  # type: ignore[operator]


def test_what_a_meeting_agrees_on_becomes_a_case_with_its_day(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    data = {
        "held_on": "2026-11-16", "minutes": "主体封顶，需协调用电",
        "what_1": "协调临时用电", "team_1": park.team["development"].pk, "due_1": "2026-11-20",
    }  # fmt: skip
    with pytest.raises(Invalid):
        do(office.clerk, case, "hold_meeting", MONDAY, **{**data, "due_1": ""})
    do(office.clerk, case, "hold_meeting", MONDAY, **data)
    item = ActionItem.objects.get().case
    assert (item.team, item.title, item.due_at) == (
        park.team["development"], "协调临时用电", at("2026-11-20 17:30"),
    )  # fmt: skip
    do(park.handler, item, "report", MONDAY, result="已接通")
    do(park.owner, item, "confirm", MONDAY)
    assert Case.objects.get(pk=item.pk).outcome == "done"


def test_a_node_plan_is_replaced_but_what_stands_is_history(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    do(park.owner, case, "plan_nodes", MONDAY, nodes="2026-11-30 基础完成\n2026-12-31 主体封顶")
    first = Node.objects.get(what="基础完成")
    do(park.owner, case, "reach_node", MONDAY, node=first.pk, reached_on="2026-11-16")
    do(park.owner, case, "plan_nodes", MONDAY, nodes="2027-01-15 主体封顶")
    assert [(n.what, n.reached_on is None) for n in Node.objects.order_by("planned_on")] == [
        ("基础完成", False),
        ("主体封顶", True),
    ]
    for wrong in ("明天 封顶", "2026-12-31", "2026-12-31 封顶\n2027-01-01 封顶"):
        with pytest.raises(Invalid):
            do(park.owner, case, "plan_nodes", MONDAY, nodes=wrong)


def test_who_did_an_item_does_not_confirm_it(park: SimpleNamespace, office: SimpleNamespace) -> None:
    head = works_in(person("windowhead2"), office.window_team, "head")
    case = signed(park, office)
    do(
        office.clerk, case, "hold_meeting", MONDAY, held_on="2026-11-16", minutes="x",
        what_1="协调", team_1=office.window_team.pk, due_1="2026-11-20",
    )  # fmt: skip
    item = ActionItem.objects.get().case
    do(head, item, "report", MONDAY, result="已办")
    with pytest.raises(NotAllowed):
        do(head, item, "confirm", MONDAY)
