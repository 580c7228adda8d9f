"""一名领导、一个专班、一名管家: named, missed, told of when vacant (dossier, section 1, row 53)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from approvals.models import Project
from portal.cases import engine
from portal.cases.errors import CaseError, Refused
from portal.cases.models import Case
from portal.cases.move import Move

# As long as a role is vacant, it is told once a week (proposal).
TELL_AGAIN_AFTER = timedelta(days=7)


def appoint(move: Move) -> None:
    """Name the three roles; their teams see the project and all its permits from now on."""
    project: Project = move.case.project
    for name in ("is_key", "leader", "task_force", "butler"):
        setattr(project, name, move.data[name])
    move.keep(project)
    if project.task_force_id is not None:
        move.participate(project.task_force_id)


def vacant_projects(now: datetime) -> QuerySet[Project]:
    """Open key projects of which a role is vacant and nobody was told of it within a week."""
    vacant = Q(leader=None) | Q(task_force=None) | Q(butler=None)
    told = Q(vacancy_told_at__gt=now - TELL_AGAIN_AFTER)
    return Project.objects.filter(vacant, is_key=True, case__closed_at=None).exclude(told).order_by("pk")


def alarm_vacancies(now: datetime) -> int:
    """Take from who has left what they held, and tell of vacant roles; of how many projects it was told."""
    _each(deserted_projects(), "vacate", now)
    return _each(vacant_projects(now), "alarm_vacancy", now)


def _each(projects: QuerySet[Project], name: str, now: datetime) -> int:
    done = 0
    for pk in projects.values_list("pk", flat=True):
        try:
            engine.perform(pk, name, by=None, now=now)
        except CaseError:
            continue  # appointed, ended, or done by another run
        done += 1
    return done


def deserted_projects() -> QuerySet[Project]:
    """Open projects of which somebody holds a role who no longer can: left, without the duty, dissolved."""
    left = Q()
    for role, fit in Project.candidates().items():
        left |= Q(**{f"{role}__isnull": False}) & ~Q(**{f"{role}__in": fit.values("pk")})
    return Project.objects.filter(left, case__closed_at=None).order_by("pk")


def vacate(move: Move) -> None:
    """职务变动: who has left holds nothing any more. Raises Refused where nobody has."""
    project: Project = move.case.project
    left = [
        role
        for role, fit in Project.candidates().items()
        if (held := getattr(project, f"{role}_id")) is not None and not fit.filter(pk=held).exists()
    ]
    if not left:
        raise Refused(_("Everybody who stands for the project is still there."))
    for role in left:
        setattr(project, role, None)
    move.keep(project)


def still_vacant(case: Case, move: Move) -> None:
    """Asked again under the lock: raises Refused when somebody was appointed, or told, meanwhile."""
    if not vacant_projects(move.now).filter(pk=case.pk).exists():
        raise Refused(_("No role is vacant, or it was told of within a week."))


def alarm_vacancy(move: Move) -> None:
    project: Project = move.case.project
    project.vacancy_told_at = move.now
    move.keep(project)
