"""Ids of somebody else in every field and address: refused beside the field, or not there; nothing is written."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from approvals.models import Assistance, CapacityReview, LandTask, Procedure, Utility
from portal.cases import papers
from portal.cases.declaration import FLOWS
from portal.cases.models import Case, Event
from portal.park.models import Team
from tests.api.conftest import monday, program
from tests.approvals.building import (
    accepted,
    do,
    make_office,
    material,
    permit,
    project_data,
    signed,
)
from tests.approvals.land import begin_land_approval, begin_recovery, idle_parcel, line, make_parcel
from tests.approvals.test_capacity_review import completed, opened
from tests.pages.test_pages import PDF, browser
from tests.people import MONDAY, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
__all__ = ["monday"]


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


def refuses(answer: Any, field: str) -> None:
    assert answer.status_code == 422, answer.content
    assert field in {error["field"] for error in answer.json()["errors"]}


def paper_of(user: Any, enterprise: Any) -> int:
    return papers.store(SimpleUploadedFile("x.pdf", PDF), by=user, now=MONDAY, enterprise=enterprise).pk


def helped(park: SimpleNamespace, case: Case) -> Case:
    """The assistance of a project, at work."""
    found = Assistance.objects.get(project=case.pk).case
    visit = {"visited_on": "2026-11-16", "visit_note": "x", "agent": park.service.pk}
    do(park.service, found, "record_visit", MONDAY, **visit)
    owner = park.owner if case.enterprise_id == park.ours.pk else park.rival
    return do(owner, found, "authorise", MONDAY, consent="on")


def test_what_belongs_to_another_project_is_no_choice(park: SimpleNamespace, office: SimpleNamespace) -> None:
    mine, theirs = signed(park, office), signed(park, office, theirs=True)
    do(park.rival, theirs, "plan_nodes", MONDAY, nodes="2026-12-01 主体封顶")
    node = theirs.project.nodes.get().pk
    help_, other_help = helped(park, mine), helped(park, theirs)
    do(park.rival, other_help, "add_task", MONDAY, what="备件", due_on="2026-11-20")
    task = other_help.assistance.tasks.get().pk
    do(park.owner, help_, "add_task", MONDAY, what="备件", due_on="2026-11-20")
    do(park.owner, mine, "plan_nodes", MONDAY, nodes="2026-12-01 主体封顶")
    early = Procedure.objects.create(code="early-2", name="两期", mode="land_to_construction", phases=2)
    draft = early.versions.create(number=1, made_at=MONDAY)
    place = draft.items.create(key="filing", item=office.items["GD-003"]).pk
    owner, service = program(park.owner), program(park.service)
    refuses(owner.act(mine, "reach_node", {"node": node, "reached_on": "2026-11-16"}), "node")
    refuses(owner.act(mine, "open_another", {"place": place, "label": ""}), "place")
    refuses(service.act(help_, "finish_task", {"task": task}), "task")
    assert not Event.objects.filter(verb__in=("reach_node", "open_another", "finish_task")).exists()


def test_papers_of_another_enterprise_go_nowhere(park: SimpleNamespace, office: SimpleNamespace) -> None:
    foreign = paper_of(park.rival, park.theirs)
    review = opened(completed(park, office, committed_tax_per_mu="1", committed_capacity_on="2026-11-17"))
    office.items["GD-003"].pledgeable = "lacking"
    office.items["GD-003"].save()
    lacking = material(office, "GD-003", "资金承诺书", key=False)
    case = signed(park, office)
    first = accepted(park, office, case, "filing", MONDAY, **{f"pledge_{lacking.pk}": "2026-11-30"})
    do(park.owner, case, "ask_for_utility", MONDAY, kind="power", need="10kV")
    do(park.owner, case, "plan_nodes", MONDAY, nodes="2026-12-01 主体封顶")
    owner, clerk = program(park.owner), program(office.clerk)
    refuses(owner.act(first.pledges.get().case, "bring", {"paper": foreign}), "paper")
    survey = {"surveyed_on": "2026-11-16", "survey_note": "x", "photo": foreign}
    refuses(clerk.act(Utility.objects.get().case, "survey", survey), "photo")
    reached = {"node": case.project.nodes.get().pk, "reached_on": "2026-11-16", "photo": foreign}
    refuses(owner.act(case, "reach_node", reached), "photo")
    told = {"tax_per_mu": "1", "capacity_on": "2026-11-16", "paper_tax_per_mu": foreign}
    refuses(owner.act(review, "tell", told), "paper_tax_per_mu")
    assert CapacityReview.objects.get().case.step == "filing"


def test_people_and_teams_that_do_not_fit_are_no_choice(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case, clerk = signed(park, office), program(office.clerk)
    gone = person("gone", is_active=False)
    closed = Team.objects.create(code="closed", name="已撤销科室", kind="department", active=False)
    found = Assistance.objects.get().case
    visit = {"visited_on": "2026-11-16", "visit_note": "x"}
    for agent in (park.handler, park.owner, gone):
        refuses(program(park.service).act(found, "record_visit", {**visit, "agent": agent.pk}), "agent")
    for field, wrong in (("leader", park.handler), ("butler", park.owner), ("butler", gone)):
        refuses(clerk.act(case, "appoint", {"is_key": True, field: wrong.pk}), field)
    refuses(clerk.act(case, "appoint", {"is_key": True, "task_force": office.fire.pk}), "task_force")
    met = {"held_on": "2026-11-16", "minutes": "x", "what_1": "协调", "due_1": "2026-11-20"}
    refuses(clerk.act(case, "hold_meeting", {**met, "team_1": closed.pk}), "team_1")


def test_lines_and_parcels_of_others_are_not_moved(park: SimpleNamespace, office: SimpleNamespace) -> None:
    mine, other = (
        begin_land_approval(park, make_parcel("F-01")),
        begin_land_approval(park, make_parcel("F-02")),
    )
    do(park.handler, other, "add_lines", MONDAY, **line("勘测", park.team["development"], "2026-12-01"))
    met = {"held_on": "2026-11-16", "present": "x", "decided": "y", "new_due_on": "2026-12-09"}
    desk = program(park.handler)
    refuses(desk.act(mine, "hold_dispatch", {**met, "tasks": [LandTask.objects.get().pk]}), "tasks")
    held = idle_parcel(park)
    asked = {"kind": "approvals.recovery", "enterprise": park.theirs.pk}
    fields = {"parcel": held.pk, "cause": "enterprise", "reason": "x", "planned_delivery_on": "2027-06-30"}
    answer = desk.post("cases/", {**asked, "fields": fields})
    assert answer.status_code in (409, 422), answer.content
    held.refresh_from_db()
    assert held.status == "idle"
    page = {**fields, "parcel": make_parcel("F-03").pk}  # of the address, whatever the form says
    browser(park.handler).post(reverse("approvals:recovery_open", args=[held.pk]), page)
    held.refresh_from_db()
    assert held.status == "recovering"


def test_a_project_is_opened_for_nobody_else_and_under_nothing_that_is_not_offered(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    data, owner = project_data(office, is_new_construction=True), program(park.owner)
    answer = owner.post("cases/", {"kind": "approvals.project", "enterprise": park.theirs.pk, "fields": data})
    assert answer.status_code == 404
    draft = Procedure.objects.create(code="draft", name="草案", mode="standard")
    for procedure in (draft.pk, 2**40, -1, "x"):
        wrong = {**data, "procedure": procedure}
        refuses(owner.post("cases/", {"kind": "approvals.project", "fields": wrong}), "procedure")
    taken = make_parcel("HD-01", status="assigned", assigned_number="XM-1")
    desk = {**data, "parcel": taken.pk}
    answer = program(office.officer).post(
        "cases/", {"kind": "approvals.project", "enterprise": park.ours.pk, "fields": desk}
    )
    refuses(answer, "parcel")
    with_more = {
        **data,
        "parcel": make_parcel("HD-02").pk,
        "is_key": True,
        "task_force": office.task_force.pk,
    }
    answer = owner.post("cases/", {"kind": "approvals.project", "fields": with_more})
    assert answer.status_code in (201, 422)  # an enterprise has no such fields
    assert not Case.objects.filter(project__parcel__isnull=False).exists()


def test_nothing_of_others_is_there_whatever_one_tries(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    recovery = begin_recovery(park, idle_parcel(park))
    do(park.handler, recovery, "begin_agreement", MONDAY)
    cases = [
        case,
        permit(case, "filing").case,
        Assistance.objects.get().case,
        recovery,
        *recovery.children.all(),
    ]
    rival, page = program(park.rival), browser(park.rival)
    before = Event.objects.count()
    for one in cases:
        for transition in FLOWS[one.kind].transitions:
            assert rival.act(one, transition.name, {}).status_code == 404, (one.kind, transition.name)
            address = reverse("cases:case_perform", args=[one.pk, transition.name])
            assert (page.get(address).status_code, page.post(address).status_code) == (404, 404)
    for one in cases[:2]:  # a project, and a permit that is none
        assert page.get(reverse("approvals:project_view", args=[one.pk])).status_code == 404
    assert Event.objects.count() == before
