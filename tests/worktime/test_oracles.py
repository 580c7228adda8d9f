"""Every unit against a walk that a child could do, SQL against Python, and all make-up days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import chinese_calendar
import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.worktime import calendar as changes
from portal.worktime.clock import ZONE, Calendar, Limit, Span, Unit
from portal.worktime.models import DayOverride, WorkDay
from tests.people import at

pytestmark = pytest.mark.django_db

OPENS, CLOSES = time(8, 30), time(17, 30)
moments = st.datetimes(datetime(2019, 1, 1), datetime(2026, 6, 30)).map(
    lambda m: m.replace(tzinfo=ZONE, second=0, microsecond=0)
)
pauses_at = st.lists(st.integers(0, 60 * 24 * 20), max_size=6, unique=True)
# Inside the table, at both of its ends, and far outside.
any_moment = st.datetimes(datetime(2012, 1, 1), datetime(2045, 12, 31)).map(lambda m: m.replace(tzinfo=ZONE))

# The State Council's make-up days as its notices list them.
MAKE_UP = [
    "2019-02-02",
    "2019-02-03",
    "2019-04-28",
    "2019-05-05",
    "2019-09-29",
    "2019-10-12",
    "2020-01-19",
    "2020-04-26",
    "2020-05-09",
    "2020-06-28",
    "2020-09-27",
    "2020-10-10",
    "2021-02-07",
    "2021-02-20",
    "2021-04-25",
    "2021-05-08",
    "2021-09-18",
    "2021-09-26",
    "2021-10-09",
    "2022-01-29",
    "2022-01-30",
    "2022-04-02",
    "2022-04-24",
    "2022-05-07",
    "2022-10-08",
    "2022-10-09",
    "2023-01-28",
    "2023-01-29",
    "2023-04-23",
    "2023-05-06",
    "2023-06-25",
    "2023-10-07",
    "2023-10-08",
    "2024-02-04",
    "2024-02-18",
    "2024-04-07",
    "2024-04-28",
    "2024-05-11",
    "2024-09-14",
    "2024-09-29",
    "2024-10-12",
    "2025-01-26",
    "2025-02-08",
    "2025-04-27",
    "2025-09-28",
    "2025-10-11",
    "2026-01-04",
    "2026-02-14",
    "2026-02-28",
    "2026-05-09",
    "2026-09-20",
    "2026-10-10",
]


def works(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day))


def spans_from(start: datetime, minutes: list[int]) -> list[Span]:
    edges = [start + timedelta(minutes=m) for m in sorted(minutes)]
    return [Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False)]


def paused(moment: datetime, spans: list[Span]) -> bool:
    return any(s.from_at <= moment and s.to_at is not None and moment < s.to_at for s in spans)


def received(moment: datetime) -> date:
    day = moment.date()
    if works(day) and moment.time() <= time(17, 0):
        return day
    return next(d for d in (day + timedelta(days=n) for n in range(1, 30)) if works(d))


def walk_minutes(start: datetime, hours: int, spans: list[Span], *, only_in_service: bool) -> datetime:
    """Tick minute by minute: a minute counts if it is not paused (and lies in service hours)."""
    moment, left = start, hours * 60
    while left:
        in_service = works(moment.date()) and OPENS <= moment.time() < CLOSES
        if (in_service or not only_in_service) and not paused(moment, spans):
            left -= 1
        moment += timedelta(minutes=1)
    return moment


def walk_calendar_days(start: datetime, n: int, spans: list[Span]) -> datetime:
    day = received(start)
    while n:
        day += timedelta(days=1)
        if not paused(datetime.combine(day, CLOSES, ZONE), spans):
            n -= 1
    while not works(day):
        day += timedelta(days=1)
    return datetime.combine(day, CLOSES, ZONE)


def test_the_make_up_days_of_every_notice_are_working_days(db: None) -> None:
    cal = Calendar.current()
    listed = [date.fromisoformat(text) for text in MAKE_UP]
    assert all(cal.is_working(day) for day in listed)
    first, last = date(2019, 1, 1), date(2026, 12, 31)
    weekend_work = [
        day
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
        if day.weekday() >= 5 and cal.is_working(day)
    ]
    # The 29th of December 2018 belongs to the notice for 2019 but lies before the calendar.
    assert weekend_work == listed


@settings(max_examples=120, deadline=None)
@given(start=moments, n=st.integers(1, 40), minutes=pauses_at)
def test_calendar_days_agree_with_the_walk(start: datetime, n: int, minutes: list[int]) -> None:
    spans, limit = spans_from(start, minutes), Limit(Decimal(n), Unit.CALENDAR_DAY)
    assert Calendar.current().due_at(start, limit, spans) == walk_calendar_days(start, n, spans)


@settings(max_examples=40, deadline=None)
@given(start=moments, n=st.integers(1, 12), minutes=pauses_at)
def test_service_hours_agree_with_the_walk(start: datetime, n: int, minutes: list[int]) -> None:
    spans, limit = spans_from(start, minutes), Limit(Decimal(n), Unit.SERVICE_HOUR)
    walked = walk_minutes(start, n, spans, only_in_service=True)
    assert Calendar.current().due_at(start, limit, spans) == walked
    assert Calendar.current().used(start, walked, Unit.SERVICE_HOUR, spans) == n


@settings(max_examples=40, deadline=None)
@given(start=moments, n=st.integers(1, 48), minutes=pauses_at)
def test_plain_hours_agree_with_the_walk(start: datetime, n: int, minutes: list[int]) -> None:
    spans, limit = spans_from(start, minutes), Limit(Decimal(n), Unit.HOUR)
    walked = walk_minutes(start, n, spans, only_in_service=False)
    assert Calendar.current().due_at(start, limit, spans) == walked


@settings(max_examples=120, deadline=None)
@given(start=moments, later=st.integers(0, 60 * 24 * 60), minutes=pauses_at)
def test_used_working_days_agree_with_the_walk(start: datetime, later: int, minutes: list[int]) -> None:
    spans, until = spans_from(start, minutes), start + timedelta(minutes=later)
    day, ticks = received(start), 0
    while (close := datetime.combine(day + timedelta(days=1), CLOSES, ZONE)) <= until:
        day += timedelta(days=1)
        ticks += works(day) and not paused(close, spans)
    assert Calendar.current().used(start, until, Unit.WORKING_DAY, spans) == ticks


def test_a_pause_that_starts_at_the_close_stops_that_day_and_one_that_ends_there_does_not(db: None) -> None:
    cal, limit = Calendar.current(), Limit(Decimal(1), Unit.WORKING_DAY)
    start = at("2026-11-16 09:00")
    ends_there = Span(at("2026-11-17 09:00"), at("2026-11-17 17:30"))
    starts_there = Span(at("2026-11-17 17:30"), at("2026-11-17 18:00"))
    assert cal.due_at(start, limit, [ends_there]) == at("2026-11-17 17:30")
    assert cal.due_at(start, limit, [starts_there]) == at("2026-11-18 17:30")


def test_a_pause_that_still_runs_stops_what_is_used(db: None) -> None:
    cal, start = Calendar.current(), at("2026-11-16 09:00")
    running = [Span(at("2026-11-18 09:00"), None)]
    assert cal.used(start, at("2026-11-27 18:00"), Unit.WORKING_DAY, running) == 1
    assert cal.due_at(start, Limit(Decimal(5), Unit.WORKING_DAY), running) == at("2026-11-23 17:30")


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2026-11-17 09:00", 2),
        ("2026-11-19 09:00", 0),  # due today
        ("2026-11-19 17:31", -1),  # overdue the same evening
        ("2026-11-21 10:00", -1),  # the Saturday after
        ("2026-11-24 10:00", -3),
    ],
)
def test_days_left_are_told_as_people_count_them(db: None, now: str, left: int) -> None:
    assert Calendar.current().days_left(at("2026-11-19 17:30"), at(now)) == left


def test_a_rung_keeps_the_time_of_day(db: None) -> None:
    cal = Calendar.current()
    assert cal.rung_at(at("2026-11-20 10:15"), 0) == at("2026-11-20 10:15")
    assert cal.rung_at(at("2026-11-20 10:15"), 3) == at("2026-11-25 10:15")


def test_an_alert_at_night_or_on_a_rest_day_waits_for_the_morning(db: None) -> None:
    cal = Calendar.current()
    assert cal.next_alert_moment(at("2026-11-20 18:00")) == at("2026-11-20 18:00")
    assert cal.next_alert_moment(at("2026-11-20 18:01")) == at("2026-11-23 08:30")
    assert cal.next_alert_moment(at("2026-11-23 06:00")) == at("2026-11-23 08:30")
    assert not cal.in_alert_hours(at("2026-10-01 10:00"))
    assert cal.in_alert_hours(at("2026-10-10 10:00"))  # a make-up Saturday


@settings(max_examples=150, deadline=None)
@given(moment=any_moment, n=st.integers(-400, 400))
def test_sql_agrees_with_python_everywhere(moment: datetime, n: int) -> None:
    cal = Calendar.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT worktime_shift(%s, %s), worktime_alert_moment(%s), worktime_receipt_day(%s), "
            "worktime_ordinal(%s)",
            [moment, n, moment, moment, moment.date()],
        )
        shifted, alert, receipt, ordinal = cursor.fetchone()
    assert shifted == cal.rung_at(moment, n)
    assert alert == cal.next_alert_moment(moment)
    assert receipt == cal.receipt_day(moment)
    assert ordinal == cal.ordinal(moment.date())


@settings(max_examples=100, deadline=None)
@given(day=st.dates(date(2005, 1, 1), date(2060, 12, 31)), n=st.integers(1, 600))
def test_adding_and_counting_are_inverse_far_beyond_the_table(day: date, n: int) -> None:
    cal = Calendar.current()
    reached = cal.working_date(cal.ordinal(day) + n)
    assert cal.working_days_between(day, reached) == n
    assert cal.is_working(reached)


def test_an_override_renumbers_what_follows_and_only_that(db: None) -> None:
    before = dict(WorkDay.objects.values_list("date", "ordinal"))
    changes.set_override(
        date(2026, 11, 18), is_working=False, reason="停电", kind=DayOverride.Kind.PARK_CLOSING, by=None
    )
    after = dict(WorkDay.objects.values_list("date", "ordinal"))
    assert all(after[d] == before[d] - (d >= date(2026, 11, 18)) for d in before)
    row = WorkDay.objects.get(date=date(2026, 11, 18))
    assert (row.is_working, row.source, row.provisional, row.name) == (False, "park", False, "停电")
    changes.remove_override(date(2026, 11, 18))
    assert dict(WorkDay.objects.values_list("date", "ordinal")) == before


def test_an_override_survives_the_announcement_of_its_year(db: None) -> None:
    day = date(2027, 10, 9)  # a Saturday
    changes.set_override(day, is_working=True, reason="调休上班", kind=DayOverride.Kind.STATE_NOTICE, by=None)
    changes.announce_year(2027, source="通知")
    assert Calendar.current().is_working(day)
    assert not Calendar.current().day(day).provisional


def test_every_decision_on_a_day_keeps_its_history(db: None) -> None:
    day, kind = date(2026, 11, 18), DayOverride.Kind.PARK_CLOSING
    for reason in ("停电", "停电检修"):
        changes.set_override(day, is_working=False, reason=reason, kind=kind, by=None)
    history = DayOverride.objects.get(date=day).events.order_by("pgh_id")  # type: ignore[attr-defined]  # made by pghistory
    assert [(e.pgh_label, e.reason) for e in history] == [("insert", "停电"), ("update", "停电检修")]
