"""履约提醒: who looks after a contract hears once that a commitment falls due, once that it is overdue."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from investment.models import SOON, Commitment
from portal.cases import engine
from portal.cases.errors import CaseError, Refused
from portal.cases.models import Case
from portal.cases.move import Move
from portal.worktime.clock import local

NEAR, PASSED = 1, 2


def untold(now: datetime) -> QuerySet[Commitment]:
    """Open commitments of which it is to be told: within 30 days, or overdue and told of as near only."""
    today = local(now).date()
    near = Q(due_on__lte=today + SOON, told_level=0)
    passed = Q(due_on__lt=today, told_level__lt=PASSED)
    return Commitment.objects.filter(near | passed, done_on=None)


def remind(now: datetime) -> int:
    """Tell of what falls due, lead by lead; of how many leads it was told."""
    done = 0
    for pk in untold(now).order_by("contract").values_list("contract", flat=True).distinct():
        try:
            engine.perform(pk, "remind_of_commitments", by=None, now=now)
        except CaseError:
            continue  # noted meanwhile, taken back to the signing, or done by another run
        done += 1
    return done


def still_due(case: Case, move: Move) -> None:
    """Asked again under the lock: raises Refused where there is nothing to tell."""
    if not untold(move.now).filter(contract=case.pk).exists():
        raise Refused(_("No commitment falls due."))


def told(move: Move) -> None:
    today = local(move.now).date()
    mine = untold(move.now).filter(contract=move.case.pk)
    mine.filter(due_on__lt=today).update(told_level=PASSED)
    mine.filter(due_on__gte=today).update(told_level=NEAR)
