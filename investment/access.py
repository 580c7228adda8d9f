"""Access words of leads, and the offices that their rules speak of."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Duty
from portal.cases.access import SEES_ALL, Rule, register
from portal.cases.models import Case
from portal.park import offices
from portal.park.acting import Actor
from portal.park.models import Team

LEAD, ACTIVITY, OPINION, ASSESSMENT, RIVALRY = (
    "investment.lead",
    "investment.activity",
    "investment.opinion",
    "investment.assessment",
    "investment.rivalry",
)
# What a lead becomes: a kind of another domain, known by its name only.
PROJECT = "approvals.project"
# Who they are is the park's own register; the codes are those of the demonstration park.
INVESTMENT_OFFICE = offices.register(
    offices.Role("investment_office", _("investment promotion office"), "science")
)
# 研判预审 by five departments in parallel (dossier, section 5, step 3).
OPINION_OFFICES = {
    "industry": offices.register(offices.Role("opinion_industry", _("opinion on the industry"), "science")),
    "environment": offices.register(
        offices.Role("opinion_environment", _("opinion on the environment"), "ecology")
    ),
    "safety": offices.register(offices.Role("opinion_safety", _("opinion on safety"), "emergency")),
    "energy": offices.register(offices.Role("opinion_energy", _("opinion on energy"), "development_reform")),
    "land": offices.register(
        offices.Role("opinion_land", _("opinion on land and planning"), "natural_resources")
    ),
}


def registers_leads(actor: Actor) -> bool:
    """全员大招商: everybody who works in a team of the park, and its leaders (dossier, section 1, row 60).

    Banks work with the park and not for it: they bring a lead to somebody.
    """
    return actor.holds(Duty.LEADER) or any(seat.kind != Team.Kind.BANK for seat in actor.seats)


def own_task_forces(actor: Actor) -> list[int]:
    """The task forces in which the person works."""
    return [seat.team_id for seat in actor.seats if seat.kind == Team.Kind.TASK_FORCE]


def follows_investment(actor: Actor) -> bool:
    """Who reads bulletins and rankings: the task forces, the investment office, leaders and who oversees."""
    inside = bool(own_task_forces(actor)) or offices.sits_in(actor, INVESTMENT_OFFICE)
    return inside or actor.holds(*SEES_ALL)


def steers_investment(actor: Actor) -> bool:
    """Who issues bulletins and rankings: the investment office, and the leaders."""
    return actor.holds(Duty.LEADER) or offices.sits_in(actor, INVESTMENT_OFFICE)


def _assesses(actor: Actor, case: Case) -> bool:
    """A sheet is its reviewer's, whoever leads the team."""
    return case.assessment.reviewer_id == actor.user.pk


_OFFICE_PEOPLE = f"""
SELECT t.user_id FROM park_membership t JOIN park_team f ON f.id = t.team_id
WHERE f.code = coalesce((
    SELECT o.code FROM park_office r JOIN park_team o ON o.id = r.team_id
    WHERE r.role = '{INVESTMENT_OFFICE.name}'), '{INVESTMENT_OFFICE.code}')
"""  # noqa: S608  # our own words
register(
    Rule(
        "any_staff",
        _("any member of staff"),
        lambda _a, _c: False,
        opens=lambda actor, _enterprise, _kind: registers_leads(actor),
    )
)
register(
    Rule(
        "task_forces",
        _("members of a task force"),
        lambda actor, _case: bool(own_task_forces(actor)),
        "SELECT t.user_id FROM park_membership t JOIN park_team f ON f.id = t.team_id "
        "WHERE f.kind = 'task_force' AND f.active",
        opens=lambda actor, _enterprise, _kind: bool(own_task_forces(actor)),
    )
)
register(
    Rule(
        "investment_office",
        _("investment promotion office"),
        lambda actor, _case: offices.sits_in(actor, INVESTMENT_OFFICE),
        _OFFICE_PEOPLE,
    )
)
register(
    Rule(
        "assessor",
        _("the reviewer named"),
        _assesses,
        "SELECT a.reviewer_id FROM investment_assessment a WHERE a.case_id = m.id",
    )
)
register(
    Rule(
        "claimant",
        _("who claims it"),
        lambda actor, case: case.rivalry.claimant_id in actor.team_ids,
        "SELECT t.user_id FROM park_membership t JOIN investment_rivalry r ON r.claimant_id = t.team_id "
        "WHERE r.case_id = m.id",
    )
)
