"""闲置规则: a lead for which nobody does anything turns yellow, red, and falls back to the pool.

15, 30 and 60 working days (dossier, section 5, "Idle rule"). The last action is kept, and the days are
counted by the park's calendar each time: a calendar that changes needs no recount.
"""

from __future__ import annotations

from datetime import datetime, time

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from investment.access import INVESTMENT_OFFICE
from investment.models import IDLE_AFTER, Lead
from portal.cases import engine
from portal.cases.declaration import Effect, Guard
from portal.cases.errors import CaseError, Refused
from portal.cases.models import Case
from portal.cases.move import Move
from portal.park import offices
from portal.park.models import Team
from portal.worktime.clock import Calendar, at, local

AWAY = ("parked", "pool")  # where a lead lies without idling
# What the portal does once a lead has idled long enough, by level.
TURNS = ("turn_yellow", "turn_red", "release")


def cutoffs(now: datetime, calendar: Calendar) -> list[datetime]:
    """For each level the moment before which the last action lies too far back."""
    today = calendar.ordinal(local(now).date())
    return [at(calendar.working_date(today - days), time.min) for days in IDLE_AFTER]


def idle(now: datetime, level: int, calendar: Calendar) -> Q:
    """The leads that have idled for so long; for lists, counts and the job alike. Levels from 1 to 3."""
    return Q(last_action_at__lt=cutoffs(now, calendar)[level - 1], case__closed_at=None) & ~Q(
        case__step__in=AWAY
    )


def tend(now: datetime) -> int:
    """Tell of what idles, and give what has idled too long to others; how many leads it was.

    Each lead is a transaction of its own; asked again it does nothing twice.
    """
    calendar = Calendar.current()
    done = 0
    for level, name in reversed(list(enumerate(TURNS, start=1))):
        for pk in _untold(now, level, calendar).values_list("pk", flat=True):
            done += _turn(pk, name, now)
    for pk in _forgotten(now).values_list("pk", flat=True):
        done += _turn(pk, "look_again", now)
    return done


def _untold(now: datetime, level: int, calendar: Calendar) -> QuerySet[Lead]:
    found = Lead.objects.filter(idle(now, level, calendar), idle_level__lt=level)
    if level == len(TURNS):  # what is confidential is not laid out for all
        found = found.filter(case__confidential=False)
    return found.order_by("pk")


def _forgotten(now: datetime) -> QuerySet[Lead]:
    """In the reserve, and the day has come on which one was to look again."""
    day = local(now).date()
    return Lead.objects.filter(
        case__step="parked", case__closed_at=None, next_action_on__lte=day, idle_level=0
    ).order_by("pk")


def _turn(pk: int, name: str, now: datetime) -> int:
    try:
        engine.perform(pk, name, by=None, now=now)
    except CaseError:
        return 0  # somebody did something meanwhile, or another run was faster
    return 1


def still_idle(level: int) -> Guard:
    """A guard that asks again under the lock: it refuses when somebody did something meanwhile."""

    def guard(case: Case, move: Move) -> None:
        lead: Lead = case.lead
        if lead.idle_level >= level or lead.last_action_at >= cutoffs(move.now, move.calendar)[level - 1]:
            raise Refused(_("Somebody has done something for it."))

    return guard


def turn(level: int) -> Effect:
    """An effect that keeps up to which level it was told."""

    def effect(move: Move) -> None:
        lead: Lead = move.case.lead
        lead.idle_level = level
        move.keep(lead)

    return effect


def release(move: Move) -> None:
    """Back to the pool: no protection any more, and every task force sees it."""
    lead: Lead = move.case.lead
    lead.idle_level, lead.pooled_at, lead.protected_until = len(IDLE_AFTER), move.now, None
    lead.next_action, lead.next_action_on = "", None
    move.keep(lead)
    for team in Team.objects.filter(kind=Team.Kind.TASK_FORCE, active=True):
        move.participate(team.pk)
    office = offices.team_of(INVESTMENT_OFFICE)
    if office is not None:
        move.route(office)
    move.assign(None)
