"""SQL functions of the calendar, and the calendar itself."""

from dataclasses import asdict
from datetime import time
from typing import Any

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations
from django.utils import timezone

from portal.worktime import calendar

# Outside the table every weekday counts. These are not meant to be fast, only to be right.
BY_RULE = """
CREATE FUNCTION worktime_ordinal(day date) RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(
        (SELECT w.ordinal FROM worktime_workday w WHERE w.date = day),
        (SELECT CASE WHEN day > e.last
            THEN (SELECT w.ordinal FROM worktime_workday w WHERE w.date = e.last)
                 + (SELECT count(*) FROM generate_series(e.last + 1, day, '1 day') d
                    WHERE extract(isodow FROM d) < 6)
            ELSE -(SELECT count(*) FROM generate_series(day + 1, e.first - 1, '1 day') d
                   WHERE extract(isodow FROM d) < 6) END
         FROM (SELECT min(date) AS first, max(date) AS last FROM worktime_workday) e)::integer)
$$;
CREATE FUNCTION worktime_add_by_rule(day date, n integer) RETURNS date LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(
        (SELECT w.date FROM worktime_workday w WHERE w.is_working AND w.ordinal = t.target),
        CASE WHEN t.target > 0
            THEN (SELECT d::date
                  FROM generate_series(e.last + 1, e.last + 7 + (t.target - e.total) * 2, '1 day') d
                  WHERE extract(isodow FROM d) < 6 ORDER BY d OFFSET t.target - e.total - 1 LIMIT 1)
            ELSE (SELECT d::date FROM generate_series(e.first - 7 + t.target * 2, e.first - 1, '1 day') d
                  WHERE extract(isodow FROM d) < 6 ORDER BY d DESC OFFSET -t.target LIMIT 1) END)
    FROM (SELECT worktime_ordinal(day) + n AS target) t,
         (SELECT min(date) AS first, max(date) AS last, max(ordinal) AS total FROM worktime_workday) e
$$
"""
NOT_BY_RULE = "DROP FUNCTION worktime_add_by_rule(date, integer); DROP FUNCTION worktime_ordinal(date)"
ADD = """
CREATE FUNCTION worktime_add(day date, n integer) RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(
        (SELECT w.date FROM worktime_workday w WHERE w.is_working AND w.ordinal =
            (SELECT o.ordinal FROM worktime_workday o WHERE o.date = day) + n),
        worktime_add_by_rule(day, n))
$$
"""
# The functions state their zone themselves: a session's TimeZone must not move a deadline.
SHIFT = """
CREATE FUNCTION worktime_shift(moment timestamptz, n integer) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN n = 0 THEN moment ELSE
        (worktime_add((moment AT TIME ZONE 'Asia/Shanghai')::date, n)
         + (moment AT TIME ZONE 'Asia/Shanghai')::time) AT TIME ZONE 'Asia/Shanghai' END
$$
"""
# The sweep asks the next two for every late case: as PL/pgSQL they are planned once, not at each call.
ALERT_MOMENT = """
CREATE FUNCTION worktime_alert_moment(moment timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    here timestamp := moment AT TIME ZONE 'Asia/Shanghai';
    hours worktime_servicehours;
    works boolean;
BEGIN
    SELECT * INTO hours FROM worktime_servicehours;
    SELECT is_working INTO works FROM worktime_workday WHERE date = here::date;
    works := coalesce(works, extract(isodow FROM here) < 6);
    IF works AND here::time BETWEEN hours.alerts_from AND hours.alerts_until THEN
        RETURN moment;
    ELSIF works AND here::time < hours.alerts_from THEN
        RETURN (here::date + hours.alerts_from) AT TIME ZONE 'Asia/Shanghai';
    END IF;
    RETURN (worktime_add(here::date, 1) + hours.alerts_from) AT TIME ZONE 'Asia/Shanghai';
END
$$
"""
RECEIPT_DAY = """
CREATE FUNCTION worktime_receipt_day(moment timestamptz) RETURNS date
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    here timestamp := moment AT TIME ZONE 'Asia/Shanghai';
    works boolean;
BEGIN
    SELECT is_working INTO works FROM worktime_workday WHERE date = here::date;
    IF coalesce(works, extract(isodow FROM here) < 6)
        AND here::time <= (SELECT intake_until FROM worktime_servicehours) THEN
        RETURN here::date;
    END IF;
    RETURN worktime_add(here::date, 1);
END
$$
"""
# Writers hold the calendar still. A volatile function reads each statement with a snapshot of its own: who
# had to wait for a change of the calendar gets the version after it. One call, so that holding costs no
# further query.
HOLD = """
CREATE FUNCTION worktime_hold() RETURNS integer LANGUAGE sql VOLATILE AS $$
    SELECT pg_advisory_xact_lock_shared(hashtextextended('portal.worktime', 0));
    SELECT version FROM worktime_calendarstate WHERE id = 1;
$$;
CREATE FUNCTION worktime_try_hold() RETURNS boolean LANGUAGE sql VOLATILE AS $$
    SELECT pg_try_advisory_xact_lock_shared(hashtextextended('portal.worktime', 0))
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


# After the seed: the next version is one that no calendar has had.
VERSIONS = """
CREATE SEQUENCE worktime_version_seq AS integer;
SELECT setval('worktime_version_seq', coalesce((SELECT max(version) FROM worktime_calendarstate), 0) + 1)
"""


class Migration(migrations.Migration):
    dependencies = [("worktime", "0001_initial")]

    operations = [
        migrations.RunSQL(BY_RULE, NOT_BY_RULE),
        migrations.RunSQL(ADD, "DROP FUNCTION worktime_add(date, integer)"),
        migrations.RunSQL(SHIFT, "DROP FUNCTION worktime_shift(timestamptz, integer)"),
        migrations.RunSQL(ALERT_MOMENT, "DROP FUNCTION worktime_alert_moment(timestamptz)"),
        migrations.RunSQL(RECEIPT_DAY, "DROP FUNCTION worktime_receipt_day(timestamptz)"),
        migrations.RunSQL(HOLD, "DROP FUNCTION worktime_try_hold(), worktime_hold()"),
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunSQL(VERSIONS, "DROP SEQUENCE worktime_version_seq"),
        # The history of the service hours begins with the first change: the hours seeded above are none.
        pgtrigger.migrations.AddTrigger(
            model_name="servicehours",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "worktime_servicehoursevent" ("alerts_from", "alerts_until", "closes_at", "id", "intake_until", "opens_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."alerts_from", NEW."alerts_until", NEW."closes_at", NEW."id", NEW."intake_until", NEW."opens_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                    hash="28de67721138ea7d4e01dbf50c70436f8eee0690",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_3bcf6",
                    table="worktime_servicehours",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="servicehours",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "worktime_servicehoursevent" ("alerts_from", "alerts_until", "closes_at", "id", "intake_until", "opens_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."alerts_from", NEW."alerts_until", NEW."closes_at", NEW."id", NEW."intake_until", NEW."opens_at", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                    hash="5fba9ee2bdeac3d39a2524e5bd7f7b5e2809b86a",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d2757",
                    table="worktime_servicehours",
                    when="AFTER",
                ),
            ),
        ),
    ]
