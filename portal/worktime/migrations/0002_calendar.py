"""SQL functions of the calendar, and the calendar itself."""

from dataclasses import asdict
from datetime import time
from typing import Any

from django.db import migrations
from django.utils import timezone

from portal.worktime import calendar

# The functions state their zone themselves: a session's TimeZone must not move a deadline.
ADD = """
CREATE FUNCTION worktime_add(day date, n integer) RETURNS date LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(
        (SELECT w.date FROM worktime_workday w WHERE w.is_working AND w.ordinal =
            (SELECT o.ordinal FROM worktime_workday o WHERE o.date = day) + n),
        day + ceil(n * 1.4)::integer)
$$
"""
SHIFT = """
CREATE FUNCTION worktime_shift(moment timestamptz, n integer) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN n = 0 THEN moment ELSE
        (worktime_add((moment AT TIME ZONE 'Asia/Shanghai')::date, n)
         + (moment AT TIME ZONE 'Asia/Shanghai')::time) AT TIME ZONE 'Asia/Shanghai' END
$$
"""
ALERT_MOMENT = """
CREATE FUNCTION worktime_alert_moment(moment timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN d.is_working AND l.t BETWEEN h.alerts_from AND h.alerts_until THEN moment
        WHEN d.is_working AND l.t < h.alerts_from THEN (l.day + h.alerts_from) AT TIME ZONE 'Asia/Shanghai'
        ELSE (worktime_add(l.day, 1) + h.alerts_from) AT TIME ZONE 'Asia/Shanghai'
    END
    FROM (SELECT (moment AT TIME ZONE 'Asia/Shanghai')::date AS day,
                 (moment AT TIME ZONE 'Asia/Shanghai')::time AS t) l
    CROSS JOIN worktime_servicehours h
    LEFT JOIN worktime_workday d ON d.date = l.day
$$
"""
ANNOUNCED = range(2019, 2027)


def seed(apps: Any, schema_editor: Any) -> None:
    """Service hours, the announced years, and every day until three years ahead."""
    apps.get_model("worktime", "ServiceHours").objects.create(
        pk=1,
        opens_at=time(8, 30),
        closes_at=time(17, 30),
        intake_until=time(17),
        alerts_from=time(8, 30),
        alerts_until=time(18),
    )
    years = apps.get_model("worktime", "CalendarYear")
    years.objects.bulk_create(
        years(year=year, announced=True, source=f"国务院办公厅关于{year}年部分节假日安排的通知")
        for year in ANNOUNCED
    )
    last = timezone.localdate().year + calendar.YEARS_AHEAD
    later = range(ANNOUNCED.stop, last + 1)
    years.objects.bulk_create(years(year=year, announced=False) for year in later)
    day_model = apps.get_model("worktime", "WorkDay")
    day_model.objects.bulk_create(
        day_model(**asdict(day))
        for year in (*ANNOUNCED, *later)
        for day in calendar.days_of(year, announced=year in ANNOUNCED)
    )
    schema_editor.execute(calendar.RENUMBER)
    apps.get_model("worktime", "CalendarState").objects.create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("worktime", "0001_initial")]

    operations = [
        migrations.RunSQL(ADD, "DROP FUNCTION worktime_add(date, integer)"),
        migrations.RunSQL(SHIFT, "DROP FUNCTION worktime_shift(timestamptz, integer)"),
        migrations.RunSQL(ALERT_MOMENT, "DROP FUNCTION worktime_alert_moment(timestamptz)"),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
