"""How many working days permits and projects have taken, counted by the database (approvals.reports.days).

Days are ordinals of the calendar of working days, so that a clock is a range of whole numbers, its pauses
are taken out of it, and the days of a project are the union of what its permits leave.
"""

from typing import ClassVar

from django.db import migrations, models

# As `portal.worktime.clock.Calendar` counts: a day is over when its service hours are.
CLOSED_BEFORE = """
CREATE FUNCTION approvals_ordinal(day date) RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce((SELECT w.ordinal FROM worktime_workday w WHERE w.date = day), worktime_ordinal(day))
$$;
CREATE FUNCTION approvals_closed_before(moment timestamptz) RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT approvals_ordinal(((moment AT TIME ZONE 'Asia/Shanghai') - h.closes_at - interval '1 microsecond')::date)
    FROM worktime_servicehours h
$$;
CREATE FUNCTION approvals_elapsed_days(begun timestamptz, ended timestamptz) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (ended AT TIME ZONE 'Asia/Shanghai')::date - (begun AT TIME ZONE 'Asia/Shanghai')::date
$$
"""
NOT_CLOSED_BEFORE = """
DROP FUNCTION approvals_elapsed_days(timestamptz, timestamptz);
DROP FUNCTION approvals_closed_before(timestamptz);
DROP FUNCTION approvals_ordinal(date)
"""
# A pause that still runs has no end; what stops after a decision takes nothing from its day.
PAUSED = """
CREATE FUNCTION approvals_paused(a_case bigint, ended timestamptz) RETURNS int4multirange
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(range_agg(int4range(
        approvals_closed_before(u.from_at),
        CASE WHEN u.to_at IS NOT NULL THEN approvals_closed_before(u.to_at) END, '(]')), '{}')
    FROM cases_pause u WHERE u.case_id = a_case AND (ended IS NULL OR u.from_at < ended)
$$
"""
# The day on which the acceptance counts as received does not count, that of the decision does; what runs
# counts until the last close.
# Said once, and written into both functions: a call for every permit would take longer than all the rest.
HELD = """
    approvals_permit p
    JOIN cases_case c ON c.id = p.case_id
    CROSS JOIN worktime_servicehours h
    CROSS JOIN LATERAL (SELECT p.accepted_at AT TIME ZONE 'Asia/Shanghai' AS accepted,
        coalesce(p.decided_at, c.closed_at) AS ended) m
    LEFT JOIN worktime_workday a ON a.date = m.accepted::date
    LEFT JOIN worktime_workday u ON u.date = (m.ended AT TIME ZONE 'Asia/Shanghai')::date
    CROSS JOIN LATERAL (SELECT
        coalesce(a.ordinal, worktime_ordinal(m.accepted::date)) + CASE
            WHEN coalesce(a.is_working, extract(isodow FROM m.accepted) < 6)
                AND m.accepted::time <= h.intake_until THEN 0 ELSE 1 END AS after,
        CASE WHEN m.ended IS NULL THEN approvals_closed_before(present)
            ELSE coalesce(u.ordinal, worktime_ordinal((m.ended AT TIME ZONE 'Asia/Shanghai')::date))
        END AS until
    ) days
    CROSS JOIN LATERAL unnest(
        int4multirange(int4range(days.after, greatest(days.after, days.until), '(]'))
        - CASE WHEN c.pause_count > 0 THEN approvals_paused(c.id, m.ended) ELSE '{}' END
    ) held
"""
PERMIT_DAYS = f"""
CREATE FUNCTION approvals_permit_days(permit bigint, present timestamptz) RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(sum(upper(held) - lower(held)), 0)::integer
    FROM {HELD} WHERE p.case_id = permit AND p.accepted_at IS NOT NULL
$$
"""
PROJECT_DAYS = f"""
CREATE FUNCTION approvals_project_days(project bigint, present timestamptz) RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(sum(upper(day) - lower(day)), 0)::integer FROM unnest((
        SELECT range_agg(held) FROM {HELD} JOIN approvals_serviceitem i ON i.id = p.item_id
        WHERE p.project_id = project AND p.accepted_at IS NOT NULL AND i.counts_in_total
    ) - (
        SELECT CASE WHEN above.pause_count > 0 THEN approvals_paused(above.id, NULL) ELSE '{{}}' END
        FROM cases_case above WHERE above.id = project
    )) day
$$
"""
FUNCTIONS = (
    (CLOSED_BEFORE, NOT_CLOSED_BEFORE),
    (PAUSED, "DROP FUNCTION approvals_paused(bigint, timestamptz)"),
    (PERMIT_DAYS, "DROP FUNCTION approvals_permit_days(bigint, timestamptz)"),
    (PROJECT_DAYS, "DROP FUNCTION approvals_project_days(bigint, timestamptz)"),
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("approvals", "0008_ends_total"),
        ("cases", "0004_list_orders"),
        ("worktime", "0002_calendar"),
    ]
    operations: ClassVar = [
        migrations.AddIndex(
            model_name="permit",
            index=models.Index(fields=["decided_at"], name="approvals_permit_decided_at"),
        ),
        *(migrations.RunSQL(there, back) for there, back in FUNCTIONS),
    ]
