"""Leads: registered, moved on step by step, parked, lost, handed over."""

from __future__ import annotations

from investment.actions.duplicates import check_duplicates
from investment.models import Lead
from portal.cases.move import Move
from portal.park.models import Team
from portal.worktime.clock import local

# In the order in which a lead takes them (dossier, section 5).
STEPS = (
    "registration",
    "contact",
    "pre_review",
    "visits",
    "negotiation",
    "admission_review",
    "decision",
    "signing",
    "settlement",
    "start",
)
_ASKED = (
    "investor_name",
    "uscc",
    "source",
    "referrer",
    "region",
    "contact_name",
    "contact_phone",
    "industry",
    "content",
    "investment_amount",
    "is_key",
    "heat",
    "next_action",
    "next_action_on",
)


def task_force(move: Move) -> Team:
    team: Team = move.data["task_force"]
    return team


def create_lead(move: Move) -> None:
    """The first who registers an investor is protected. Raises Refused for the second.

    A team whose member brings a lead to a task force keeps sight of it.
    """
    given = move.data
    check_duplicates(given["uscc"], given["investor_name"], same_name=given["same_name"])
    Lead.objects.create(case=move.case, **{name: given[name] for name in _ASKED})
    if move.by and move.case.team_id not in move.by.team_ids:
        for team_id in move.by.team_ids:
            move.participate(team_id)


def plan(move: Move) -> None:
    """What is done next, and when."""
    _plan(move, move.case.lead)
    move.keep(move.case.lead)


def _plan(move: Move, lead: Lead) -> None:
    lead.next_action, lead.next_action_on = move.data["next_action"], move.data["next_action_on"]


def sign(move: Move) -> None:
    """The day of the contract and its amount: from here on the project counts as introduced."""
    lead: Lead = move.case.lead
    lead.signed_on, lead.investment_amount = move.data["signed_on"], move.data["investment_amount"]
    plan(move)


def settle(move: Move) -> None:
    """The investor has its licence: its code is that of the enterprise that was founded."""
    lead: Lead = move.case.lead
    lead.uscc = move.data["uscc"] or lead.uscc
    plan(move)


def go_back(move: Move) -> None:
    """Back by one step. A contract that is talked about again is not signed."""
    lead: Lead = move.case.lead
    move.target = STEPS[STEPS.index(move.case.step) - 1]
    if move.target == "signing":
        lead.signed_on = None
    plan(move)


def park(move: Move) -> None:
    """转储备: the clock stands still; the next action is to look again."""
    lead: Lead = move.case.lead
    lead.next_action, lead.next_action_on = move.data["reason"][:200], move.data["look_again_on"]
    move.keep(lead)


def take_up(move: Move) -> None:
    """To where it was before it was parked, or to the first contact."""
    before = move.case.stays.exclude(step="parked").order_by("-seq").values_list("step", flat=True).first()
    move.target = before if before and move.data["where"] == "back" else "contact"
    plan(move)


def lose(move: Move) -> None:
    """A contract that came to nothing does not count as signed; the timeline keeps that it was."""
    lead: Lead = move.case.lead
    lead.lost_on, lead.signed_on = local(move.now).date(), None
    lead.lost_cause, lead.lost_reason = move.data["cause"], move.data["reason"]
    hand_over(move)


def hand_over(move: Move) -> None:
    """The loop is closed: nothing is to be done next."""
    lead: Lead = move.case.lead
    lead.next_action, lead.next_action_on = "", None
    move.keep(lead)
