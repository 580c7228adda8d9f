"""Parcels: taken for a project and given back; the checklist of a land approval and its meetings."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from approvals.access import LAND_OFFICE, LAND_TASK
from approvals.actions.days import allow_until, wind_until
from approvals.models import Dispatch, LandApproval, LandTask, Parcel, Project, Recovery
from portal.cases import engine
from portal.cases.errors import Refused
from portal.cases.models import Case
from portal.cases.move import Move
from portal.park import offices
from portal.park.models import Team
from portal.worktime.clock import local


def land_team(_move: Move) -> Team:
    """The land office. Raises Refused where there is none."""
    team = offices.team_of(LAND_OFFICE)
    if team is None:
        raise Refused(_("There is no land office: ask the administrator to name one."))
    return team


def hold_parcel(parcel: Parcel) -> Parcel:
    """The parcel as it is now, locked until the move is written: two who want it come one after the other."""
    return Parcel.objects.select_for_update().get(pk=parcel.pk)


def take_parcel(parcel: Parcel, case: Case, on: date) -> None:
    """Give a parcel to a project. Raises Refused when it is not free (any more)."""
    held = hold_parcel(parcel)
    if number := _taken_by(held, case):
        told = {"parcel": held, "project": number}
        raise Refused(_("%(parcel)s is taken: it is assigned to %(project)s.") % told)
    if not Parcel.objects.ready().filter(pk=held.pk).exists():
        told = {"parcel": held, "status": held.get_status_display()}
        raise Refused(_("%(parcel)s cannot be given to a project: %(status)s.") % told)
    held.status, held.assigned_number = Parcel.Status.ASSIGNED, case.number
    held.save(update_fields=["status", "assigned_number"])
    last = Recovery.objects.filter(parcel=held, supplied_on=None).exclude(mode="").order_by("-pk").first()
    if last is not None:
        Recovery.objects.filter(pk=last.pk).update(supplied_on=on)


def _taken_by(parcel: Parcel, case: Case) -> str:
    """The number of the project that has it, "" for none. Whatever the register says, by a ledger or by the
    hand of an administrator: a project under way keeps its land."""
    under_way = Project.objects.filter(parcel=parcel, case__closed_at=None).exclude(pk=case.pk)
    number = under_way.values_list("case__number", flat=True).first()
    return number or (parcel.assigned_number if parcel.status == Parcel.Status.ASSIGNED else "")


def no_parcel(case: Case) -> None:
    if case.project.parcel_id is not None:
        raise Refused(_("The project has its parcel."))


def assign_parcel(move: Move) -> None:
    """地等项目: a parcel that is ready is given to the project that fits it."""
    project: Project = move.case.project
    parcel: Parcel = move.data["parcel"]
    take_parcel(parcel, move.case, local(move.now).date())
    project.parcel = parcel
    if project.land_mu is None:
        project.land_mu = parcel.area_mu
    move.keep(project)


def release_parcel(move: Move) -> None:
    """The parcel of a project that is given up waits for another one."""
    project: Project = move.case.project
    if project.parcel is None:
        return
    held = hold_parcel(project.parcel)
    if held.status != Parcel.Status.ASSIGNED or held.assigned_number != move.case.number:
        return
    held.status, held.assigned_number = Parcel.Status.AVAILABLE, ""
    held.save(update_fields=["status", "assigned_number"])


# 用地报批 -------------------------------------------------------------------------------------------


def create_land_approval(move: Move) -> None:
    parcel = hold_parcel(move.data["parcel"])
    if LandApproval.objects.filter(parcel=parcel, under_way=True).exists():
        raise Refused(_("The land approval of this parcel is under way already."))
    LandApproval.objects.create(case=move.case, parcel=parcel)
    move.case.title = _("Land approval of %(parcel)s") % {"parcel": parcel.name}


def add_lines(move: Move) -> None:
    """Each line becomes a case of the team that owns it; the teams see the whole."""
    for what, team, due_on in move.data["lines"]:
        move.participate(team.pk)
        engine.open_case(
            LAND_TASK,
            by=move.by,
            team=team,
            parent=move.case,
            data={"what": what, "due_on": due_on},
            now=move.now,
            inside=True,
        )


def create_land_task(move: Move) -> None:
    due_on = move.data["due_on"]
    LandTask.objects.create(case=move.case, approval_id=move.case.parent_id, due_on=due_on)
    allow_until(move, due_on)


def hold_dispatch(move: Move) -> None:
    """调度会: the minutes, and another day for the lines that were talked about, if one was agreed on."""
    if move.user is None:
        raise Refused(_("Only a person may do this."))
    meeting = Dispatch.objects.create(
        approval=move.case.land_approval,
        held_on=move.data["held_on"],
        present=move.data["present"],
        decided=move.data["decided"],
        new_due_on=move.data["new_due_on"],
        noted_by=move.user,
    )
    tasks = list(move.data["tasks"])
    meeting.tasks.set(tasks)
    if meeting.new_due_on is not None:
        for task in tasks:
            _move_day(move, task, meeting.new_due_on)


def _move_day(move: Move, task: LandTask, due_on: date) -> None:
    """Another day for an open line: its clock is wound to it, counted from when the line began."""
    line = engine.lock(task.case_id, by=move.by, now=move.now, inside=True)
    if line.stay is None or line.case.step != "doing":
        return  # reported meanwhile: there is nothing left to do by another day
    before, task.due_on = task.due_on, due_on
    line.keep(task)
    wind_until(line, due_on)
    line.log("moved_day", **{"from": str(before), "to": str(due_on)})
    line.tell("case.moved", "handler", transition="")
    line.save()


def report_land_task(move: Move) -> None:
    task: LandTask = move.case.land_task
    task.result = move.data["result"]
    move.keep(task)


def no_lines_open(case: Case) -> None:
    if case.children.open().exists():
        raise Refused(_("Lines of the checklist are still open."))


def end_land_approval(move: Move) -> None:
    approval: LandApproval = move.case.land_approval
    approval.under_way = False
    move.keep(approval)
