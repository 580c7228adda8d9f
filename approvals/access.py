"""Access words of projects and their permits."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from approvals.models import Project
from portal.cases.access import Rule, register
from portal.cases.models import Case
from portal.park import offices
from portal.park.acting import Actor
from portal.park.models import Enterprise, Team

PROJECT, PERMIT, PLEDGE, VERIFICATION, REVIEW, ASSISTANCE, ACTION_ITEM, UTILITY = (
    "approvals.project",
    "approvals.permit",
    "approvals.pledge",
    "approvals.verification",
    "approvals.capacity_review",
    "approvals.assistance",
    "approvals.action_item",
    "approvals.utility",
)
RECOVERY, RECOVERY_AGREEMENT, RECOVERY_COMPULSORY, LAND_APPROVAL, LAND_TASK = (
    "approvals.recovery",
    "approvals.recovery_agreement",
    "approvals.recovery_compulsory",
    "approvals.land_approval",
    "approvals.land_task",
)
LAND_OFFICE = offices.register(offices.Role("land_office", _("land office"), "development"))
SERVICE_CENTRE = offices.register(
    offices.Role("service_centre", _("enterprise service centre"), "enterprise_service")
)
# The project of a case: itself, or the case above it.
_PROJECT_OF = """
SELECT p.{column} FROM approvals_project p
WHERE p.{column} IS NOT NULL AND p.case_id IN (m.id, m.parent_id)
"""  # our own words


_PATHS: dict[str, tuple[str, ...]] = {
    PROJECT: ("project",),
    PERMIT: ("permit", "project"),
    PLEDGE: ("pledge", "permit", "project"),
    VERIFICATION: ("pledge", "permit", "project"),
    REVIEW: ("capacity_review", "project"),
    ASSISTANCE: ("assistance", "project"),
    ACTION_ITEM: ("action_item", "meeting", "project"),
    UTILITY: ("utility", "project"),
}


def project_of(case: Case) -> Project | None:
    """The project to which a case belongs, if it does."""
    found: Any = case
    for name in _PATHS.get(case.kind, ()):
        found = getattr(found, name)
    return found if found is not case else None


def _is_agent(actor: Actor, case: Case) -> bool:
    """帮代办: the named person may do for the enterprise what it does itself, but not decide."""
    if not actor.memberships:
        return False
    project = project_of(case)
    return project is not None and project.agent_id == actor.user.pk


def _has_role(actor: Actor, case: Case) -> bool:
    """One leader, one task force, one butler (dossier, section 1, row 53)."""
    project = project_of(case)
    if project is None:
        return False
    return actor.user.pk in (project.leader_id, project.butler_id) or project.task_force_id in actor.team_ids


def at_project_desk(actor: Actor) -> bool:
    """Task forces, windows, and the enterprise service centre (dossier, section 1, rows 10, 11, 25)."""
    kinds = (Team.Kind.TASK_FORCE, Team.Kind.WINDOW)
    return any(seat.kind in kinds for seat in actor.seats) or offices.sits_in(actor, SERVICE_CENTRE)


def at_land_desk(actor: Actor) -> bool:
    """The land office, and the task forces that work on land (dossier, section 1, rows 48 and 52)."""
    return any(seat.kind == Team.Kind.TASK_FORCE for seat in actor.seats) or offices.sits_in(
        actor, LAND_OFFICE
    )


def _opens_for(actor: Actor, enterprise: Enterprise | None, _kind: str) -> bool:
    return enterprise is not None and at_project_desk(actor)


register(Rule("filing_agent", _("filing agent"), _is_agent, _PROJECT_OF.format(column="agent_id")))
register(
    Rule("project_leader", _("leader of the project"), _has_role, _PROJECT_OF.format(column="leader_id"))
)
register(Rule("butler", _("butler"), _has_role, _PROJECT_OF.format(column="butler_id")))
register(
    Rule(
        "project_desk",
        _("task force or project window"),
        lambda _a, _c: False,
        opens=_opens_for,
        at_desk=at_project_desk,
    )
)
register(
    Rule(
        "land_desk",
        _("land office or task force"),
        lambda _a, _c: False,
        opens=lambda actor, _enterprise, _kind: at_land_desk(actor),
    )
)
