"""Nights and daily mails as SQL, one definition for moves and sweep.

It keeps the number that it had before the migrations began anew (decision 12): databases made then have it.
"""

from django.db import migrations

HELD_UNTIL = """
CREATE FUNCTION notices_held_until(moment timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    here timestamp := moment AT TIME ZONE 'Asia/Shanghai';
    begins time := coalesce((SELECT quiet_from FROM notices_hours), '22:00');
    ends time := coalesce((SELECT quiet_until FROM notices_hours), '07:00');
BEGIN
    IF begins <= ends THEN
        IF here::time >= begins AND here::time < ends THEN
            RETURN (here::date + ends) AT TIME ZONE 'Asia/Shanghai';
        END IF;
    ELSIF here::time < ends THEN
        RETURN (here::date + ends) AT TIME ZONE 'Asia/Shanghai';
    ELSIF here::time >= begins THEN
        RETURN (here::date + 1 + ends) AT TIME ZONE 'Asia/Shanghai';
    END IF;
    RETURN moment;
END
$$
"""
DIGEST_AT = """
CREATE FUNCTION notices_digest_at(moment timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    here timestamp := moment AT TIME ZONE 'Asia/Shanghai';
    hour time := coalesce((SELECT digest_at FROM notices_hours), '08:00');
    day date := here::date + CASE WHEN here::time < hour THEN 0 ELSE 1 END;
BEGIN
    -- Beyond the filled calendar a weekday counts as a working day.
    WHILE NOT coalesce((SELECT is_working FROM worktime_workday w WHERE w.date = day),
                       extract(isodow FROM day) < 6) LOOP
        day := day + 1;
    END LOOP;
    RETURN (day + hour) AT TIME ZONE 'Asia/Shanghai';
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial"), ("worktime", "0002_calendar")]

    operations = [
        migrations.RunSQL(HELD_UNTIL, "DROP FUNCTION notices_held_until(timestamptz)"),
        migrations.RunSQL(DIGEST_AT, "DROP FUNCTION notices_digest_at(timestamptz)"),
    ]
