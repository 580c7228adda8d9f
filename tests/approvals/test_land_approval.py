"""用地报批: a checklist with one owner and one day a line, and its weekly meeting."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from approvals.access import LAND_APPROVAL
from approvals.models import LandTask, Parcel
from portal.cases import engine, watch
from portal.cases.access import visible_to
from portal.cases.errors import Invalid, NotAllowed, Refused
from portal.cases.models import Alert, Case
from tests.approvals.building import do
from tests.approvals.land import begin_land_approval, line, make_parcel
from tests.people import MONDAY, actor, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def approval(park: SimpleNamespace) -> Case:
    """A checklist with two lines of two teams."""
    case = begin_land_approval(park, make_parcel("BP-1"))
    service, office = park.team["enterprise_service"], park.team["development"]
    lines = line("勘测定界", office, "2026-12-01") | line("社会稳定风险评估", service, "2026-12-15", 2)
    return do(park.handler, case, "add_lines", MONDAY, **lines)


def tasks(case: Case) -> list[LandTask]:
    return list(LandTask.objects.filter(approval=case.pk).select_related("case__team").order_by("pk"))


def test_each_line_is_a_case_of_its_owner_with_its_own_day(park: SimpleNamespace, approval: Case) -> None:
    survey, risk = tasks(approval)
    assert (survey.case.title, survey.case.team.code) == ("勘测定界", "development")
    assert (risk.case.team.code, risk.case.due_at) == ("enterprise_service", at("2026-12-15 17:30"))
    assert visible_to(actor(park.service)).filter(pk__in=[approval.pk, risk.case_id]).count() == 2


def test_a_late_line_climbs_the_ladder(park: SimpleNamespace, approval: Case) -> None:
    risk = tasks(approval)[1]
    watch.sweep(at("2026-12-16 09:00"))
    assert Alert.objects.filter(case=risk.case_id, level=2).exists()


def test_the_land_is_approved_when_every_line_is_done(park: SimpleNamespace, approval: Case) -> None:
    survey, risk = tasks(approval)
    with pytest.raises(Refused, match="清单"):
        do(park.head, approval, "approve", MONDAY, reason="批复已下")
    do(park.service, risk.case, "report", MONDAY, result="低风险")
    with pytest.raises(NotAllowed):
        do(park.service, risk.case, "confirm", MONDAY)
    do(park.handler, risk.case, "confirm", MONDAY)
    do(park.handler, survey.case, "report", MONDAY, result="已出成果")
    with pytest.raises(NotAllowed):  # who did it does not close it
        do(park.handler, survey.case, "confirm", MONDAY)
    do(park.head, survey.case, "confirm", MONDAY)
    assert do(park.head, approval, "approve", MONDAY, reason="批复已下").outcome == "approved"


def test_a_dispatch_meeting_sets_another_day_and_keeps_its_minutes(
    park: SimpleNamespace, approval: Case
) -> None:
    survey, risk = tasks(approval)
    minutes: dict[str, Any] = {
        "held_on": "2026-11-20", "present": "开发建设局、企业服务中心", "decided": "评估延后一周",
        "tasks": [risk.pk], "new_due_on": "2026-12-22",
    }  # fmt: skip
    do(park.handler, approval, "hold_dispatch", at("2026-11-20 15:00"), **minutes)
    survey, risk = tasks(approval)
    assert (risk.due_on, risk.case.due_at) == (date(2026, 12, 22), at("2026-12-22 17:30"))
    assert survey.due_on == date(2026, 12, 1)
    meeting = approval.land_approval.dispatches.get()
    assert (meeting.held_on, list(meeting.tasks.all()), meeting.noted_by) == (
        date(2026, 11, 20),
        [risk],
        park.handler,
    )


def test_a_day_without_lines_or_in_the_past_is_refused(park: SimpleNamespace, approval: Case) -> None:
    base = {"held_on": "2026-11-16", "present": "全体", "decided": "照旧"}
    for wrong, field in (
        ({"new_due_on": "2026-12-22"}, "tasks"),
        ({"new_due_on": "2026-11-16", "tasks": [tasks(approval)[0].pk]}, "new_due_on"),
        ({"held_on": "2026-11-17"}, "held_on"),
    ):
        with pytest.raises(Invalid) as told:
            do(park.handler, approval, "hold_dispatch", MONDAY, **{**base, **wrong})
        assert list(told.value.form.errors) == [field]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"team_1": ""}, "team_1"), ({"due_1": "2026-11-16"}, "due_1"), ({"what_1": ""}, "what_1")],
)
def test_a_line_says_what_who_and_by_when(park: SimpleNamespace, changes: dict[str, str], field: str) -> None:
    case = begin_land_approval(park, make_parcel("BP-2"))
    given = {**line("组卷", park.team["development"], "2026-12-01"), **changes}
    with pytest.raises(Invalid) as told:
        do(park.handler, case, "add_lines", MONDAY, **given)
    assert list(told.value.form.errors) == [field]
    assert not tasks(case)


def test_one_land_approval_at_a_time_and_no_project_meanwhile(park: SimpleNamespace) -> None:
    parcel = make_parcel("BP-3")
    assert Parcel.objects.ready().filter(pk=parcel.pk).exists()
    case = begin_land_approval(park, parcel)
    assert not Parcel.objects.ready().filter(pk=parcel.pk).exists()
    with pytest.raises(Refused):
        begin_land_approval(park, parcel)
    do(park.head, case, "give_up", MONDAY, reason="规划调整")
    assert Parcel.objects.ready().filter(pk=parcel.pk).exists()
    assert begin_land_approval(park, parcel).step == "preparing"


def test_lines_are_recalled_with_their_checklist(park: SimpleNamespace, approval: Case) -> None:
    do(park.head, approval, "give_up", MONDAY, reason="规划调整")
    assert {task.case.outcome for task in tasks(approval)} == {"recalled"}


def test_only_the_land_office_and_task_forces_begin_one(park: SimpleNamespace) -> None:
    parcel = make_parcel("BP-4")
    for person in (park.owner, park.steward, park.leader):
        with pytest.raises(NotAllowed):
            engine.open_case(LAND_APPROVAL, by=actor(person), data={"parcel": parcel.pk}, now=MONDAY)
