"""A closing day of the park re-dates open cases, and says how many."""

from datetime import date
from types import SimpleNamespace

import pytest

from portal.cases import engine, watch
from portal.worktime import calendar
from tests.people import MONDAY, actor, at, closed, handled

pytestmark = pytest.mark.django_db


def close(day: date) -> int:
    return calendar.set_override(day, is_working=False, reason="园区停电检修", kind="park_closing", by=None)


def test_a_closing_day_moves_open_deadlines_and_says_how_many(park: SimpleNamespace) -> None:
    case, done = handled(park), closed(park)
    assert calendar.preview_override(date(2026, 11, 20)) == 1
    assert close(date(2026, 11, 20)) == 1
    case.refresh_from_db()
    done.refresh_from_db()
    assert case.promise_due_at == at("2026-11-24 17:30")
    assert case.next_alert_at == at("2026-11-24 08:30")
    assert done.promise_due_at == at("2026-11-23 17:30")
    assert calendar.remove_override(date(2026, 11, 20)) == 1
    case.refresh_from_db()
    assert case.promise_due_at == at("2026-11-23 17:30")


def test_a_case_opened_after_the_change_agrees_with_a_re_dated_one(park: SimpleNamespace) -> None:
    before = handled(park)
    close(date(2026, 11, 18))
    after = handled(park)
    before.refresh_from_db()
    assert before.promise_due_at == after.promise_due_at


def test_a_paused_case_is_re_dated_too(park: SimpleNamespace) -> None:
    case = handled(park)
    data = {"reason": "supplement", "basis": "x", "planned_days": 1, "notice": "x", "missing": "x"}
    engine.pause(case, by=actor(park.head), data=data, now=at("2026-11-17 09:00"))
    engine.resume(case, by=actor(park.head), now=at("2026-11-18 09:00"))
    close(date(2026, 11, 20))
    case.refresh_from_db()
    assert case.promise_due_at == at("2026-11-25 17:30")


def test_a_closing_day_after_the_deadline_moves_nothing(park: SimpleNamespace) -> None:
    handled(park, MONDAY)
    assert close(date(2026, 12, 25)) == 0


def test_an_alert_that_would_fall_on_the_closing_day_moves_though_the_deadline_is_past(
    park: SimpleNamespace,
) -> None:
    case = handled(park)
    watch.sweep(at("2026-11-24 18:00"))
    case.refresh_from_db()
    due, alert = case.promise_due_at, case.next_alert_at
    assert alert == at("2026-11-26 17:30")  # the third working day after the deadline
    assert close(date(2026, 11, 26)) == 1  # the deadline of the supervision order, not that of the request
    case.refresh_from_db()
    assert (case.promise_due_at, case.next_alert_at) == (due, at("2026-11-27 17:30"))
