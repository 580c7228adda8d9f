"""研判预审 and 准入评审: five departments side by side; a panel of which nobody with an interest gives points."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from investment.models import Assessment, Criterion
from portal.cases.errors import Invalid, NotAllowed, Refused
from portal.cases.models import Case
from portal.park.models import Office, Team
from portal.park.offices import OFFICES
from tests.investment.leading import (
    act,
    bring_to,
    convene,
    give_opinions,
    give_points,
    make_task_forces,
    points,
    register_lead,
)
from tests.people import MONDAY, at

pytestmark = pytest.mark.django_db
ADMISSION = {"opinion": "同意", "no_interest": "on"}


@pytest.fixture
def forces(park: SimpleNamespace) -> SimpleNamespace:
    return make_task_forces(park)


def lead_in(forces: SimpleNamespace, step: str) -> Case:
    return bring_to(forces, register_lead(forces.member, forces.first), step)


def test_five_departments_are_asked_at_once_each_with_its_clock(forces: SimpleNamespace) -> None:
    case = lead_in(forces, "pre_review")
    parts = case.children.open().select_related("team").order_by("pk")
    assert [part.team.code for part in parts] == [
        "science", "ecology", "emergency", "development_reform", "natural_resources",
    ]  # fmt: skip
    assert {part.due_at for part in parts} == {at("2026-11-20 17:30")}
    with pytest.raises(Refused, match="尚待出具意见"):
        act(forces.member, case, "pre_review")
    give_opinions(forces, case)
    assert act(forces.member, case, "pre_review").step == "visits"


def test_a_red_line_holds_the_lead_until_the_department_is_asked_again(forces: SimpleNamespace) -> None:
    case = lead_in(forces, "pre_review")
    give_opinions(forces, case, environment="veto", land="conditions")
    with pytest.raises(Refused, match=r"红线.*生态环境"):
        act(forces.member, case, "pre_review")
    act(forces.member, case, "ask_again", reason="改用水性工艺")
    assert [part.opinion.about for part in case.children.open().select_related("opinion")] == ["environment"]
    give_opinions(forces, case)
    assert act(forces.member, case, "pre_review").step == "visits"


def test_an_office_that_nobody_is_refuses_in_words_and_the_register_names_another(
    forces: SimpleNamespace,
) -> None:
    case = lead_in(forces, "contact")
    Team.objects.filter(code="ecology").update(active=False)
    talked = {"held_on": "2026-11-16", "note": "有意扩产"}
    with pytest.raises(Refused, match="环境预审"):
        act(forces.member, case, "note_contact", **talked)
    development = Team.objects.get(code="development")
    Office.objects.create(role="opinion_environment", team=development)
    OFFICES.forget()
    case = act(forces.member, case, "note_contact", **talked)
    OFFICES.forget()
    assert case.children.get(opinion__about="environment").team == development


def test_conditions_and_a_no_have_their_reason(forces: SimpleNamespace) -> None:
    part = lead_in(forces, "pre_review").children.get(opinion__about="safety")
    with pytest.raises(Invalid):
        act(forces.offices["emergency"], part, "give", verdict="veto")
    with pytest.raises(NotAllowed):
        act(forces.member, part, "give", verdict="agreed")


def test_who_has_an_interest_gives_no_points_and_somebody_else_is_named(forces: SimpleNamespace) -> None:
    case = convene(forces, lead_in(forces, "admission_review"))
    part = case.children.open().get(assignee=forces.offices["ecology"])
    act(forces.offices["ecology"], part, "declare_interest", interest="亲属在投资方任职")
    give_points(forces, case)
    with pytest.raises(Refused, match="3 名"):
        act(forces.head, case, "admit", **ADMISSION)
    act(forces.head, case, "add_reviewers", reviewers=[forces.offices["natural_resources"].pk])
    give_points(forces, case)
    assert act(forces.head, case, "admit", **ADMISSION).step == "decision"
    sheet = Assessment.objects.get(reviewer=forces.offices["ecology"])
    assert (sheet.total, sheet.interest) == (None, "亲属在投资方任职")


def test_a_sheet_is_its_reviewers_and_of_100_points(forces: SimpleNamespace) -> None:
    case = convene(forces, lead_in(forces, "admission_review"))
    reviewer = forces.offices["science"]
    part = case.children.open().get(assignee=reviewer)
    with pytest.raises(NotAllowed):
        act(forces.offices["ecology"], part, "score", **points())
    line = Criterion.objects.filter(is_veto=False).order_by("pk")[0]
    with pytest.raises(Invalid):
        act(reviewer, part, "score", **points() | {f"line_{line.pk}": str(line.points + 1)})
    act(reviewer, part, "score", **points(1))
    sheet = Assessment.objects.get(reviewer=reviewer)
    assert sheet.total == 100
    Criterion.objects.filter(pk=line.pk).update(name="改名")
    assert line.name in {kept["name"] for kept in sheet.points}  # as it was asked


@pytest.mark.parametrize(("share", "veto", "says"), [(0.3, False, "平均"), (0.9, True, "否决项")])
def test_too_few_points_and_a_veto_item_keep_the_project_out(
    forces: SimpleNamespace, share: float, veto: bool, says: str
) -> None:
    case = convene(forces, lead_in(forces, "admission_review"))
    if veto:
        part = case.children.open().get(assignee=forces.offices["science"])
        item = Criterion.objects.filter(is_veto=True)[0]
        act(forces.offices["science"], part, "score", **points() | {f"line_{item.pk}": "on"})
    give_points(forces, case, share)
    with pytest.raises(Refused, match=says):
        act(forces.head, case, "admit", **ADMISSION)
    # A new review begins anew; the sheets of the first are kept.
    case = convene(forces, case)
    give_points(forces, case)
    assert act(forces.head, case, "admit", **ADMISSION).step == "decision"
    assert set(Assessment.objects.values_list("round", flat=True)) == {1, 2}


def test_a_scoring_sheet_that_is_not_of_100_points_convenes_nobody(forces: SimpleNamespace) -> None:
    case = lead_in(forces, "admission_review")
    Criterion.objects.filter(code="jobs").update(active=False)
    with pytest.raises(Refused, match="95"):
        convene(forces, case)


def test_what_still_runs_below_a_lead_that_is_lost_is_recalled(forces: SimpleNamespace) -> None:
    case = lead_in(forces, "pre_review")
    act(forces.member, case, "lose", cause="investor", reason="放弃")
    assert set(case.children.values_list("outcome", flat=True)) == {"recalled"}
    assert case.opened_at == MONDAY
