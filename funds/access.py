"""Access words of claims and of what is paid; offices that the rules of this domain know."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from funds.models import Policy
from portal.accounts.models import Duty
from portal.cases.access import Rule, register
from portal.cases.models import Case
from portal.park import offices
from portal.park.acting import Actor
from portal.park.models import Membership, Team

CLAIM, PLAN, RECOVERY = "funds.claim", "funds.plan", "funds.recovery"

POLICY_WINDOW = offices.register(offices.Role("policy_window", _("policy delivery window"), "window_policy"))
FINANCE_OFFICE = offices.register(offices.Role("finance_office", _("finance office"), "finance"))

# Whose teams can look after a policy.
KEEPERS = (Team.Kind.DEPARTMENT, Team.Kind.FINANCE)
_OWNER = """
SELECT g.user_id FROM park_agency g WHERE g.enterprise_id = m.enterprise_id AND g.role = 'owner'
"""


def _owns(actor: Actor, case: Case) -> bool:
    return actor.owns(case.enterprise_id)


# 企业法人/管理员 signs; an agent prepares and does not (dossier, section 7).
register(Rule("owner", _("owner of the enterprise"), _owns, _OWNER))


def in_finance(actor: Actor) -> bool:
    """财政/资金专员."""
    return offices.sits_in(actor, FINANCE_OFFICE)


def leads_finance(actor: Actor) -> bool:
    """The head of the finance office."""
    code = offices.code_of(FINANCE_OFFICE)
    return any(seat.team_code == code and seat.role == Membership.Role.HEAD for seat in actor.seats)


def sees_all_money(actor: Actor) -> bool:
    """Plans, files and every budget: the finance office, and those who oversee the park."""
    return in_finance(actor) or actor.holds(Duty.LEADER, Duty.SUPERVISOR, Duty.AUDITOR)


def bars_enterprises(actor: Actor) -> bool:
    """Who enters bars to payments: supervision, the policy delivery window, and departments with policies."""
    if actor.holds(Duty.SUPERVISOR) or offices.sits_in(actor, POLICY_WINDOW):
        return True
    return bool(actor.team_ids) and Policy.objects.filter(team__in=actor.team_ids).exists()


def finance_team() -> Team | None:
    """The team that pays; None where the park has named none."""
    return offices.team_of(FINANCE_OFFICE)


register(
    Rule(
        "finance",
        _("finance office"),
        lambda actor, _case: in_finance(actor),
        opens=lambda actor, _enterprise, _kind: in_finance(actor),
    )
)


# Policies are looked after by administrators and by the department that each belongs to (dossier, section 3,
# step 1); what is published there was written by another person.


def keeps_policies(actor: Actor) -> bool:
    """Whether the person may look after policies at all."""
    return actor.holds(Duty.ADMINISTRATOR) or any(seat.kind in KEEPERS for seat in actor.seats)


def edits_policy(actor: Actor, policy: Policy) -> bool:
    """Whether this one is the person's to look after."""
    return actor.holds(Duty.ADMINISTRATOR) or (keeps_policies(actor) and policy.team_id in actor.team_ids)


def kept_policies(actor: Actor) -> QuerySet[Policy]:
    """The policies that the person looks after."""
    if actor.holds(Duty.ADMINISTRATOR):
        return Policy.objects.all()
    return Policy.objects.filter(team__in=actor.team_ids) if keeps_policies(actor) else Policy.objects.none()
