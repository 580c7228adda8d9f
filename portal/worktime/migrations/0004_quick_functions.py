"""The sweep asks these for every late case: as PL/pgSQL they are planned once, not at each call."""

from django.db import migrations

ALERT_MOMENT = """
CREATE OR REPLACE FUNCTION worktime_alert_moment(moment timestamptz) RETURNS timestamptz
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
CREATE OR REPLACE FUNCTION worktime_receipt_day(moment timestamptz) RETURNS date
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


class Migration(migrations.Migration):
    dependencies = [("worktime", "0003_held_calendar")]

    operations = [
        migrations.RunSQL(ALERT_MOMENT, migrations.RunSQL.noop),
        migrations.RunSQL(RECEIPT_DAY, migrations.RunSQL.noop),
    ]
