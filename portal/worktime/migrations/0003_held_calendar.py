"""Writers hold the calendar still; the SQL functions agree with Python outside the table too."""

from django.db import migrations

# A volatile function reads each statement with a snapshot of its own: who had to wait for a change
# of the calendar gets the version after it. One call, so that holding costs no further query.
HOLD = """
CREATE SEQUENCE worktime_version_seq AS integer;
SELECT setval('worktime_version_seq', coalesce((SELECT max(version) FROM worktime_calendarstate), 0) + 1);
CREATE FUNCTION worktime_hold() RETURNS integer LANGUAGE sql VOLATILE AS $$
    SELECT pg_advisory_xact_lock_shared(hashtextextended('portal.worktime', 0));
    SELECT version FROM worktime_calendarstate WHERE id = 1;
$$;
CREATE FUNCTION worktime_try_hold() RETURNS boolean LANGUAGE sql VOLATILE AS $$
    SELECT pg_try_advisory_xact_lock_shared(hashtextextended('portal.worktime', 0))
$$
"""
UNHOLD = "DROP FUNCTION worktime_try_hold(), worktime_hold(); DROP SEQUENCE worktime_version_seq"

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
ADD = """
CREATE OR REPLACE FUNCTION worktime_add(day date, n integer) RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(
        (SELECT w.date FROM worktime_workday w WHERE w.is_working AND w.ordinal =
            (SELECT o.ordinal FROM worktime_workday o WHERE o.date = day) + n),
        worktime_add_by_rule(day, n))
$$
"""
OLD_ADD = """
CREATE OR REPLACE FUNCTION worktime_add(day date, n integer) RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(
        (SELECT w.date FROM worktime_workday w WHERE w.is_working AND w.ordinal =
            (SELECT o.ordinal FROM worktime_workday o WHERE o.date = day) + n),
        day + ceil(n * 1.4)::integer)
$$
"""
ALERT_MOMENT = """
CREATE OR REPLACE FUNCTION worktime_alert_moment(moment timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN w.works AND l.t BETWEEN h.alerts_from AND h.alerts_until THEN moment
        WHEN w.works AND l.t < h.alerts_from THEN (l.day + h.alerts_from) AT TIME ZONE 'Asia/Shanghai'
        ELSE (worktime_add(l.day, 1) + h.alerts_from) AT TIME ZONE 'Asia/Shanghai'
    END
    FROM (SELECT (moment AT TIME ZONE 'Asia/Shanghai')::date AS day,
                 (moment AT TIME ZONE 'Asia/Shanghai')::time AS t) l
    CROSS JOIN worktime_servicehours h
    LEFT JOIN worktime_workday d ON d.date = l.day
    CROSS JOIN LATERAL (SELECT coalesce(d.is_working, extract(isodow FROM l.day) < 6) AS works) w
$$
"""
RECEIPT_DAY = """
CREATE FUNCTION worktime_receipt_day(moment timestamptz) RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN coalesce(d.is_working, extract(isodow FROM l.day) < 6) AND l.t <= h.intake_until
        THEN l.day ELSE worktime_add(l.day, 1) END
    FROM (SELECT (moment AT TIME ZONE 'Asia/Shanghai')::date AS day,
                 (moment AT TIME ZONE 'Asia/Shanghai')::time AS t) l
    CROSS JOIN worktime_servicehours h
    LEFT JOIN worktime_workday d ON d.date = l.day
$$
"""


class Migration(migrations.Migration):
    dependencies = [("worktime", "0002_calendar")]

    operations = [
        migrations.RunSQL(HOLD, UNHOLD),
        migrations.RunSQL(
            BY_RULE,
            "DROP FUNCTION worktime_add_by_rule(date, integer); DROP FUNCTION worktime_ordinal(date)",
        ),
        migrations.RunSQL(ADD, OLD_ADD),
        migrations.RunSQL(ALERT_MOMENT, migrations.RunSQL.noop),
        migrations.RunSQL(RECEIPT_DAY, "DROP FUNCTION worktime_receipt_day(timestamptz)"),
    ]
