"""A project that begins with the land, in three phases, told through the engine."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine

from approvals import actions
from approvals.forms import SubmitForm
from approvals.models import Part, Permit
from portal.cases import engine, watch
from portal.cases.access import visible_to
from portal.cases.errors import Conflict, Invalid, NotAllowed, Refused
from portal.cases.models import Case, Event
from portal.notices.models import Notice
from portal.park.models import Agency, Team
from portal.trust.forms import ScopeForm
from tests.approvals.building import (
    accepted,
    decided,
    do,
    make_office,
    material,
    open_project,
    permit,
    signed,
    submitted,
)
from tests.people import MONDAY, actor, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


def filed_keys(case: Case) -> set[str]:
    return set(Permit.objects.filter(project=case.pk).values_list("place__key", flat=True))


def test_nothing_can_be_filed_before_the_contract_is_signed(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = open_project(park, office)
    assert (case.step, case.team) == ("negotiation", office.window_team)
    assert filed_keys(case) == set()
    do(office.clerk, case, "sign", MONDAY, signed_on="2026-11-16")
    assert filed_keys(case) == {"filing"}
    first = permit(case, "filing")
    assert first.case.number == f"{case.number}/GD-003/1"
    assert (first.case.step, first.case.holder, first.case.team) == (
        "filing",
        "enterprise",
        office.window_team,
    )


def test_what_waited_for_a_permit_opens_when_it_is_granted_and_side_by_side(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    decided(park, office, case, "filing", MONDAY, MONDAY)
    decided(park, office, case, "land_use", MONDAY, at("2026-11-17 10:00"))
    assert filed_keys(case) == {"filing", "land_use", "scheme", "pit"}
    assert permit(case, "pit").phase_label == "基坑支护和土方开挖"
    case.refresh_from_db()
    assert case.step == "construction"  # the land is there: pit and scheme run side by side


def test_a_later_phase_opens_only_when_the_one_before_is_granted(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    for key in ("filing", "land_use", "scheme", "works", "drawings"):
        decided(park, office, case, key, MONDAY, MONDAY)
    assert "cellar" not in filed_keys(case)
    place = office.procedure.versions.get().items.get(key="above").pk
    with pytest.raises(Refused, match="还未轮到"):
        do(office.clerk, case, "open_another", MONDAY, place=place, label="")
    decided(park, office, case, "pit", MONDAY, MONDAY)
    decided(park, office, case, "cellar", MONDAY, MONDAY)
    last = decided(park, office, case, "above", MONDAY, MONDAY)
    assert (last.sequence, last.phase_label) == (3, "±0.000以上")
    case.refresh_from_db()
    assert case.step == "completion"


def test_the_clock_of_a_permit_is_what_its_procedure_promises(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    for key in ("filing", "land_use"):
        decided(park, office, case, key, MONDAY, MONDAY)
    scheme = accepted(park, office, case, "scheme", MONDAY)
    assert scheme.case.promise_amount == 3
    assert scheme.case.promise_due_at == at("2026-11-19 17:30")
    assert scheme.case.team == park.team["development"]


def test_who_reviewed_does_not_decide(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = signed(park, office)
    first = accepted(park, office, case, "filing", MONDAY)
    do(park.head, first.case_id, "review", MONDAY, opinion="符合")
    with pytest.raises(NotAllowed):
        do(park.head, first.case_id, "grant", MONDAY, grounds="")
    do(park.section_head, first.case_id, "grant", MONDAY, grounds="")


def test_a_permit_is_never_decided_before_it_is_accepted(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    first = submitted(park, case, "filing", MONDAY)
    with pytest.raises((Conflict, NotAllowed)):
        do(park.head, first.case_id, "grant", MONDAY, grounds="")
    first.refresh_from_db()
    assert first.decision == ""


def test_five_days_without_an_answer_count_as_acceptance(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    first = submitted(park, case, "filing", MONDAY)
    watch.lapse(at("2026-11-24 09:00"))
    first.refresh_from_db()
    assert first.deemed_accepted
    assert Case.objects.get(pk=first.case_id).step == "reviewing"


def test_the_window_asks_for_what_is_missing_and_for_nothing_else(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    first = submitted(park, case, "filing", MONDAY)
    asked = {"basis": "行政许可法", "planned_days": 5, "notice": "请补正", "missing": "营业执照：有效期内"}
    with pytest.raises(NotAllowed):
        engine.pause(
            first.case_id, by=actor(office.clerk), data={**asked, "reason": "special_procedure"}, now=MONDAY
        )
    engine.pause(first.case_id, by=actor(office.clerk), data={**asked, "reason": "supplement"}, now=MONDAY)
    item = first.case.pauses.get(reason="supplement").missing.get()
    engine.supply(
        first.case_id, item.pk, by=actor(park.owner), answer="已重新提交", now=at("2026-11-18 10:00")
    )
    assert Case.objects.get(pk=first.case_id).paused_at is None


def test_a_paper_that_is_pledged_has_a_clock_of_its_own(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    office.items["GD-003"].pledgeable = "lacking"
    office.items["GD-003"].save()
    funds = material(office, "GD-003", "资金承诺书", key=False)
    case = signed(park, office)
    first = accepted(park, office, case, "filing", MONDAY, **{f"pledge_{funds.pk}": "2026-11-30"})
    pledge = first.pledges.get()
    assert (pledge.case.step, pledge.case.holder) == ("promised", "enterprise")
    assert pledge.case.due_at == at("2026-11-30 17:30")
    do(park.handler, first.case_id, "review", MONDAY, opinion="符合")
    do(park.head, first.case_id, "grant", MONDAY, grounds="")
    do(park.handler, first.case_id, "issue", MONDAY)
    watch.lapse(at("2026-12-01 09:00"))
    assert Case.objects.get(pk=pledge.case_id).step == "unmet"
    do(park.head, pledge.case_id, "revoke", at("2026-12-01 10:00"), why="逾期未提交")
    first.refresh_from_db()
    assert first.revoked_why == "逾期未提交"


def test_a_commitment_is_verified_after_the_decision(park: SimpleNamespace, office: SimpleNamespace) -> None:
    office.items["GD-003"].pledgeable = "commitment"
    office.items["GD-003"].save()
    case = signed(park, office)
    first = accepted(park, office, case, "filing", MONDAY, commitment="on")
    do(park.handler, first.case_id, "review", MONDAY, opinion="符合")
    do(park.head, first.case_id, "grant", MONDAY, grounds="")
    check = first.pledges.get()
    assert check.case.step == "checking"
    do(park.handler, check.case_id, "confirm", at("2026-12-01 10:00"), finding="现场属实")
    assert Case.objects.get(pk=check.case_id).outcome == "kept"


def test_joint_acceptance_waits_for_every_department(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = signed(park, office)
    for key in ("filing", "land_use", "scheme", "works", "drawings", "pit", "cellar", "above"):
        decided(park, office, case, key, MONDAY, MONDAY)
    joint = accepted(park, office, case, "acceptance", MONDAY)
    part = joint.case.children.get()
    assert part.team == office.fire
    with pytest.raises(Refused):
        do(park.handler, joint.case_id, "review", MONDAY, opinion="合格")
    do(office.fireman, part, "reply", MONDAY, reply="消防合格")
    do(park.handler, joint.case_id, "review", MONDAY, opinion="合格")
    do(park.head, joint.case_id, "grant", MONDAY, grounds="")
    case.refresh_from_db()
    assert case.step == "capacity_review"


def test_a_project_is_accepted_building_by_building(park: SimpleNamespace, office: SimpleNamespace) -> None:
    """Each building has its own permit and certificate; the stage is left when the last one is accepted."""
    case = signed(park, office)
    for key in ("filing", "land_use", "scheme", "works", "drawings", "pit", "cellar", "above"):
        decided(park, office, case, key, MONDAY, MONDAY)
    place = permit(case, "acceptance").place_id
    with pytest.raises(Refused):
        do(office.clerk, case, "open_another", MONDAY, place=place, label="")
    do(office.clerk, case, "open_another", MONDAY, place=place, label="2号厂房")
    with pytest.raises(Refused):
        do(office.clerk, case, "open_another", MONDAY, place=place, label="2号厂房")
    buildings = list(Permit.objects.filter(project=case.pk, place=place).order_by("sequence"))
    assert [one.phase_label for one in buildings] == ["", "2号厂房"]
    for building in buildings:
        case.refresh_from_db()
        assert case.step == "completion"
        do(park.owner, building.case_id, "submit", MONDAY)
        do(office.clerk, building.case_id, "accept", MONDAY)
        part = building.case.children.get()
        do(office.fireman, part, "reply", MONDAY, reply="消防合格")
        do(park.handler, building.case_id, "review", MONDAY, opinion="合格")
        do(park.head, building.case_id, "grant", MONDAY, grounds="")
    case.refresh_from_db()
    assert case.step == "capacity_review"


def test_a_part_that_the_item_wants_is_not_left_out_by_recalling_it(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    Part.objects.create(item=office.items["GD-003"], team=office.fire, ask="消防意见")
    first = accepted(park, office, signed(park, office), "filing", MONDAY)
    do(park.handler, first.case.children.get(), "recall", MONDAY)
    with pytest.raises(Refused, match="消防部门"):
        do(park.handler, first.case_id, "review", MONDAY, opinion="合格")
    do(park.handler, first.case_id, "ask_co_handler", MONDAY, team=office.fire.pk, ask="请再核")
    again = first.case.children.get(closed_at=None)
    do(office.fireman, again, "reply", MONDAY, reply="合格")
    do(park.handler, first.case_id, "review", MONDAY, opinion="合格")


def test_a_permit_is_extended_by_ten_working_days_at_most(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    first = accepted(park, office, signed(park, office), "filing", MONDAY)
    ask = {"by": actor(park.handler), "now": MONDAY}
    with pytest.raises(Invalid):
        engine.ask_extension(first.case_id, data={"days": 11, "reason": "专家未到"}, **ask)
    engine.ask_extension(first.case_id, data={"days": 10, "reason": "专家未到"}, **ask)
    engine.decide_extension(first.case_id, by=actor(park.head), granted=True, now=MONDAY)
    assert Case.objects.get(pk=first.case_id).promise_due_at == at("2026-12-28 17:30")


def test_nothing_is_sent_to_a_window_that_nobody_works_at_any_more(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    first = accepted(park, office, case, "filing", MONDAY)
    Team.objects.filter(pk=office.window_team.pk).update(active=False)
    do(park.handler, first.case_id, "review", MONDAY, opinion="合格")
    do(park.head, first.case_id, "grant", MONDAY, grounds="")
    assert permit(case, "land_use").case.team == park.team["development"]
    with pytest.raises(Refused, match="管理员"):
        open_project(park, office, theirs=True)


def test_a_refused_item_is_filed_again_under_the_next_number(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    first = accepted(park, office, case, "filing", MONDAY)
    do(park.handler, first.case_id, "review", MONDAY, opinion="不符")
    do(park.head, first.case_id, "refuse", MONDAY, grounds="不符合产业政策", remedies="六十日内申请行政复议")
    assert Case.objects.get(pk=first.case_id).outcome == "refused"
    assert filed_keys(case) == {"filing"}
    place = office.procedure.versions.get().items.get(key="filing").pk
    do(park.owner, case, "open_another", MONDAY, place=place, label="")
    assert permit(case, "filing").sequence == 2
    decided(park, office, case, "filing", MONDAY, MONDAY)
    assert "land_use" in filed_keys(case)


def test_a_vacant_role_of_a_key_project_is_told_once_a_week(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = open_project(park, office)
    assert actions.alarm_vacancies(MONDAY) == 0
    do(office.clerk, case, "appoint", MONDAY, is_key="on", leader=park.leader.pk)
    assert actions.alarm_vacancies(MONDAY) == 1
    assert Notice.objects.filter(recipient=park.leader, case_id=case.pk, key="case.moved").exists()
    assert actions.alarm_vacancies(at("2026-11-20 09:00")) == 0
    assert actions.alarm_vacancies(at("2026-11-23 09:01")) == 1
    roles = {"task_force": office.task_force.pk, "butler": office.officer.pk}
    do(office.clerk, case, "appoint", MONDAY, is_key="on", leader=park.leader.pk, **roles)
    assert actions.alarm_vacancies(at("2026-12-20 09:00")) == 0


@pytest.mark.parametrize("role", ["leader", "task_force", "butler"])
def test_a_role_whose_holder_has_left_is_vacant_again(
    park: SimpleNamespace, office: SimpleNamespace, role: str
) -> None:
    case = open_project(park, office)
    roles = {"leader": park.leader.pk, "task_force": office.task_force.pk, "butler": park.service.pk}
    do(office.clerk, case, "appoint", MONDAY, is_key="on", **roles)
    assert actions.alarm_vacancies(MONDAY) == 0
    if role == "leader":
        park.leader.duty_grants.all().delete()
    elif role == "butler":
        park.service.memberships.all().delete()
    else:
        Team.objects.filter(pk=office.task_force.pk).update(active=False)
    assert actions.alarm_vacancies(MONDAY) == 1
    case.project.refresh_from_db()
    assert case.project.vacant_roles == [role]
    assert Event.objects.filter(case=case, verb="vacate").count() == 1
    assert actions.alarm_vacancies(MONDAY) == 0


def test_giving_the_project_up_recalls_its_permits(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = signed(park, office)
    do(office.clerk, case, "terminate", MONDAY, reason="企业放弃")
    assert permit(case, "filing").case.outcome == "recalled"


def test_what_was_told_once_is_kept_when_a_program_leaves_it_out(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = open_project(park, office, land_mu="20", basement="on")
    do(office.clerk, case, "sign", MONDAY, signed_on="2026-11-16")
    submitted(park, case, "filing", MONDAY)
    case.project.refresh_from_db()
    assert (case.project.land_mu, case.project.basement, case.project.site_address) == (
        20,
        True,
        "示范大道 8 号",
    )


def test_what_is_told_in_one_form_stands_in_the_next(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = signed(park, office)
    decided(park, office, case, "filing", MONDAY, MONDAY)
    submitted(park, case, "land_use", MONDAY, site_address="滨江路 6 号", land_mu="116.4")
    form = SubmitForm(case=permit(case, "land_use").case, actor=actor(park.owner), bound=False)
    assert form.fields["land_mu"].initial == Decimal("116.4")


def test_who_may_act_for_projects_may_file_their_permits(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    form = ScopeForm({"scope": "kinds", "kinds": ["approvals.project"], "expires_on": "2026-12-31"})
    with time_machine.travel(MONDAY, tick=False):
        assert form.is_valid(), form.errors
    Agency.objects.filter(user=park.agent).update(**form.granted())
    case = signed(park, office)
    do(park.agent, permit(case, "filing").case_id, "submit", MONDAY)


def test_a_department_sees_the_project_of_its_permits(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = open_project(park, office)
    assert not visible_to(actor(park.handler)).filter(pk=case.pk).exists()
    do(office.clerk, case, "sign", MONDAY, signed_on="2026-11-16")
    assert visible_to(actor(park.handler)).filter(pk=case.pk).exists()
