"""闲置规则: 15 working days yellow, 30 red, 60 back to the pool; whoever takes it from there is protected anew."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace

import pytest

from investment.actions import idling
from investment.tasks import tend_idle_leads
from portal.cases.access import visible_to
from portal.cases.errors import Conflict, NotAllowed
from portal.cases.models import Case
from portal.notices.models import Notice
from portal.worktime.clock import Calendar
from tests.investment.leading import act, bring_to, make_task_forces, register_lead
from tests.kernel.test_races import together
from tests.people import MONDAY, actor, at, make_park

pytestmark = pytest.mark.django_db


@pytest.fixture
def forces(park: SimpleNamespace) -> SimpleNamespace:
    return make_task_forces(park)


def after(days: int) -> datetime:
    """The morning of the first day on which a lead of Monday has idled so many working days and one."""
    calendar = Calendar.current()
    day = calendar.working_date(calendar.ordinal(MONDAY.date()) + days + 1)
    return at(f"{day} 08:35")


def told(case: Case) -> list[str]:
    return list(Notice.objects.filter(case_id=case.pk).values_list("recipient__username", flat=True))


def test_yellow_red_and_back_to_the_pool(forces: SimpleNamespace) -> None:
    case = bring_to(forces, register_lead(forces.member, forces.first), "contact")
    Notice.objects.all().delete()
    assert idling.tend(after(14)) == 0
    assert [idling.tend(after(15)), idling.tend(after(15))] == [1, 0]
    assert told(case) == ["metalmember"]
    assert idling.tend(after(30)) == 1
    assert sorted(told(case)) == ["metalhead", "metalmember", "metalmember"]
    assert not visible_to(actor(forces.rival)).filter(pk=case.pk).exists()
    assert [idling.tend(after(60)), idling.tend(after(60))] == [1, 0]
    case.refresh_from_db()
    assert (case.step, case.assignee, case.team.code, case.due_at) == ("pool", None, "science", None)
    assert visible_to(actor(forces.rival)).filter(pk=case.pk).exists()
    assert "robotmember" in told(case)


def test_what_was_missed_is_caught_up_at_once(forces: SimpleNamespace) -> None:
    case = register_lead(forces.member, forces.first)
    assert idling.tend(after(75)) == 1
    case.refresh_from_db()
    assert case.step == "pool"


def test_who_does_something_begins_anew(forces: SimpleNamespace) -> None:
    case = register_lead(forces.member, forces.first)
    idling.tend(after(15))
    act(forces.member, case, "plan", after(20), next_action_on="2027-03-01")
    assert idling.tend(after(31)) == 0
    assert idling.tend(after(36)) == 1
    case.lead.refresh_from_db()
    assert case.lead.idle_level == 1


def test_from_the_pool_by_another_task_force(forces: SimpleNamespace) -> None:
    case = bring_to(forces, register_lead(forces.member, forces.first), "visits")
    now = after(60)
    idling.tend(now)
    taken = {"next_action_on": "2027-03-01", "task_force": forces.second.pk}
    with pytest.raises(NotAllowed):
        act(forces.park.steward, case, "take", now, **taken)
    case = act(forces.rival, case, "take", now, **taken)
    assert (case.step, case.team, case.assignee) == ("visits", forces.second, forces.rival)
    assert case.lead.protected_until == date.fromordinal(now.date().toordinal() + 60)
    assert (case.lead.pooled_at, case.lead.idle_level) == (None, 0)


@pytest.mark.django_db(transaction=True)
def test_two_who_take_it_at_one_moment(filled_calendar: None) -> None:
    forces = make_task_forces(make_park())
    case = register_lead(forces.member, forces.first)
    now = after(60)
    idling.tend(now)
    one = {"next_action_on": "2027-03-01", "task_force": forces.second.pk}
    results = together(
        lambda: act(forces.rival, case, "take", now, **one),
        lambda: act(forces.member, case, "take", now, **one | {"task_force": forces.first.pk}),
    )
    assert sorted(type(result).__name__ for result in results) == sorted(["Case", Conflict.__name__])


def test_in_the_reserve_one_is_reminded_on_the_day(forces: SimpleNamespace) -> None:
    case = register_lead(forces.member, forces.first)
    case = act(forces.member, case, "park", reason="等市场", look_again_on="2027-06-01")
    assert idling.tend(at("2027-05-31 08:35")) == 0
    assert [idling.tend(at("2027-06-01 08:35")), idling.tend(at("2027-06-02 08:35"))] == [1, 0]


def test_a_confidential_lead_turns_red_and_is_not_laid_out_for_all(forces: SimpleNamespace) -> None:
    case = register_lead(forces.member, forces.first, confidential="on")
    idling.tend(after(75))
    case.refresh_from_db()
    assert (case.step, case.lead.idle_level) == ("registration", 2)


def test_the_job_of_the_morning_does_it(forces: SimpleNamespace) -> None:
    case = register_lead(forces.member, forces.first, now=at("2026-01-05 09:00"), next_action_on="2026-02-01")
    assert tend_idle_leads() == 1
    case.refresh_from_db()
    assert case.step == "pool"
