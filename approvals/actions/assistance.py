"""帮代办: the visit at the enterprise, its authorisation, and what the agent does for it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from approvals.access import ASSISTANCE, SERVICE_CENTRE
from approvals.actions.around import around
from approvals.models import AgentTask, Assistance, Project
from portal.cases import engine
from portal.cases.errors import Refused
from portal.cases.models import Case
from portal.cases.move import Move
from portal.park import offices


def offer_assistance(move: Move) -> None:
    """Land is bought: the service centre comes by itself and explains all approvals (dossier, row 11).

    Nothing happens where it is at work already. Within a move of the project.
    """
    if Assistance.objects.filter(project=move.case.pk, ended_at=None).exists():
        return
    team = offices.team_of(SERVICE_CENTRE) or move.case.team
    engine.open_case(
        ASSISTANCE,
        by=move.by,
        enterprise=move.case.enterprise,
        team=team,
        parent=move.case,
        now=move.now,
        inside=True,
    )


def no_assistance(case: Case) -> None:
    if around(case.project)[0]:
        raise Refused(_("There is assistance for this project already."))


def create_assistance(move: Move) -> None:
    project = Project.objects.select_related("case").get(pk=move.case.parent_id or 0)
    Assistance.objects.create(case=move.case, project=project)
    # In no language: what it is stands beside it, and tells one project from another in a list.
    move.case.title = project.case.title


def record_visit(move: Move) -> None:
    assistance: Assistance = move.case.assistance
    assistance.agent = move.data["agent"]
    assistance.visited_on, assistance.visit_note = move.data["visited_on"], move.data["visit_note"]
    move.keep(assistance)


def authorise(move: Move) -> None:
    """From now on the agent files for the enterprise; what it may do ends with the assistance."""
    assistance: Assistance = move.case.assistance
    if assistance.agent is None:
        raise Refused(_("No agent has been named."))
    assistance.authorised_at = move.now
    assistance.authorisation = move.data["paper"]
    move.keep(assistance)
    if assistance.authorisation is not None:
        engine.attach_in(move, assistance.authorisation)
    move.assign(assistance.agent)
    _set_agent(move, assistance.agent_id)


def change_agent(move: Move) -> None:
    """替代: leave or a change of post; the enterprise is told, its authorisation holds for the service."""
    assistance: Assistance = move.case.assistance
    assistance.agent = move.data["agent"]
    move.keep(assistance)
    move.assign(assistance.agent)
    _set_agent(move, assistance.agent_id)


def _set_agent(move: Move, agent_id: int | None) -> None:
    """The case of the project above is locked along with this one."""
    Project.objects.filter(pk=move.case.parent_id).update(agent=agent_id)
    if agent_id is not None:
        above = engine.lock(move.case.parent_id or 0, by=move.by, now=move.now, inside=True)
        above.participate(move.case.team_id)


def add_task(move: Move) -> None:
    AgentTask.objects.create(
        assistance=move.case.assistance, what=move.data["what"], due_on=move.data["due_on"]
    )


def tasks_open(case: Case) -> None:
    if not AgentTask.objects.filter(assistance=case.pk, done_at=None).exists():
        raise Refused(_("No task is open."))


def finish_task(move: Move) -> None:
    task: AgentTask = move.data["task"]
    task.done_at, task.done_by, task.note = move.now, move.user, move.data["note"]
    task.save(update_fields=["done_at", "done_by", "note"])


def end_assistance(move: Move) -> None:
    """Done, declined or revoked: nobody files for the enterprise any more."""
    assistance: Assistance = move.case.assistance
    assistance.ended_at = move.now
    move.keep(assistance)
    _set_agent(move, None)
