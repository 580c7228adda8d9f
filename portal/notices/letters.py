"""Dead letters and replays: what an administrator does about deliveries by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from portal.accounts.models import User
from portal.notices import outbox
from portal.notices.models import Delivery, Endpoint

State = Delivery.State
LOST = (State.DEAD, State.GIVEN_UP)


def lost() -> QuerySet[Delivery]:
    """Every delivery that nobody will try again by itself. Those carried by another count with it."""
    return Delivery.objects.filter(state__in=LOST, carried_by=None)


def send_again(ids: Iterable[int], *, by: User, now: datetime) -> int:
    """Give lost deliveries another series of tries, in their old order; how many there were."""
    return _again(lost().filter(pk__in=list(ids)), by, now)


def give_up(ids: Iterable[int], *, by: User, now: datetime) -> int:
    """Say that nothing more is to be done about these dead letters; how many there were."""
    with transaction.atomic():
        rows = Delivery.objects.filter(state=State.DEAD, carried_by=None, pk__in=list(ids))
        chosen = list(rows.select_for_update().values_list("pk", flat=True))
        carried = Delivery.objects.filter(carried_by__in=chosen)
        carried.update(state=State.GIVEN_UP)
        return Delivery.objects.filter(pk__in=chosen).update(
            state=State.GIVEN_UP, settled_by=by, settled_at=now
        )


def replay(endpoint: Endpoint, since: datetime, until: datetime, *, by: User, now: datetime) -> int:
    """Send a system everything again that it was told of in a period, under the same ids; how many."""
    over = (State.SENT, *LOST)
    rows = Delivery.objects.filter(
        endpoint=endpoint,
        carried_by=None,
        state__in=over,
        notice__created_at__gte=since,
        notice__created_at__lt=until,
    )
    return _again(rows, by, now)


def _again(rows: QuerySet[Delivery], by: User, now: datetime) -> int:
    """The tries go on counting: the count is what tells a late worker that its turn is over."""
    with transaction.atomic():
        chosen = list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))
        Delivery.objects.filter(carried_by__in=chosen).update(state=State.CARRIED, problem="")
        done = Delivery.objects.filter(pk__in=chosen).update(
            state=State.PENDING,
            next_try_at=now,
            first_tried_at=None,
            settled_by=by,
            settled_at=now,
        )
        if done:
            outbox.kick_at_commit()
    return done
