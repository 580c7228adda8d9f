"""The two statements of the sweep.

`cases_event_hash`, `worktime_shift` and `worktime_alert_moment` are SQL functions made by the
migrations of cases and worktime: one definition each for engine and sweep.
"""

from portal.cases.access import KNOWS_OF, RULES
from portal.cases.sweep_words import SWEEP_WORDS
from portal.notices.outbox import DELIVER

# Each half is served by a partial index of its own.
ANY_DUE = """
SELECT EXISTS (SELECT 1 FROM cases_case WHERE NOT urgent AND next_alert_at <= %(now)s)
    OR EXISTS (SELECT 1 FROM cases_case WHERE urgent AND next_alert_at <= %(now)s)
"""

PICK = """
SELECT id FROM cases_case
WHERE next_alert_at <= %(now)s AND next_alert_at IS NOT NULL AND urgent = %(urgent)s
  -- While the calendar is being changed nothing is picked: the next sweep finds the new moments.
  AND (SELECT worktime_try_hold())
ORDER BY next_alert_at LIMIT %(batch)s
FOR UPDATE SKIP LOCKED
"""

# Whom a rung tells, by the definition of each word; those of other rungs cost nothing.
_PEOPLE = " UNION ".join(
    f"SELECT w.user_id FROM ({RULES[word].people}) w(user_id) WHERE '{word}' = ANY(m.tells)"  # noqa: S608  # our own words
    for word in sorted(SWEEP_WORDS)
)

ESCALATE = f"""
WITH ladder AS MATERIALIZED (
    SELECT standard_id, holder, level, tells, opens_supervision,
           lag(level, 1, 0::smallint) OVER w AS above,
           lead(trigger) OVER w AS next_trigger,
           lead(offset_days) OVER w AS next_offset
    FROM cases_standardrung
    WINDOW w AS (PARTITION BY standard_id, holder ORDER BY level)
), picked AS MATERIALIZED (
    SELECT c.id, c.urgent, c.event_hash AS previous, l.level, l.tells, l.opens_supervision,
           l.next_trigger, s.id AS stay_id,
           CASE WHEN l.next_trigger = 'warn' THEN c.warn_at ELSE c.due_at END AS base,
           CASE WHEN l.next_trigger = 'warn' THEN 0 ELSE l.next_offset END AS days
    FROM cases_case c
    JOIN ladder l ON l.standard_id = c.standard_id AND l.holder = c.holder
                 AND c.alert_level >= l.above AND c.alert_level < l.level
    -- The batch is named twice, so that only its own stays are read, not all open ones.
    JOIN cases_steplog s ON s.case_id = c.id AND s.case_id = ANY(%(ids)s) AND s.left_at IS NULL
    WHERE c.id = ANY(%(ids)s)
), climb AS MATERIALIZED (
    -- Many cases share a deadline: the calendar is asked once for each.
    SELECT base, days, urgent,
           CASE WHEN urgent THEN worktime_shift(base, days)
                ELSE worktime_alert_moment(worktime_shift(base, days)) END AS at
    FROM (SELECT DISTINCT base, days, urgent FROM picked WHERE next_trigger IS NOT NULL) d
), moved AS (
    UPDATE cases_case c SET
        alert_level = p.level,
        next_alert_at = k.at,
        event_seq = c.event_seq + 1,
        event_hash = cases_event_hash(
            c.event_hash, c.id, c.event_seq + 1, 'alerted', NULL, %(now)s,
            jsonb_build_object('internal', jsonb_build_object('level', p.level)))
    FROM picked p
    LEFT JOIN climb k ON k.base = p.base AND k.days = p.days AND k.urgent = p.urgent
                     AND p.next_trigger IS NOT NULL
    WHERE c.id = p.id
    RETURNING c.id, c.number, c.title, c.kind, c.step, c.urgent, c.due_at, c.team_id, c.assignee_id,
              c.enterprise_id, c.sealed, c.confidential, c.event_seq, c.event_hash, p.previous,
              p.stay_id, p.level, p.tells, p.opens_supervision
), event AS (
    INSERT INTO cases_event (case_id, seq, verb, actor_id, data, at, previous_hash, hash)
    SELECT m.id, m.event_seq, 'alerted', NULL,
           jsonb_build_object('internal', jsonb_build_object('level', m.level)), %(now)s,
           m.previous, m.event_hash
    FROM moved m
), alert AS (
    INSERT INTO cases_alert (case_id, stay_id, level, at, due_at)
    SELECT id, stay_id, level, %(now)s, due_at FROM moved
    ON CONFLICT DO NOTHING
    RETURNING case_id
), told AS MATERIALIZED (
    SELECT who.user_id, m.id AS case_id, 'case.alerted' AS key, 'deadline' AS kind,
           jsonb_build_object('number', m.number, 'title', m.title, 'kind', m.kind, 'step', m.step,
                              'level', m.level, 'due_at', m.due_at) AS params,
           m.urgent
    FROM moved m
    JOIN alert a ON a.case_id = m.id
    CROSS JOIN LATERAL ({_PEOPLE}) who(user_id)
    WHERE {KNOWS_OF}
), announced AS MATERIALIZED (
    SELECT m.team_id, m.id AS case_id, 'case.alerted' AS key, 'deadline' AS kind,
           jsonb_build_object('number', m.number, 'kind', m.kind, 'step', m.step,
                              'level', m.level, 'due_at', m.due_at) AS params,
           m.urgent
    FROM moved m JOIN alert a ON a.case_id = m.id WHERE NOT m.sealed AND NOT m.confidential
), {DELIVER}
SELECT id, opens_supervision AND NOT sealed AND NOT confidential FROM moved
"""  # noqa: S608  # both halves are constants
