"""Two people, or a person and a job, at one moment: one wins, the other is told; nothing is done twice or lost."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction

from approvals import actions
from approvals.models import CapacityReview, Permit, Project
from portal.cases import timeline, watch
from portal.cases.errors import CaseError
from portal.cases.models import Case, Event
from portal.notices.models import Notice
from portal.park.models import MonthlyIndicator
from tests.approvals.building import (
    accepted,
    do,
    make_office,
    material,
    open_project,
    signed,
    submitted,
)
from tests.approvals.test_procedure_races import beside
from tests.kernel.test_races import one_lost, together
from tests.people import MONDAY, at, make_park
from tests.waiting import until_somebody_waits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("filled_calendar")]
DUE = at("2027-11-16 08:15")


@pytest.fixture
def park(filled_calendar: None) -> SimpleNamespace:
    return make_park()


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


def in_production(park: SimpleNamespace, office: SimpleNamespace, *, theirs: bool = False) -> Case:
    """A project that waits for its day of full production."""
    case = open_project(park, office, theirs=theirs, land_mu="0.01")
    promised = {"committed_tax_per_mu": "3000000", "committed_capacity_on": "2027-11-15"}
    do(office.clerk, case, "sign", MONDAY, signed_on="2026-11-16", **promised)
    Case.objects.filter(pk=case.pk).update(step="capacity_review")
    return case


def deciding(park: SimpleNamespace, office: SimpleNamespace) -> Permit:
    found = accepted(park, office, signed(park, office), "filing", MONDAY)
    do(park.handler, found.case_id, "review", MONDAY, opinion="符合")
    return found


def by(user: Any, case: Case | int, name: str, **data: Any) -> Callable[[], Case]:
    return lambda: do(user, case, name, MONDAY, **data)


# People ---------------------------------------------------------------------------------------------


def test_a_permit_is_granted_once(park: SimpleNamespace, office: SimpleNamespace) -> None:
    found = deciding(park, office)
    grants = [by(who, found.case_id, "grant", grounds="") for who in (park.head, park.section_head)]
    one_lost(together(*grants), "Head", "Sectionhead")
    assert Event.objects.filter(verb="grant").count() == 1
    assert Permit.objects.filter(place__key="land_use").count() == 1
    assert list(timeline.breaks()) == []


def test_what_is_withdrawn_at_the_moment_of_the_decision_is_one_of_both(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    found = deciding(park, office)
    results = together(
        by(park.head, found.case_id, "grant", grounds=""),
        by(park.owner, found.case_id, "withdraw", reason="改方案"),
    )
    one_lost(results, "Head", "Owner")
    found.refresh_from_db()
    granted = found.decision == Permit.Decision.GRANTED
    assert granted == Permit.objects.filter(place__key="land_use").exists()
    assert granted == (Case.objects.get(pk=found.case_id).step == "issuing")


def test_an_item_is_opened_anew_once(park: SimpleNamespace, office: SimpleNamespace) -> None:
    found = submitted(park, signed(park, office), "filing", MONDAY)
    do(park.owner, found.case_id, "withdraw", MONDAY, reason="改方案")
    again = {"place": found.place_id, "label": ""}
    results = together(
        *(by(who, found.project_id, "open_another", **again) for who in (park.owner, office.clerk))
    )
    assert sum(isinstance(result, CaseError) for result in results) == 1, results
    assert sorted(Permit.objects.values_list("sequence", flat=True)) == [1, 2]


def test_a_paper_that_comes_as_its_day_lapses_is_there_or_late(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    office.items["GD-003"].pledgeable = "lacking"
    office.items["GD-003"].save()
    paper = material(office, "GD-003", "资金承诺书", key=False)
    found = accepted(
        park, office, signed(park, office), "filing", MONDAY, **{f"pledge_{paper.pk}": "2026-11-20"}
    )
    do(park.handler, found.case_id, "review", MONDAY, opinion="符合")
    do(park.head, found.case_id, "grant", MONDAY, grounds="")
    pledge, late = found.pledges.get().case, at("2026-11-23 09:00")
    with transaction.atomic():
        do(
            park.owner, found.project_id, "change_facts", late, site_address="滨江路 6 号"
        )  # holds the project
        thread, lapsed = beside(lambda: watch.lapse(late))
        until_somebody_waits()
    thread.join(30)
    assert lapsed == [1]
    pledge.refresh_from_db()
    assert pledge.step == "unmet"
    assert Event.objects.filter(case=pledge, verb="lapse").count() == 1


# Jobs -----------------------------------------------------------------------------------------------


def test_two_runs_at_once_open_every_review_once(park: SimpleNamespace, office: SimpleNamespace) -> None:
    mine, theirs = in_production(park, office), in_production(park, office, theirs=True)
    done = together(lambda: actions.open_reviews(DUE), lambda: actions.open_reviews(DUE))
    assert sorted(done) == sorted([done[0], 2 - done[0]]), done
    assert set(CapacityReview.objects.values_list("project", flat=True)) == {mine.pk, theirs.pk}


def test_a_project_that_is_given_up_at_this_moment_is_not_reviewed(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = in_production(park, office)
    with transaction.atomic():
        do(office.clerk, case, "terminate", DUE, reason="企业放弃")
        thread, opened = beside(lambda: actions.open_reviews(DUE))
        until_somebody_waits()
    thread.join(30)
    assert opened == [0]
    assert not CapacityReview.objects.exists()


def test_a_run_that_is_killed_has_done_what_it_did_and_the_next_does_the_rest(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    first, second = in_production(park, office), in_production(park, office, theirs=True)
    with transaction.atomic():
        do(office.clerk, second, "plan_nodes", DUE, nodes="2027-12-01 投产")
        thread, _killed = beside(lambda: actions.open_reviews(DUE))
        until_somebody_waits()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
    thread.join(30)
    assert list(CapacityReview.objects.values_list("project", flat=True)) == [first.pk]
    assert actions.open_reviews(DUE) == 1
    assert CapacityReview.objects.filter(project=second.pk).count() == 1


def test_a_project_whose_figures_cannot_be_kept_does_not_stop_the_others(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    bad, good = in_production(park, office), in_production(park, office, theirs=True)
    Project.objects.filter(pk=bad.pk).update(committed_output_per_mu=1)
    for month in range(1, 11):  # 10 × 500,000,000,000 yuan on 0.01 mu: more than any column holds
        MonthlyIndicator.objects.create(
            enterprise=park.ours, month=f"2027-{month:02}-01", output_amount=500_000_000_000, tax_amount=0
        )
    actions.open_reviews(DUE)
    assert CapacityReview.objects.filter(project=good.pk).exists()
    review = CapacityReview.objects.get(project=bad.pk)
    assert review.lines.get(key="output_per_mu").known is None  # nobody believes it: it is found out


def test_a_vacant_role_is_told_once_by_two_runs_at_once(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = open_project(park, office)
    do(office.clerk, case, "appoint", MONDAY, is_key="on", leader=park.leader.pk)
    done = together(lambda: actions.alarm_vacancies(MONDAY), lambda: actions.alarm_vacancies(MONDAY))
    assert sorted(done) == [0, 1]
    assert Event.objects.filter(case=case, verb="alarm_vacancy").count() == 1
    told = Notice.objects.filter(recipient=park.leader, case_id=case.pk, params__transition="alarm_vacancy")
    assert told.count() == 1


def test_a_role_that_is_filled_as_the_alarm_goes_off_is_not_told_of(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = open_project(park, office)
    do(office.clerk, case, "appoint", MONDAY, is_key="on", leader=park.leader.pk)
    with transaction.atomic():
        roles = {"task_force": office.task_force.pk, "butler": office.officer.pk}
        do(office.clerk, case, "appoint", MONDAY, is_key="on", leader=park.leader.pk, **roles)
        thread, done = beside(lambda: actions.alarm_vacancies(MONDAY))
        until_somebody_waits()
    thread.join(30)
    assert done == [0]
    assert not Event.objects.filter(case=case, verb="alarm_vacancy").exists()
