"""Counting days while something changes: a number that is not of the newest state is never kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from approvals import actions
from approvals.models import Permit, Project
from portal.cases.models import Case, Pause
from portal.ledgers.importing import import_path
from portal.worktime.clock import at
from tests.approvals.test_procedure_races import beside
from tests.approvals.test_project_ledgers import put
from tests.approvals.test_working_days import BEGIN, CLOSES, PRESENT, Clock, keep
from tests.people import make_park
from tests.waiting import until_somebody_waits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("filled_calendar")]


@pytest.fixture
def permits(filled_calendar: None, tmp_path: Path) -> list[Permit]:
    """Two permits of one project, decided on the ninth day."""
    import_path(
        put(tmp_path, make_park(), permits=[f"X1,GD-008,{n},2024-09-20,,," for n in (1, 2)], pauses=())
    )
    found = list(Permit.objects.order_by("sequence"))
    for permit in found:
        keep(permit, Clock(2, 9, (), counts=True))
    return found


def later(permit: Permit) -> None:
    Permit.objects.filter(pk=permit.pk).update(decided_at=at(BEGIN + timedelta(days=10), CLOSES))


def project() -> Project:
    return Project.objects.get(case__number="X1")


def test_a_project_that_changes_at_this_moment_is_counted_by_the_next_run(permits: list[Permit]) -> None:
    with transaction.atomic():
        later(permits[0])
        thread, counted = beside(lambda: actions.count_days(PRESENT))
        thread.join(30)
        assert counted
    assert project().held_days is None
    actions.count_days(PRESENT)
    assert project().held_days == 5


def test_a_change_during_a_count_is_not_lost(permits: list[Permit]) -> None:
    with transaction.atomic():
        actions.count_days(PRESENT)
        thread, _found = beside(lambda: later(permits[0]))
        until_somebody_waits()
    thread.join(30)
    assert project().held_days is None
    assert Permit.objects.get(pk=permits[0].pk).held_days is None


def test_a_pause_that_comes_during_a_count_is_not_lost(permits: list[Permit]) -> None:
    def pause() -> None:
        begun, ended = (at(BEGIN + timedelta(days=n), CLOSES) for n in (2, 4))
        with transaction.atomic():
            Pause.objects.create(case_id=permits[0].pk, reason="supplement", from_at=begun, to_at=ended)
            Case.objects.filter(pk=permits[0].pk).update(pause_count=1)

    with transaction.atomic():
        actions.count_days(PRESENT)
        thread, _found = beside(pause)
        until_somebody_waits()
    thread.join(30)
    actions.count_days(PRESENT)
    assert [p.held_days for p in Permit.objects.order_by("pk")] == [3, 4]
    assert project().held_days == 4
