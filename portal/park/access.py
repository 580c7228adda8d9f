"""Which enterprises exist for whom (domain dossier, section 7, "Enterprise file")."""

from __future__ import annotations

from django.db.models import QuerySet

from portal.accounts.models import Duty
from portal.park.acting import Actor
from portal.park.models import Enterprise, Team

OVERSEERS = (Duty.LEADER, Duty.SUPERVISOR, Duty.AUDITOR)


def reads_all_enterprises(actor: Actor) -> bool:
    """Whoever works in a team of the park (a bank is none) or oversees it. Administrators do not."""
    return actor.holds(*OVERSEERS) or any(seat.kind != Team.Kind.BANK for seat in actor.seats)


def visible_enterprises(actor: Actor) -> QuerySet[Enterprise]:
    """One's own enterprises; all of them for staff."""
    if reads_all_enterprises(actor):
        return Enterprise.objects.all()
    return Enterprise.objects.filter(pk__in=list(actor.agencies))
