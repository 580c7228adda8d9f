"""Leads: registered, moved on step by step, parked, lost, handed over."""

from __future__ import annotations

from datetime import timedelta

from investment.actions import contracts, opinions, settlement
from investment.actions.duplicates import check_duplicates
from investment.models import PROTECTED_DAYS, Lead
from portal.cases import circle
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
    "envoy",
    "agent",
    "region",
    "contact_name",
    "contact_phone",
    "industry",
    "content",
    "investment_amount",
    "land_mu",
    "plant_m2",
    "load_kva",
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

    A team whose member brings a lead to a task force keeps sight of it. Who wants it confidential and is not
    of the task force is of its circle all the same.
    """
    given = move.data
    check_duplicates(
        given["uscc"], given["investor_name"], same_name=given["same_name"], by=move.by, now=move.now
    )
    lead = Lead(case=move.case, **{name: given[name] for name in _ASKED})
    protect(lead, move)
    lead.born_of = given.get("born_of")
    lead.save(force_insert=True)
    if lead.born_of is not None:
        lead.born_of.leads.add(lead)
    if move.by and move.case.team_id not in move.by.team_ids:
        for team_id in move.by.team_ids:
            move.participate(team_id)
    if given["confidential"]:
        circle.close(move.case, circle.heads(move.case.team), move.now)


def protect(lead: Lead, move: Move) -> None:
    """首报保护: from today on the investor is this task force's."""
    lead.protected_until = local(move.now).date() + timedelta(days=PROTECTED_DAYS)
    touch(lead, move)


def touch(lead: Lead, move: Move) -> None:
    """Somebody did something for the lead: it idles anew from here on."""
    lead.last_action_at, lead.idle_level = move.now, 0


def plan(move: Move) -> None:
    """What is done next, and when."""
    lead: Lead = move.case.lead
    lead.next_action, lead.next_action_on = move.data["next_action"], move.data["next_action_on"]
    touch(lead, move)
    move.keep(lead)


def note(move: Move) -> None:
    """Something was done that changes nothing of the plan."""
    lead: Lead = move.case.lead
    touch(lead, move)
    move.keep(lead)


def begin_pre_review(move: Move) -> None:
    """After the first contact the five departments are asked at once."""
    opinions.ask_missing(move)
    plan(move)


def sign(move: Move) -> None:
    """The contract with its commitments: from here on the project counts as introduced."""
    lead: Lead = move.case.lead
    lead.signed_on, lead.investment_amount = move.data["signed_on"], move.data["investment_amount"]
    contracts.keep_contract(lead, dict(move.data))
    plan(move)


def settle(move: Move) -> None:
    """The investor has settled: the project is opened, and the butler goes on with it."""
    settlement.settle(move)
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
    touch(lead, move)
    move.keep(lead)


def take_up(move: Move) -> None:
    """To where it was before it was parked, or to the first contact: then it is not signed any more."""
    move.target = _before(move, "parked") if move.data["where"] == "back" else "contact"
    if move.target in STEPS[: STEPS.index("signing") + 1]:
        move.case.lead.signed_on = None
    plan(move)


def take(move: Move) -> None:
    """From the pool, for one's own task force: protected anew, where it was before."""
    lead: Lead = move.case.lead
    lead.pooled_at = None
    protect(lead, move)
    move.route(move.data["task_force"])
    move.assign(move.user)
    move.target = _before(move, "pool")
    plan(move)


def _before(move: Move, step: str) -> str:
    """The step in which the lead was before; the first contact where it was in none."""
    steps = move.case.stays.exclude(step__in=(step, "parked", "pool")).order_by("-seq")
    return steps.values_list("step", flat=True).first() or "contact"


def lose(move: Move) -> None:
    """A contract that came to nothing does not count as signed; the timeline keeps that it was."""
    lead: Lead = move.case.lead
    lead.lost_on, lead.signed_on = local(move.now).date(), None
    lead.lost_cause, lead.lost_reason = move.data["cause"], move.data["reason"]
    lead.double_of = move.data["double_of"]
    close_loop(move)


def close_loop(move: Move) -> None:
    """闭环: nothing is to be done next."""
    lead: Lead = move.case.lead
    lead.next_action, lead.next_action_on = "", None
    touch(lead, move)
    move.keep(lead)
