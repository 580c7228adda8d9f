"""Kept working days: whatever changes after they were counted, what is read is what the database would count."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals import actions
from approvals.models import Permit, Project, ServiceItem
from approvals.reports.days import PermitDays, ProjectDays
from approvals.reports.held import permit_days, project_days
from portal.cases.models import Case, Pause
from portal.worktime import calendar as changes
from portal.worktime.clock import Hours, at
from portal.worktime.models import DayOverride, ServiceHours
from tests.approvals.building import accepted, decided, do, make_office, signed
from tests.approvals.building import permit as permit_of
from tests.approvals.test_working_days import BEGIN, CLOSES, PRESENT, Clock, clocks, days, keep, permits
from tests.people import at as moment

__all__ = ["permits"]
pytestmark = pytest.mark.django_db


def kept() -> dict[int, int | None]:
    """What is kept of permits and projects."""
    projects = Project.objects.filter(permits__isnull=False)
    return dict([*Permit.objects.values_list("pk", "held_days"), *projects.values_list("pk", "held_days")])


def read_and_counted() -> tuple[dict[int, Any], dict[int, Any]]:
    """What figures read of what has ended, and what the database counts."""
    own = Permit.objects.filter(decided_at__isnull=False)
    found = [
        dict([*own.annotate(net=of_permit).values_list("pk", "net"),
              *Project.objects.annotate(net=of_project).values_list("pk", "net")])
        for of_permit, of_project in ((permit_days(), project_days()), (PermitDays(), ProjectDays()))
    ]  # fmt: skip
    return found[0], found[1]


def test_what_has_ended_is_kept_and_what_runs_is_counted_by_whoever_reads(permits: list[Permit]) -> None:
    for permit in permits[1:]:
        keep(permit, Clock(2, 9, (), counts=True))
    actions.count_days(PRESENT)
    project = Project.objects.get(case__number="X1")
    assert [kept()[permit.pk] for permit in permits] == [
        None,
        4,
        4,
        4,
    ]  # 12, 13, 14 (worked in) and 18 September
    assert kept()[project.pk] is None  # one of its permits runs
    keep(permits[0], Clock(2, 10, (), counts=True))
    assert actions.count_days(PRESENT) == 2  # the permit and its project
    assert kept()[project.pk] == 5
    assert actions.count_days(PRESENT) == 0


clock_changes = st.tuples(st.just("clock"), st.integers(0, 3), clocks())
steps = st.one_of(
    clock_changes,
    clock_changes,
    st.tuples(st.just("withdrawn"), st.integers(0, 3), days),
    st.tuples(st.just("day"), days, st.booleans()),
    st.tuples(st.just("stop"), days, days),
    st.tuples(st.just("item"), st.booleans(), st.just(None)),
    st.tuples(st.just("count"), st.just(None), st.just(None)),
)


def change(step: tuple[str, Any, Any], permits: list[Permit]) -> None:
    name, one, other = step
    if name == "clock":
        keep(permits[one], other)
    elif name == "withdrawn":  # a ledger tells anew when it was
        ended = at(BEGIN + timedelta(days=other), CLOSES)
        begun = Permit.objects.values_list("accepted_at", flat=True).get(pk=permits[one].pk)
        Permit.objects.filter(pk=permits[one].pk).update(accepted_at=begun, decided_at=None, decision="")
        if begun and begun <= ended:
            Case.objects.filter(pk=permits[one].pk).update(
                opened_at=begun, closed_at=ended, outcome="withdrawn", next_alert_at=None, lapses_at=None
            )
    elif name == "day":
        kind = DayOverride.Kind.CORRECTION
        changes.set_override(BEGIN + timedelta(days=one), is_working=other, reason="校正", kind=kind, by=None)
    elif name == "stop":
        project = Project.objects.get(case__number="X1").pk
        Pause.objects.filter(case=project).delete()
        Pause.objects.create(
            case_id=project,
            reason="force_majeure",
            from_at=at(BEGIN + timedelta(days=min(one, other)), CLOSES),
            to_at=at(BEGIN + timedelta(days=max(one, other) + 1), CLOSES),
        )
        Case.objects.filter(pk=project).update(pause_count=1)
    elif name == "item":
        ServiceItem.objects.filter(code="GD-008").update(counts_in_total=one)
    else:
        actions.count_days(PRESENT)


def test_whatever_changes_the_figures_read_what_the_database_would_count(permits: list[Permit]) -> None:
    @settings(max_examples=40, deadline=None)
    @given(st.lists(clocks(), min_size=4, max_size=4), st.lists(steps, min_size=1, max_size=8))
    def agree(told: list[Clock], happened: list[Any]) -> None:
        for permit, clock in zip(permits, told, strict=True):
            keep(permit, clock)
        for step in (("count", None, None), *happened):
            change(step, permits)
            read, counted = read_and_counted()
            assert read == counted, step

    agree()


def test_other_service_hours_and_another_day_count_what_they_touch_anew(permits: list[Permit]) -> None:
    for permit, pause in zip(permits, ((3, 4), (), (), ()), strict=True):
        keep(permit, Clock(0, 9, (pause,) if pause else (), counts=True))
    actions.count_days(PRESENT)
    before = kept()
    kind = DayOverride.Kind.PARK_CLOSING
    later = BEGIN + timedelta(days=10)
    changes.set_override(later, is_working=False, reason="停电检修", kind=kind, by=None)
    assert kept() == before  # all had ended by then
    changes.set_override(BEGIN + timedelta(days=9), is_working=False, reason="停电检修", kind=kind, by=None)
    assert set(kept().values()) == {None}
    actions.count_days(PRESENT)
    row = ServiceHours.objects.get()
    hours = Hours(row.opens_at, row.closes_at, row.opens_at, row.alerts_from, row.alerts_until)
    changes.set_hours(hours, today=date(2024, 12, 1))
    assert set(kept().values()) == {None}


def test_a_row_that_was_read_before_does_not_bring_back_what_is_forgotten(permits: list[Permit]) -> None:
    for permit in permits:
        keep(permit, Clock(0, 9, (), counts=True))
    actions.count_days(PRESENT)
    stale = Project.objects.get(case__number="X1")
    assert stale.held_days
    Permit.objects.filter(pk=permits[0].pk).update(decided_at=at(BEGIN + timedelta(days=30), CLOSES))
    stale.site_address = "示范大道 9 号"
    stale.save()
    stale.refresh_from_db()
    assert (stale.site_address, stale.held_days) == ("示范大道 9 号", None)


def test_a_permit_that_is_decided_in_the_portal_is_counted_by_the_next_run(park: SimpleNamespace) -> None:
    office = make_office(park)
    monday, thursday = moment("2026-11-16 09:00"), moment("2026-11-19 15:00")
    case = signed(park, office, monday)
    accepted(park, office, case, "filing", monday)
    actions.count_days(thursday)
    assert kept()[case.pk] is None
    filing = permit_of(case, "filing")
    do(park.handler, filing.pk, "review", thursday, opinion="符合条件")
    do(park.head, filing.pk, "grant", thursday, grounds="")
    assert actions.count_days(thursday) == 2
    assert (kept()[filing.pk], kept()[case.pk]) == (3, 3)
    decided(park, office, case, "land_use", thursday, moment("2026-11-23 15:00"))
    assert (kept()[filing.pk], kept()[case.pk]) == (3, None)
