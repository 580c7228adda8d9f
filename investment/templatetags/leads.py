"""What the page of a lead shows beside its own row."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from investment.access import own_task_forces
from investment.actions import gates, idling, opinions, panel
from investment.models import Activity, Assessment, Commitment, Contract, Lead
from portal.accounts.models import Duty, User
from portal.cases.access import visible_to
from portal.cases.models import Light
from portal.names import local_name
from portal.park.acting import Actor
from portal.worktime.clock import Calendar, local
from portal.worktime.now import now

register = template.Library()
IDLE_LIGHTS = (Light.OK, Light.WARN, Light.LATE, Light.LATE)


@register.simple_tag
def lead_gates(lead: Lead) -> list[str]:
    """What is missing for the next step."""
    return gates.missing(lead) if lead.case.is_open else []


@register.simple_tag
def lead_opinions(lead: Lead) -> list[dict[str, Any]]:
    """The opinions of the departments, with who is asked."""
    return [
        {"opinion": opinion, "case": opinion.case, "light": opinion.case.light(now()).value}
        for opinion in opinions.latest(lead).values()
    ]


@register.simple_tag(takes_context=True)
def lead_panel(context: Context, lead: Lead) -> dict[str, Any]:
    """The sheets of the present review; the points only for who leads, and when all are in."""
    given = panel.sheets(lead)
    over = bool(given) and not any(sheet.case.is_open for sheet in given)
    reads = _leads(_actor(context), lead.case.team_id)
    return {"sheets": given, "points": over and reads, "average": panel.average(given) if over else None}


@register.simple_tag(takes_context=True)
def may_read_sheet(context: Context, sheet: Assessment) -> bool:
    """Whose sheet it is, and who leads the task force or the park."""
    actor = _actor(context)
    return sheet.reviewer_id == actor.user.pk or _leads(actor, sheet.lead.case.team_id)


def _leads(actor: Actor, team_id: int) -> bool:
    return actor.holds(Duty.LEADER, Duty.SUPERVISOR, Duty.AUDITOR) or team_id in actor.headed_team_ids


@register.simple_tag
def lead_contract(lead: Lead) -> dict[str, Any] | None:
    """The contract, and its commitments with their lights."""
    found = Contract.objects.filter(lead=lead).first()
    if found is None:
        return None
    today = local(now()).date()
    lines = [{"commitment": c, "light": c.light(today)} for c in Commitment.objects.filter(contract=found)]
    return {"contract": found, "lines": lines}


@register.simple_tag
def lead_light(lead: Lead, calendar: Calendar) -> dict[str, Any] | None:
    """How long nobody has done anything for it, in working days, with the light of the rule."""
    if not lead.case.is_open or lead.case.step in idling.AWAY:
        return None
    moment = now()
    level = sum(lead.last_action_at < cutoff for cutoff in idling.cutoffs(moment, calendar))
    days = calendar.working_days_between(local(lead.last_action_at).date(), local(moment).date())
    return {"days": max(0, days), "light": IDLE_LIGHTS[level].value}


@register.simple_tag
def lead_protection(lead: Lead) -> bool:
    """Whether the first who registered it is protected today."""
    return lead.protected_until is not None and lead.protected_until >= local(now()).date()


@register.simple_tag
def lead_circle(lead: Lead) -> list[User]:
    """Who may know of it, where it is confidential."""
    if not lead.case.confidential:
        return []
    return list(User.objects.filter(circles__case=lead.pk).order_by("display_name", "id"))


@register.simple_tag(takes_context=True)
def may_claim_lead(context: Context, lead: Lead) -> bool:
    """Whether the person works in another task force than the one that has it."""
    own = own_task_forces(_actor(context))
    return lead.case.is_open and lead.case.step != "pool" and bool(set(own) - {lead.case.team_id})


@register.simple_tag(takes_context=True)
def known_leads(context: Context, activity: Activity) -> list[Lead]:
    """The leads of an activity of which the reader may know."""
    seen = visible_to(_actor(context)).filter(pk__in=activity.leads.values("pk"))
    return list(Lead.objects.filter(case__in=seen).select_related("case").order_by("pk"))


@register.simple_tag(takes_context=True)
def may_register_of(context: Context, activity: Activity) -> bool:
    """Whether the reader works in its task force, and it has begun and was not called off."""
    begun = activity.begins_on <= local(now()).date() and activity.case.outcome != "called_off"
    return begun and activity.case.team_id in own_task_forces(_actor(context))


@register.simple_tag(takes_context=True)
def lead_origin(context: Context, lead: Lead) -> Activity | None:
    """The activity out of which it came, where the reader may know of it."""
    if lead.born_of_id is None:
        return None
    seen = visible_to(_actor(context)).filter(pk=lead.born_of_id)
    return Activity.objects.filter(case__in=seen).select_related("case").first()


@register.filter
def named(line: dict[str, Any]) -> str:
    """The name of a line of a sheet, in the reader's language."""
    return local_name(str(line.get("name", "")), str(line.get("name_en", "")))


def _actor(context: Context) -> Actor:
    actor: Actor = context["request"].actor
    return actor
