"""Owners are told of a policy that fits them, and of one whose window closes: once each, by one statement.

What was told is marked by the statement that tells it: a job that runs twice, or after a week, tells once.
From here too, as it belongs to no case: that somebody has proposed an account.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from funds.models import BankAccount
from portal.accounts.models import User
from portal.notices import outbox
from portal.notices.outbox import DELIVER
from portal.notices.texts import kind_of
from portal.park.models import Agency
from portal.worktime.clock import local

FITS, CLOSES, PROPOSED = "funds.fits", "funds.closes", "funds.account_proposed"
CLOSING_DAYS = 14
_UNCLAIMED = """NOT EXISTS (
    SELECT 1 FROM funds_claim c
    WHERE c.enterprise_id = m.enterprise_id AND c.policy_id = m.policy_id AND c.live)"""
_TELL = """
WITH due AS (
    UPDATE funds_match m SET {mark}
    FROM funds_policyversion v, funds_policy p
    WHERE v.id = m.version_id AND p.id = m.policy_id AND p.active AND m.verdict = 'met'
      AND v.opens_on <= %(today)s AND (v.closes_on IS NULL OR v.closes_on >= %(today)s) AND {unless}
    RETURNING m.enterprise_id, m.policy_id, v.closes_on, p.code, p.title, p.title_en
), told AS MATERIALIZED (
    SELECT g.user_id, NULL::bigint AS case_id, %(key)s::text AS key, %(kind)s::text AS kind,
           jsonb_build_object(
               'enterprise', e.name, 'enterprise_en', e.name_en, 'count', count(*),
               'title', (array_agg(m.title ORDER BY m.closes_on, m.code))[1],
               'title_en', (array_agg(m.title_en ORDER BY m.closes_on, m.code))[1],
               'until', min(m.closes_on)) AS params,
           false AS urgent
    FROM due m
    JOIN park_enterprise e ON e.id = m.enterprise_id
    JOIN park_agency g ON g.enterprise_id = m.enterprise_id AND g.role = 'owner'
     AND (g.expires_on IS NULL OR g.expires_on >= %(today)s)
    WHERE {unclaimed}
    GROUP BY g.user_id, e.id
), announced AS MATERIALIZED (
    SELECT NULL::bigint AS team_id, NULL::bigint AS case_id, ''::text AS key, ''::text AS kind,
           '{{}}'::jsonb AS params, false AS urgent WHERE false
), {deliver}
SELECT (SELECT count(*) FROM told), coalesce(bool_or(channel = 'email'), false) FROM delivery WHERE due
"""
_FITS = _TELL.format(
    mark="told_at = %(now)s", unless="m.told_at IS NULL", unclaimed=_UNCLAIMED, deliver=DELIVER
)
_CLOSES = _TELL.format(
    mark="told_of_end = v.closes_on",
    unless="v.closes_on <= %(soon)s AND m.told_of_end IS DISTINCT FROM v.closes_on",
    unclaimed=_UNCLAIMED,
    deliver=DELIVER,
)


def tell(now: datetime) -> int:
    """Tell owners what is new for them; how many notices. Relies on the verdicts as they are kept."""
    today = local(now).date()
    given = {"now": now, "today": today, "soon": today + timedelta(days=CLOSING_DAYS)}
    told = 0
    for key, text in ((FITS, _FITS), (CLOSES, _CLOSES)):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(text, {**given, "key": key, "kind": kind_of(key)})
            count, mail = cursor.fetchone()
            told += count
            outbox.kick_at_commit(mail=mail, posts=False)
    return told


def tell_of_account(account: BankAccount, by: User | None, now: datetime) -> None:
    """The owner hears of an account that somebody else has named, without its number."""
    enterprise = account.enterprise
    params = {
        "enterprise": enterprise.name,
        "enterprise_en": enterprise.name_en,
        "who": str(by or ""),
        "account": account.masked,
        "bank": account.bank,
    }
    holds = Q(expires_on=None) | Q(expires_on__gte=local(now).date())
    owners = Agency.objects.filter(holds, enterprise=enterprise, role=Agency.Role.OWNER)
    outbox.tell(owners.values_list("user", flat=True), PROPOSED, params, now=now)
