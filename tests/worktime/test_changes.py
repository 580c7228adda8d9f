"""Changes of the calendar that meet each other, openings, moves, and failures."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, connections, transaction

from portal.cases import clock, engine, watch
from portal.cases.models import Case, Pause
from portal.cases.standards import standard
from portal.worktime import calendar, redating
from portal.worktime.clock import Calendar, Limit, Unit
from portal.worktime.models import CalendarState, DayOverride, WorkDay
from tests.people import MONDAY, accept, actor, at, file_request, handled, make_park

pytestmark = pytest.mark.django_db(transaction=True)
CLOSING = date(2026, 11, 18)


@pytest.fixture
def park(filled_calendar: None) -> SimpleNamespace:
    return make_park()


def close(day: date) -> int:
    return calendar.set_override(day, is_working=False, reason="园区停电检修", kind="park_closing", by=None)


def while_open(work: Callable[[], Any], other: Callable[[], Any]) -> Any:
    """Do `work` in a transaction, let `other` start on a connection of its own, and commit only when
    `other` has ended or waits for a lock; the result of `work`."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            other()
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        result = work()
        thread.start()
        while thread.is_alive() and not somebody_waits():
            thread.join(0.02)
    thread.join(30)
    assert not thread.is_alive()
    assert not failures, failures
    return result


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees who was there at first
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
            "WHERE NOT l.granted AND a.datname = current_database())"
        )
        return bool(cursor.fetchone()[0])


def assert_wound_by_the_calendar_of_now(case: Case) -> None:
    """The stored moments are those that today's calendar gives."""
    case = Case.objects.get(pk=case.pk)
    stay = case.stays.get(left_at=None)
    stored = (case.promise_due_at, case.due_at, case.warn_at, case.next_alert_at, stay.due_at)
    pauses = list(Pause.objects.filter(case=case))
    clock.wind(case, stay, pauses, calendar=Calendar.current(), standard=standard(case.standard_id))
    assert stored == (case.promise_due_at, case.due_at, case.warn_at, case.next_alert_at, stay.due_at)


def test_a_case_that_opens_during_a_change_keeps_no_date_of_the_old_calendar(park: SimpleNamespace) -> None:
    case = while_open(lambda: handled(park), lambda: close(CLOSING))
    assert_wound_by_the_calendar_of_now(case)


def test_a_move_during_a_change_keeps_no_date_of_the_old_calendar(park: SimpleNamespace) -> None:
    case = file_request(park)
    # Before the move the case is due before the closing day, so that a change alone would not touch it.
    while_open(lambda: accept(park, case, MONDAY), lambda: close(CLOSING))
    assert_wound_by_the_calendar_of_now(case)


def test_a_change_that_waits_for_a_move_sees_what_it_wrote(park: SimpleNamespace) -> None:
    case = file_request(park)
    while_open(lambda: close(CLOSING), lambda: accept(park, case, MONDAY))
    assert_wound_by_the_calendar_of_now(case)


def test_two_changes_at_once_are_both_counted(filled_calendar: None) -> None:
    before = Calendar.current().ordinal(date(2027, 12, 31))
    while_open(lambda: close(CLOSING), lambda: close(date(2026, 11, 19)))
    assert DayOverride.objects.count() == 2
    assert Calendar.current().ordinal(date(2027, 12, 31)) == before - 2
    assert_ordinals_are_running_counts()


def assert_ordinals_are_running_counts() -> None:
    count = 0
    for working, ordinal in WorkDay.objects.order_by("date").values_list("is_working", "ordinal"):
        count += working
        assert ordinal == count


def test_a_change_that_fails_leaves_no_trace_in_any_process(
    filled_calendar: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    five = Limit(Decimal(5), Unit.WORKING_DAY)
    before = Calendar.current().due_at(MONDAY, five)

    def fail(_day: date) -> int:
        Calendar.current()  # the re-dating has read the new calendar when it fails
        raise RuntimeError("re-dating failed")

    with monkeypatch.context() as patch:
        patch.setattr(redating, "REDATINGS", [redating.Redating(preview=lambda _day: 0, apply=fail)])
        with pytest.raises(RuntimeError):
            close(CLOSING)
    assert Calendar.current().due_at(MONDAY, five) == before
    close(date(2026, 12, 25))  # another change, far from here
    assert Calendar.current().due_at(MONDAY, five) == before


def test_each_change_raises_the_version(filled_calendar: None) -> None:
    versions = [CalendarState.objects.get().version]
    for day in (CLOSING, date(2026, 11, 19)):
        close(day)
        versions.append(CalendarState.objects.get().version)
    assert versions == sorted(set(versions))


def test_new_service_hours_re_date_what_is_still_to_come(park: SimpleNamespace) -> None:
    case = handled(park)
    hours = Calendar.current().hours._replace(closes_at=time(17), intake_until=time(16, 30))
    assert calendar.set_hours(hours, today=date(2026, 11, 17)) == 1
    case.refresh_from_db()
    assert case.promise_due_at == at("2026-11-23 17:00")
    assert_wound_by_the_calendar_of_now(case)


def test_a_sweep_during_a_change_leaves_the_alerts_for_the_next_one(park: SimpleNamespace) -> None:
    accept(park, file_request(park), MONDAY)
    swept: list[int] = []
    moment = at("2026-11-16 14:30")
    while_open(lambda: close(date(2026, 12, 25)), lambda: swept.append(watch.sweep(moment)))
    assert swept == [0]
    assert watch.sweep(moment) > 0


def test_the_next_case_is_handed_out_during_a_change_without_a_deadlock(park: SimpleNamespace) -> None:
    case = file_request(park)
    got: list[Case | None] = []
    while_open(lambda: close(CLOSING), lambda: got.append(engine.claim_next(actor(park.steward), now=MONDAY)))
    assert got == [case]
    assert_wound_by_the_calendar_of_now(case)
