"""Working days against an independent oracle, the vectors of the domain dossier, and the rules of pauses."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import chinese_calendar
import pytest
from django.db import connection
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.worktime import calendar as changes
from portal.worktime.clock import ZONE, Calendar, Limit, Span, Unit
from portal.worktime.explain import explain
from portal.worktime.models import CalendarYear, WorkDay
from tests.people import at

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2019, 1, 1), date(2026, 12, 31)
days = st.dates(FIRST, LAST - timedelta(days=150))
moments = st.datetimes(datetime(2019, 1, 1), datetime(2026, 6, 30)).map(
    lambda m: m.replace(tzinfo=ZONE, microsecond=0)
)


@pytest.fixture
def cal() -> Calendar:
    return Calendar.current()


def oracle_working(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day))


def oracle_receipt(moment: datetime) -> date:
    day = moment.date()
    if oracle_working(day) and moment.time() <= time(17, 0):
        return day
    day += timedelta(days=1)
    while not oracle_working(day):
        day += timedelta(days=1)
    return day


def oracle_due(moment: datetime, n: int, pauses: list[Span]) -> datetime:
    """Walk day by day: a working day counts unless the clock is stopped at its close."""
    day, counted = oracle_receipt(moment), 0
    while counted < n:
        day += timedelta(days=1)
        close = datetime.combine(day, time(17, 30), ZONE)
        paused = any(p.from_at <= close and (p.to_at is not None and close < p.to_at) for p in pauses)
        if oracle_working(day) and not paused:
            counted += 1
    return datetime.combine(day, time(17, 30), ZONE)


def wd(n: int) -> Limit:
    return Limit(Decimal(n), Unit.WORKING_DAY)


def test_every_day_of_2019_to_2026_agrees_with_the_oracle(cal: Calendar) -> None:
    day = FIRST
    while day <= LAST:
        assert cal.is_working(day) == oracle_working(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2024-09-23", 15, "2024-10-17"),
        ("2024-09-27", 5, "2024-10-10"),
        ("2024-04-26", 9, "2024-05-11"),  # a make-up Saturday
        ("2024-02-05", 7, "2024-02-20"),
        ("2025-01-20", 15, "2025-02-14"),
        ("2026-02-13", 5, "2026-02-27"),
    ],
)
def test_the_vectors_of_the_dossier(cal: Calendar, start: str, n: int, due: str) -> None:
    assert cal.due_at(at(f"{start} 10:00"), wd(n)) == at(f"{due} 17:30")


def test_26_september_to_13_october_2025_is_seven_working_days(cal: Calendar) -> None:
    # After 26 September up to and including 11 October (a make-up Saturday) and 13 October.
    assert cal.working_days_between(date(2025, 9, 26), date(2025, 10, 13)) == 7


@settings(max_examples=150, deadline=None)
@given(start=moments, n=st.integers(1, 60))
def test_due_dates_agree_with_the_oracle(start: datetime, n: int) -> None:
    assert Calendar.current().due_at(start, wd(n)) == oracle_due(start, n, [])


gaps = st.lists(st.integers(0, 400), min_size=2, max_size=8, unique=True)


def spans_from(start: datetime, hours: list[int]) -> list[Span]:
    edges = [start + timedelta(hours=h) for h in sorted(hours)]
    return [Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False)]


@settings(max_examples=150, deadline=None)
@given(start=moments, n=st.integers(1, 30), hours=gaps)
def test_pauses_move_the_date_as_the_oracle_says(start: datetime, n: int, hours: list[int]) -> None:
    pauses = spans_from(start, hours)
    assert Calendar.current().due_at(start, wd(n), pauses) == oracle_due(start, n, pauses)


@settings(max_examples=100, deadline=None)
@given(
    start=moments,
    n=st.integers(1, 30),
    hours=gaps,
    unit=st.sampled_from(list(Unit)),
    share=st.floats(0.1, 0.9),
)
def test_splitting_a_pause_or_reordering_changes_nothing(
    start: datetime, n: int, hours: list[int], unit: Unit, share: float
) -> None:
    cal, limit = Calendar.current(), Limit(Decimal(n), unit)
    pauses = spans_from(start, hours)
    split = []
    for p in pauses:
        assert p.to_at is not None
        middle = (p.from_at + (p.to_at - p.from_at) * share).replace(microsecond=0)
        split += [Span(middle, p.to_at), Span(p.from_at, middle)]
    assert cal.due_at(start, limit, split) == cal.due_at(start, limit, pauses)
    end = start + timedelta(days=60)
    assert cal.used(start, end, unit, split) == cal.used(start, end, unit, pauses)


@settings(max_examples=80, deadline=None)
@given(start=moments, n=st.integers(1, 30), hours=gaps)
def test_used_at_the_deadline_is_the_limit(start: datetime, n: int, hours: list[int]) -> None:
    cal, pauses = Calendar.current(), spans_from(start, hours)
    due = cal.due_at(start, wd(n), pauses)
    assert cal.used(start, due, Unit.WORKING_DAY, pauses) == n
    assert cal.warn_at(start, wd(n), pauses) < due


def test_receipt_after_the_intake_hour_or_on_a_rest_day_is_the_next_working_day(cal: Calendar) -> None:
    assert cal.receipt_day(at("2026-11-20 17:00")) == date(2026, 11, 20)
    assert cal.receipt_day(at("2026-11-20 17:01")) == date(2026, 11, 23)
    assert cal.receipt_day(at("2026-11-21 10:00")) == date(2026, 11, 23)


def test_service_hours_run_only_while_the_park_is_open(cal: Calendar) -> None:
    two = Limit(Decimal(2), Unit.SERVICE_HOUR)
    assert cal.due_at(at("2026-11-20 16:30"), two) == at("2026-11-23 09:30")
    assert cal.due_at(at("2026-11-21 12:00"), two) == at("2026-11-23 10:30")
    assert cal.due_at(at("2026-11-20 15:30"), two) == at("2026-11-20 17:30")


def test_plain_hours_run_round_the_clock(cal: Calendar) -> None:
    assert cal.due_at(at("2026-11-20 23:50"), Limit(Decimal("0.25"), Unit.HOUR)) == at("2026-11-21 00:05")


def test_calendar_days_roll_forward_from_a_rest_day(cal: Calendar) -> None:
    assert cal.due_at(at("2026-11-16 09:00"), Limit(Decimal(5), Unit.CALENDAR_DAY)) == at("2026-11-23 17:30")


def test_the_light_turns_yellow_at_seventy_per_cent_or_one_day_left(cal: Calendar) -> None:
    start = at("2026-11-16 09:00")
    assert cal.warn_at(start, wd(1)) == at("2026-11-17 08:30")
    assert cal.warn_at(start, wd(5)) == at("2026-11-23 08:30")
    assert cal.warn_at(start, wd(10)) == at("2026-11-26 08:30")


def test_years_not_announced_are_provisional_and_break_nothing(cal: Calendar) -> None:
    far = cal.due_at(at("2026-12-30 09:00"), wd(5))
    assert far.year == 2027
    assert explain(cal, at("2026-12-30 09:00"), wd(5)).provisional
    assert cal.due_at(at("2045-03-01 09:00"), wd(10)) > at("2045-03-01 09:00")
    assert cal.working_date(cal.ordinal(date(2018, 12, 28))) <= date(2018, 12, 31)


def test_sql_and_python_give_the_same(cal: Calendar) -> None:
    with connection.cursor() as cursor:
        for text, n in (("2024-09-27 17:30", 3), ("2026-02-13 09:10", 5), ("2026-11-23 17:30", 0)):
            cursor.execute(
                "SELECT worktime_shift(%s, %s), worktime_alert_moment(%s)", [at(text), n, at(text)]
            )
            shifted, alert = cursor.fetchone()
            assert shifted == cal.rung_at(at(text), n)
            assert alert == cal.next_alert_moment(at(text))
        for text in ("2026-11-21 12:00", "2026-11-23 07:00", "2026-11-23 18:01", "2026-10-01 10:00"):
            cursor.execute("SELECT worktime_alert_moment(%s)", [at(text)])
            assert cursor.fetchone()[0] == cal.next_alert_moment(at(text))


def test_filling_again_changes_nothing() -> None:
    before = list(WorkDay.objects.values_list("date", "is_working", "ordinal", "provisional"))
    changes.fill([2024, 2025])
    assert list(WorkDay.objects.values_list("date", "is_working", "ordinal", "provisional")) == before


def test_announcing_a_year_takes_the_provisional_mark_away() -> None:
    changes.announce_year(2027, source="通知")
    assert CalendarYear.objects.get(year=2027).announced
    assert not WorkDay.objects.filter(date__year=2027, provisional=True).exists()


def test_a_missing_notice_alarms_in_december_only() -> None:
    assert changes.missing_year(date(2026, 11, 30)) is None
    assert changes.missing_year(date(2026, 12, 1)) == 2027


def test_the_calendar_grows_by_itself() -> None:
    assert changes.extend(date(2031, 5, 1)) > 0
    assert changes.extend(date(2031, 5, 1)) == 0
    assert WorkDay.objects.filter(date=date(2034, 12, 31)).exists()


def test_a_deadline_explains_itself(cal: Calendar) -> None:
    pause = Span(at("2024-10-10 00:00"), at("2024-10-12 00:00"))
    why = explain(cal, at("2024-09-26 10:00"), wd(7), [pause])
    assert "10月1–7日" in why.sentence
    assert why.days[0].kind == "receipt"
    assert why.days[-1].kind == "due"
    assert sum(1 for d in why.days if d.kind == "pause") == 2


def test_the_explanation_reads_well_in_both_languages(cal: Calendar) -> None:
    pause = Span(at("2025-10-09 00:00"), at("2025-10-11 00:00"))
    with translation.override("zh-hans"):
        chinese = explain(cal, at("2025-09-26 10:00"), wd(7), [pause]).sentence
    assert "9月26日" in chinese
    assert "09月" not in chinese
    assert "10月1–8日" in chinese
    assert "10月15日 17:30" in chinese
    with translation.override("en"):
        english = explain(cal, at("2026-12-28 18:00"), wd(1)).sentence
        across = explain(cal, at("2026-01-26 09:00"), wd(30)).sentence
    assert "rest day; counts from December 29 + 1 working day;" in english
    assert "February 15–23 off" in across
