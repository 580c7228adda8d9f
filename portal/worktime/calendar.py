"""Changing the calendar: filling years, overriding days, announcing years.

Every change is one transaction: days, ordinals, version, and all open clocks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction

from portal.worktime import redating
from portal.worktime.clock import Day, Hours
from portal.worktime.models import CalendarYear, DayOverride, ServiceHours, WorkDay

if TYPE_CHECKING:
    from portal.accounts.models import User

FIRST_YEAR = 2019
YEARS_AHEAD = 3

SOURCES = {
    DayOverride.Kind.PARK_CLOSING.value: WorkDay.Source.PARK,
    DayOverride.Kind.STATE_NOTICE.value: WorkDay.Source.NOTICE,
    DayOverride.Kind.CORRECTION.value: WorkDay.Source.OVERRIDE,
}
# As the State Council's notices name them.
HOLIDAYS = {
    "元旦": "New Year's Day",
    "春节": "Spring Festival",
    "清明节": "Qingming Festival",
    "劳动节": "Labour Day",
    "端午节": "Dragon Boat Festival",
    "中秋节": "Mid-Autumn Festival",
    "国庆节": "National Day",
    "国庆节、中秋节": "National Day and Mid-Autumn Festival",
}

RENUMBER = """
UPDATE worktime_workday w SET ordinal = n.ordinal
FROM (SELECT date, sum(is_working::int) OVER (ORDER BY date) AS ordinal FROM worktime_workday) n
WHERE w.date = n.date AND w.ordinal <> n.ordinal
"""

NEW_VERSION = """
INSERT INTO worktime_calendarstate (id, version) VALUES (1, nextval('worktime_version_seq'))
ON CONFLICT (id) DO UPDATE SET version = excluded.version
"""


def fill(years: Iterable[int]) -> None:
    """Make or renew the days of these years: State Council holidays where announced, rule elsewhere.

    Source of holidays and make-up days: the `holidays` package; overrides win over it.
    """
    wanted = sorted(years)
    announced = dict(CalendarYear.objects.values_list("year", "announced"))
    overrides = {o.date: o for o in DayOverride.objects.filter(date__year__in=wanted)}
    rows = [
        _overridden(day, overrides[day.date]) if day.date in overrides else WorkDay(**asdict(day))
        for year in wanted
        for day in days_of(year, announced=announced.get(year, False))
    ]
    WorkDay.objects.bulk_create(
        rows,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["date"],
        update_fields=["is_working", "source", "provisional", "name", "name_en"],
    )
    renumber()


def days_of(year: int, *, announced: bool) -> Iterable[Day]:
    """The days of a year without the park's own decisions; provisional when not announced."""
    import holidays  # large: only when a year is made

    chinese = holidays.country_holidays("CN", years=year, language="zh_CN")
    english = holidays.country_holidays("CN", years=year, language="en_US")
    day = date(year, 1, 1)
    while day.year == year:
        yield Day(
            date=day,
            is_working=chinese.is_working_day(day),
            source="notice" if announced else "rule",
            provisional=not announced,
            name=(chinese.get(day) or "")[:60],
            name_en=(english.get(day) or "")[:80],
        )
        day += timedelta(days=1)


def _overridden(day: Day, override: DayOverride) -> WorkDay:
    if override.kind == DayOverride.Kind.STATE_NOTICE:  # the holiday keeps its name
        named = not override.is_working
        name = (day.name or override.reason) if named else ""
        name_en = (day.name_en or HOLIDAYS.get(override.reason, override.reason)) if named else ""
    else:
        name = name_en = override.reason
    return WorkDay(
        date=day.date,
        is_working=override.is_working,
        source=SOURCES[override.kind],
        name=name[:60],
        name_en=name_en[:80],
    )


def renumber() -> None:
    """Count the working days anew and let every process see it."""
    with connection.cursor() as cursor:
        cursor.execute(RENUMBER)
    _new_version()


def _new_version() -> None:
    """A number that was never given before, not even to a change that was rolled back: a process
    may have read the calendar of a change that failed later."""
    with connection.cursor() as cursor:
        cursor.execute(NEW_VERSION)


def extend(today: date) -> int:
    """Make sure that the years up to three ahead exist; the number of years made."""
    have = set(WorkDay.objects.filter(date__month=1, date__day=1).values_list("date__year", flat=True))
    missing = [y for y in range(FIRST_YEAR, today.year + YEARS_AHEAD + 1) if y not in have]
    if missing:
        with transaction.atomic():
            hold_changes()
            for year in missing:
                CalendarYear.objects.get_or_create(year=year)
            fill(missing)
    return len(missing)


def hold_changes() -> None:
    """Changes of the calendar queue up, and whoever stores a deadline waits for the new version."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('portal.worktime', 0))")


def preview_override(day: date) -> int:
    """How many open clocks an override of this day would re-date at most."""
    return redating.preview(day)


def set_override(day: date, *, is_working: bool, reason: str, kind: str, by: User | None) -> int:
    """Decide on one day and re-date every open clock; the number that moved."""
    with transaction.atomic():
        hold_changes()
        DayOverride.objects.update_or_create(
            date=day,
            defaults={"is_working": is_working, "reason": reason, "kind": kind, "created_by": by},
        )
        return _changed(day)


def remove_override(day: date) -> int:
    """Take a decision on a day back; the number of open clocks that moved."""
    with transaction.atomic():
        hold_changes()
        DayOverride.objects.filter(date=day).delete()
        return _changed(day)


def announce_year(year: int, *, source: str) -> int:
    """The State Council's notice for a year is out: its days are no longer provisional."""
    with transaction.atomic():
        hold_changes()
        CalendarYear.objects.update_or_create(year=year, defaults={"announced": True, "source": source})
        fill([year])
        return redating.apply(date(year, 1, 1))


def set_hours(hours: Hours, *, today: date) -> int:
    """Change the park's service hours; the number of open clocks that moved.

    Touches what is due, or alerts, from today on. Raises IntegrityError for hours out of order.
    """
    with transaction.atomic():
        hold_changes()
        ServiceHours.objects.update_or_create(pk=1, defaults=hours._asdict())
        _new_version()
        return redating.apply(today)


def _changed(day: date) -> int:
    fill([day.year])
    return redating.apply(day)


def missing_year(today: date) -> int | None:
    """The next year, when its notice is still missing in December; None otherwise."""
    if today.month < 12:
        return None
    known = CalendarYear.objects.filter(year=today.year + 1, announced=True).exists()
    return None if known else today.year + 1
