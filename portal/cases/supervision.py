"""Supervision orders (督办单) issued by the sweep, set-based: one open order per late case."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from portal.cases import standards
from portal.cases.declaration import flow_of
from portal.cases.flow import SUPERVISION
from portal.cases.models import Trigger
from portal.notices.outbox import DELIVER
from portal.worktime.clock import Calendar

_ISSUE = f"""
WITH late AS (
    SELECT c.id, c.title, c.enterprise_id, c.team_id, c.assignee_id, c.sealed, c.alert_level,
           nextval(pg_get_serial_sequence('cases_case', 'id')) AS child_id,
           %(prefix)s || %(day)s || '-' || lpad(nextval('cases_number_seq')::text, 6, '0') AS number
    FROM cases_case c
    WHERE c.id = ANY(%(ids)s) AND NOT EXISTS (
        SELECT 1 FROM cases_case k
        WHERE k.parent_id = c.id AND k.kind = %(kind)s AND k.closed_at IS NULL)
), child AS (
    INSERT INTO cases_case (
        id, number, kind, step, title, grade, urgent, sealed, holder, enterprise_id, parent_id, team_id,
        standard_id, opened_at, entered_at, promise_unit, warn_at, due_at, next_alert_at, alert_level,
        pause_count, outcome, stay_seq, event_seq, event_hash, version)
    SELECT child_id, number, %(kind)s, %(step)s, left(%(label)s || ' · ' || title, 200), '', false, sealed,
           'department', enterprise_id, id, team_id, %(standard)s, %(now)s, %(now)s, 'wd', %(warn_at)s,
           %(due_at)s, %(next_alert_at)s, 0, 0, '', 1, 1,
           cases_event_hash('', child_id, 1, 'opened', NULL, %(now)s, %(data)s::jsonb), 1
    FROM late
    RETURNING id, parent_id, number, title, kind, step, team_id, event_hash
), stay AS (
    INSERT INTO cases_steplog (case_id, seq, step, team_id, holder, entered_at, left_via,
                               limit_amount, limit_unit, due_at)
    SELECT id, 1, step, team_id, 'department', %(now)s, '', %(amount)s, %(unit)s, %(due_at)s FROM child
), facts AS (
    INSERT INTO cases_supervisionorder (case_id, level, demand, reply)
    SELECT late.child_id, late.alert_level, '', '' FROM late
), sight AS (
    INSERT INTO cases_participant (case_id, team_id) SELECT id, team_id FROM child
), event AS (
    INSERT INTO cases_event (case_id, seq, verb, actor_id, data, at, previous_hash, hash)
    SELECT id, 1, 'opened', NULL, %(data)s::jsonb, %(now)s, '', event_hash FROM child
), told AS MATERIALIZED (
    SELECT m.user_id, child.id AS case_id, 'case.opened' AS key, 'progress' AS kind,
           jsonb_build_object('number', child.number, 'title', child.title, 'kind', child.kind,
                              'step', child.step) AS params,
           false AS urgent
    FROM child
    JOIN late ON late.child_id = child.id
    JOIN park_membership m ON m.team_id = child.team_id
    WHERE m.role = 'head' OR late.assignee_id IS NULL OR m.user_id = late.assignee_id
), announced AS MATERIALIZED (
    SELECT child.team_id, child.id AS case_id, 'case.opened' AS key, 'progress' AS kind,
           jsonb_build_object('number', child.number, 'kind', child.kind, 'step', child.step) AS params,
           false AS urgent
    FROM child JOIN late ON late.child_id = child.id WHERE NOT late.sealed
), {DELIVER}
SELECT 1
"""  # noqa: S608  # all parts are constants


def issue(case_ids: Sequence[int], now: datetime) -> None:
    """Issue an order for each of these locked, late cases that has none open."""
    if not case_ids:
        return
    flow, calendar = flow_of(SUPERVISION), Calendar.current()
    standard = standards.standard(standards.current_id(SUPERVISION))
    limit = standard.limit(flow.opening.step, "")
    if limit is None:
        raise LookupError("the supervision order has no time limit")
    due_at, warn_at = calendar.due_at(now, limit, []), calendar.warn_at(now, limit, [])
    rung = standard.next_rung("department", 0)
    next_alert_at = None
    if rung is not None:
        moment = warn_at if rung.trigger == Trigger.WARN else calendar.rung_at(due_at, rung.offset_days)
        next_alert_at = calendar.next_alert_moment(moment)
    amount: Decimal = limit.amount
    with connection.cursor() as cursor:
        cursor.execute(
            _ISSUE,
            {
                "ids": list(case_ids),
                "kind": flow.kind,
                "prefix": flow.prefix,
                "label": str(flow.label),
                "day": f"{timezone.localtime(now):%Y%m%d}",
                "step": flow.opening.step,
                "standard": standard.id,
                "now": now,
                "due_at": due_at,
                "warn_at": warn_at,
                "next_alert_at": next_alert_at,
                "amount": amount,
                "unit": limit.unit,
                "data": json.dumps({"step": flow.opening.step}),
            },
        )
