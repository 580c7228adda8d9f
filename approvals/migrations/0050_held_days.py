"""The net working days of what has ended are kept beside it: figures add up numbers instead of counting days.

What is kept is what the functions of 0009 say. Whoever changes what they count from (a permit, a pause, an
item, a day or the hours of the calendar) makes the database forget it, by the triggers here, and whoever
reads counts anew what is not kept: a figure is right at any moment, whether the job that counts
(`approvals.actions.count_days`) has run or not. A migration that changes those functions empties both columns.
"""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

# Locks the project even where nothing is kept: a count under way then waits for this change, or is forgotten.
FORGET = """
CREATE FUNCTION approvals_forget_project(project bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM approvals_project p WHERE p.case_id = project FOR NO KEY UPDATE;
    UPDATE approvals_project p SET held_days = NULL WHERE p.case_id = project AND p.held_days IS NOT NULL;
END $$;
CREATE FUNCTION approvals_forget_since(day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    since timestamptz := day::timestamp AT TIME ZONE 'Asia/Shanghai';
BEGIN
    UPDATE approvals_permit SET held_days = NULL WHERE held_days IS NOT NULL AND decided_at >= since;
    UPDATE approvals_project j SET held_days = NULL WHERE held_days IS NOT NULL AND EXISTS (
        SELECT 1 FROM approvals_permit p JOIN cases_case c ON c.id = p.case_id
        WHERE p.project_id = j.case_id AND coalesce(p.decided_at, c.closed_at) >= since);
END $$
"""
NOT_FORGET = "DROP FUNCTION approvals_forget_project(bigint), approvals_forget_since(date)"
# Only the job sets a number: a row that was read before and is written back as a whole keeps what stands.
KEPT = """
CREATE FUNCTION approvals_keep_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.held_days IS NOT NULL AND current_setting('approvals.counts', true) IS DISTINCT FROM 'yes' THEN
        NEW.held_days := OLD.held_days;
    END IF;
    IF TG_TABLE_NAME = 'approvals_permit' THEN
        IF (NEW.accepted_at, NEW.decided_at) IS DISTINCT FROM (OLD.accepted_at, OLD.decided_at) THEN
            NEW.held_days := NULL;
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approvals_keep_days BEFORE UPDATE ON approvals_permit
FOR EACH ROW EXECUTE FUNCTION approvals_keep_days();
CREATE TRIGGER approvals_keep_days BEFORE UPDATE ON approvals_project
FOR EACH ROW EXECUTE FUNCTION approvals_keep_days()
"""
NOT_KEPT = """
DROP TRIGGER approvals_keep_days ON approvals_project;
DROP TRIGGER approvals_keep_days ON approvals_permit;
DROP FUNCTION approvals_keep_days()
"""
# Of a column that is named, not of a value that differs: a ledger that tells anew when a permit was withdrawn
# changes its case, and names these of the permit.
BY_PERMIT = """
CREATE FUNCTION approvals_permit_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM approvals_forget_project(OLD.project_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        IF TG_OP = 'INSERT' OR NEW.project_id <> OLD.project_id THEN
            PERFORM approvals_forget_project(NEW.project_id);
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER approvals_permit_changed
AFTER INSERT OR DELETE OR UPDATE OF accepted_at, decided_at, item_id, project_id ON approvals_permit
FOR EACH ROW EXECUTE FUNCTION approvals_permit_changed()
"""
NOT_BY_PERMIT = """
DROP TRIGGER approvals_permit_changed ON approvals_permit;
DROP FUNCTION approvals_permit_changed()
"""
BY_PAUSE = """
CREATE FUNCTION approvals_pause_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    a_case bigint;
    project bigint;
BEGIN
    FOR a_case IN SELECT DISTINCT c FROM unnest(ARRAY[
        CASE WHEN TG_OP <> 'INSERT' THEN OLD.case_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.case_id END]) c
        WHERE c IS NOT NULL
    LOOP
        UPDATE approvals_permit p SET held_days = NULL WHERE p.case_id = a_case RETURNING p.project_id INTO project;
        PERFORM approvals_forget_project(coalesce(project, a_case));
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER approvals_pause_changed AFTER INSERT OR DELETE OR UPDATE OF case_id, from_at, to_at ON cases_pause
FOR EACH ROW EXECUTE FUNCTION approvals_pause_changed()
"""
NOT_BY_PAUSE = """
DROP TRIGGER approvals_pause_changed ON cases_pause;
DROP FUNCTION approvals_pause_changed()
"""
BY_ITEM = """
CREATE FUNCTION approvals_item_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE approvals_project j SET held_days = NULL WHERE held_days IS NOT NULL AND EXISTS (
        SELECT 1 FROM approvals_permit p WHERE p.project_id = j.case_id AND p.item_id = NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER approvals_item_changed AFTER UPDATE ON approvals_serviceitem FOR EACH ROW
WHEN (OLD.counts_in_total <> NEW.counts_in_total) EXECUTE FUNCTION approvals_item_changed()
"""
NOT_BY_ITEM = """
DROP TRIGGER approvals_item_changed ON approvals_serviceitem;
DROP FUNCTION approvals_item_changed()
"""
# A day that changes moves the numbers of all days after it alike: what had ended before it stays as it is.
BY_CALENDAR = """
CREATE FUNCTION approvals_days_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM approvals_forget_since(min(date)) FROM fresh HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE FUNCTION approvals_days_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM approvals_forget_since(min(f.date)) FROM fresh f JOIN stale s ON s.date = f.date
    WHERE f.is_working <> s.is_working HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE FUNCTION approvals_hours_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM approvals_forget_since('-infinity');
    RETURN NULL;
END $$;
CREATE TRIGGER approvals_days_added AFTER INSERT ON worktime_workday
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION approvals_days_added();
CREATE TRIGGER approvals_days_changed AFTER UPDATE ON worktime_workday
REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION approvals_days_changed();
CREATE TRIGGER approvals_hours_changed AFTER INSERT OR UPDATE ON worktime_servicehours
FOR EACH STATEMENT EXECUTE FUNCTION approvals_hours_changed()
"""
NOT_BY_CALENDAR = """
DROP TRIGGER approvals_hours_changed ON worktime_servicehours;
DROP TRIGGER approvals_days_changed ON worktime_workday;
DROP TRIGGER approvals_days_added ON worktime_workday;
DROP FUNCTION approvals_hours_changed(), approvals_days_changed(), approvals_days_added()
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("approvals", "0040_review_rules"),
        ("cases", "0005_pauses_by_case"),
        ("worktime", "0002_calendar"),
    ]
    operations: ClassVar = [
        migrations.AddField(
            model_name="permit",
            name="held_days",
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="project",
            name="held_days",
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="permit",
            index=models.Index(
                fields=["case"],
                condition=Q(held_days=None, decided_at__isnull=False),
                name="approvals_permit_to_count",
            ),
        ),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(
                fields=["case"], condition=Q(held_days=None), name="approvals_project_to_count"
            ),
        ),
        migrations.RunSQL(FORGET, NOT_FORGET),
        migrations.RunSQL(KEPT, NOT_KEPT),
        migrations.RunSQL(BY_PERMIT, NOT_BY_PERMIT),
        migrations.RunSQL(BY_PAUSE, NOT_BY_PAUSE),
        migrations.RunSQL(BY_ITEM, NOT_BY_ITEM),
        migrations.RunSQL(BY_CALENDAR, NOT_BY_CALENDAR),
    ]
