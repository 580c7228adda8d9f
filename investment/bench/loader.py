"""Leads for the bench: one among ten cases, over four years, of seven task forces, one in twenty open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from investment.access import LEAD
from portal.accounts.models import Duty, DutyGrant, User
from portal.bench.loader import NOW
from portal.bench.measure import sql
from portal.cases import standards
from portal.cases.models import Case
from portal.park.models import Membership, Team

if TYPE_CHECKING:
    from portal.bench.budgets import Bench

LEADS_PER_ROW = 10  # of a hundred cases
TASK_FORCES = 7
_CASES = """
INSERT INTO cases_case (
    number, kind, step, title, grade, urgent, sealed, holder, team_id, standard_id, opened_at, entered_at,
    promise_unit, warn_at, due_at, alert_level, pause_count, closed_at, outcome, used_days, elapsed_days, stay_seq,
    event_seq, event_hash, version)
SELECT 'BL' || lpad(n::text, 8, '0'), %(kind)s,
       CASE WHEN n %% 20 = 0 THEN (ARRAY['contact', 'pre_review', 'visits', 'negotiation', 'decision'])[1 + n / 20 %% 5]
            WHEN n %% 3 = 0 THEN 'lost' ELSE 'handed_over' END,
       '年产' || n || '套部件项目', '', false, false, 'department', (%(teams)s::bigint[])[1 + n %% 7], %(standard)s,
       o.at, o.at, 'wd',
       CASE WHEN n %% 20 = 0 THEN %(now)s::timestamptz + (n %% 9 - 3) * interval '1 day' END,
       CASE WHEN n %% 20 = 0 THEN %(now)s::timestamptz + (n %% 9 - 2) * interval '1 day' END, 0, 0,
       CASE WHEN n %% 20 > 0 THEN o.at + interval '90 days' END,
       CASE WHEN n %% 20 = 0 THEN '' WHEN n %% 3 = 0 THEN 'lost' ELSE 'handed_over' END,
       CASE WHEN n %% 20 > 0 THEN 60 END, CASE WHEN n %% 20 > 0 THEN 90 END, 1, 1, 'x', 2
FROM generate_series(%(first)s::int, %(last)s::int) n
CROSS JOIN LATERAL (SELECT %(now)s::timestamptz - (n %% 1400) * interval '1 day' - n * interval '1 second' AS at) o
"""
_LEADS = """
INSERT INTO investment_lead (
    case_id, investor_name, uscc, source, referrer, region, contact_name, contact_phone, industry, chain_link,
    content, process, investment_amount, land_mu, discharge, eia_class, competing, site_wanted, wishes, is_key,
    is_top500, top500_list, is_xiang_returning, xiang_evidence, heat, next_action, next_action_on, protected_until,
    last_action_at, idle_level, signed_on, lost_on, lost_cause, lost_reason)
SELECT c.id, '投资方' || c.number || '（测量）', '', (ARRAY['trip', 'self', 'envoy'])[1 + c.id %% 3], '', '', '', '',
       '行业' || c.id %% 20, '', '', '', 1000000 * (1 + c.id %% 900), CASE WHEN c.id %% 3 > 0 THEN c.id %% 500 END,
       '', '', '', '', '', c.id %% 50 = 0, false, '', c.id %% 7 = 0, '', (ARRAY['A', 'B', 'C'])[1 + c.id %% 3],
       CASE WHEN c.closed_at IS NULL THEN '回访' ELSE '' END,
       CASE WHEN c.closed_at IS NULL THEN %(now)s::date + (c.id %% 30)::int - 10 END,
       c.opened_at::date + 60, c.opened_at, CASE WHEN c.closed_at IS NULL THEN c.id %% 3 ELSE 0 END,
       CASE WHEN c.outcome = 'handed_over' THEN c.closed_at::date END,
       CASE WHEN c.outcome = 'lost' THEN c.closed_at::date END,
       CASE WHEN c.outcome = 'lost' THEN 'silent' ELSE '' END, CASE WHEN c.outcome = 'lost' THEN '无回音' ELSE '' END
FROM cases_case c WHERE c.kind = %(kind)s AND c.id > %(after)s
"""
_AROUND = """
INSERT INTO cases_steplog (case_id, seq, step, team_id, holder, entered_at, left_at, left_via, limit_unit, due_at)
SELECT id, 1, CASE WHEN closed_at IS NULL THEN step ELSE 'contact' END, team_id, 'department', opened_at, closed_at,
       '', '', due_at
FROM cases_case WHERE kind = %(kind)s AND id > %(after)s;
INSERT INTO cases_event (case_id, seq, verb, data, at, previous_hash, hash)
SELECT id, 1, 'imported', '{}', opened_at, '', 'x' FROM cases_case WHERE kind = %(kind)s AND id > %(after)s;
INSERT INTO cases_participant (case_id, team_id)
SELECT id, team_id FROM cases_case WHERE kind = %(kind)s AND id > %(after)s
"""


class Leads:
    """The leads of the bench, as they grow, with a member of one task force and a leader."""

    def __init__(self) -> None:
        self.count = 0
        self.teams = Team.objects.bulk_create(
            Team(code=f"benchforce{n}", name=f"测量专班{n}", kind=Team.Kind.TASK_FORCE)
            for n in range(TASK_FORCES)
        )
        self.leader = User.objects.create(username="leadleader", display_name="leadleader")
        DutyGrant.objects.create(user=self.leader, duty=Duty.LEADER)
        self.member = User.objects.create(username="leadmember", display_name="leadmember")
        Membership.objects.create(user=self.member, team=self.teams[0])

    def grow(self, size: int) -> None:
        """To so many for each hundred of cases."""
        wanted = size * LEADS_PER_ROW
        if wanted <= self.count:
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(max(id), 0) FROM cases_case")
            values: dict[str, Any] = {
                "after": cursor.fetchone()[0], "kind": LEAD, "first": self.count, "last": wanted - 1,
                "teams": [team.pk for team in self.teams], "now": NOW, "standard": standards.current_id(LEAD),
            }  # fmt: skip
            for statements in (_CASES, _LEADS, _AROUND):
                cursor.execute(statements, values)
        self.count = wanted
        sql("VACUUM ANALYZE")

    def own(self) -> Case:
        """An open lead of the member's task force."""
        return Case.objects.filter(kind=LEAD, team=self.teams[0], closed_at=None).earliest("pk")


def leads(bench: Bench) -> Leads:
    """The leads of this run, made when they are first asked for."""
    made: Leads = bench.parts.setdefault(LEAD, None) or Leads()
    bench.parts[LEAD] = made
    return made
