"""代班: while somebody is away, the open work lies with the deputy; afterwards it comes back."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.cases import engine
from portal.cases.errors import CaseError, Conflict, NotAllowed, Refused
from portal.cases.models import Absence, Case, CircleMember, Deputised
from portal.park.acting import Actor
from portal.park.models import Membership
from portal.worktime.clock import local


def may_enter_for(actor: Actor) -> QuerySet[User]:
    """For whom the person may enter an absence: oneself, and the people of the teams that one leads."""
    led = User.objects.filter(memberships__team__in=actor.headed_team_ids)
    return User.objects.filter(Q(pk=actor.user.pk) | Q(pk__in=led.values("pk")), is_active=True)


def deputies_of(user: User) -> QuerySet[User]:
    """Colleagues who share a team with the person."""
    teams = Membership.objects.filter(user=user).values("team")
    return User.objects.filter(memberships__team__in=teams, is_active=True).exclude(pk=user.pk).distinct()


def enter(user: User, *, deputy: User, from_on: date, until_on: date, by: Actor, now: datetime) -> Absence:
    """Enter an absence, both days included. Work that lies with the person moves as soon as it begins.

    Raises NotAllowed, Refused (the deputy is away too, days overlap, nothing shared).
    """
    if not may_enter_for(by).filter(pk=user.pk).exists():
        raise NotAllowed(_("You enter absences for yourself and for the teams that you lead."))
    if not deputies_of(user).filter(pk=deputy.pk).exists():
        raise Refused(_("The deputy has to be an active colleague of the same team."))
    if until_on < from_on or until_on < local(now).date():
        raise Refused(_("The absence has to end after it begins, and not in the past."))
    with transaction.atomic():
        # One at a time: two entered at once could make two people each other's deputies.
        list(User.objects.select_for_update().filter(pk__in=[user.pk, deputy.pk]).order_by("pk"))
        touching = Absence.objects.filter(ended_at=None, from_on__lte=until_on, until_on__gte=from_on)
        if touching.filter(user=user).exists():
            raise Refused(_("An absence is entered for these days already."))
        if touching.filter(user=deputy).exists():
            raise Refused(_("%(name)s is away in these days too.") % {"name": deputy})
        if clash := touching.filter(deputy=user).select_related("user").first():
            raise Refused(_("In these days you are the deputy of %(name)s.") % {"name": clash.user})
        absence = Absence.objects.create(
            user=user, deputy=deputy, from_on=from_on, until_on=until_on, entered_by=by.user
        )
    hand_over(absence, now)
    return absence


def end(absence: Absence, *, by: Actor, now: datetime) -> int:
    """Back sooner: the work returns now. Raises NotAllowed."""
    if not may_enter_for(by).filter(pk=absence.user_id).exists():
        raise NotAllowed(_("You enter absences for yourself and for the teams that you lead."))
    return give_back(absence, now)


def tend(now: datetime) -> int:
    """What is due: hand over what lies with people who are away, give back what was theirs."""
    today, moved = local(now).date(), 0
    for absence in Absence.objects.filter(ended_at=None, from_on__lte=today).select_related("user", "deputy"):
        moved += give_back(absence, now) if absence.until_on < today else hand_over(absence, now)
    return moved


def hand_over(absence: Absence, now: datetime) -> int:
    """Give the deputy every open case of the person in teams that both belong to."""
    if not absence.from_on <= local(now).date() <= absence.until_on:
        return 0
    return sum(_move(absence, case, now, out=True) for case in _held(absence.user, absence.deputy))


def left_behind(absence: Absence) -> int:
    """How many open cases stay with the person: the deputy does not work in their teams."""
    return Case.objects.open().filter(assignee=absence.user).count()


def give_back(absence: Absence, now: datetime) -> int:
    """Return what the deputy still holds of it."""
    with transaction.atomic():
        claimed = Absence.objects.filter(pk=absence.pk, ended_at=None).update(ended_at=now)
        if not claimed:
            raise Conflict(_("The absence has ended already."))
        cases = _held(absence.deputy, absence.user).filter(pk__in=absence.cases.values("case"))
        return sum(_move(absence, case, now, out=False) for case in cases)


def _held(holder: User, to: User) -> QuerySet[Case]:
    """Open cases of somebody in teams in which the other works too, and of which the other may know."""
    shared = Membership.objects.filter(user=to, team=OuterRef("team"))
    knows = Q(confidential=False) | Exists(CircleMember.objects.filter(case=OuterRef("pk"), user=to))
    return Case.objects.open().filter(knows, Exists(shared), assignee=holder).order_by("pk")


def _move(absence: Absence, case: Case, now: datetime, *, out: bool) -> int:
    """One case, in a transaction of its own; 0 when it is no longer there to move."""
    try:
        with transaction.atomic():
            engine.delegate(
                case.pk,
                to=absence.deputy if out else absence.user,
                expected=absence.user if out else absence.deputy,
                why="deputised" if out else "returned",
                now=now,
            )
            if out:
                Deputised.objects.get_or_create(absence=absence, case=case)
    except CaseError:
        return 0
    return 1
