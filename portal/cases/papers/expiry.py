"""Papers that expire: whoever looks after them is told 30 days before, 7 days before, and on the day after.

A date to remind on is stored with the paper and moved on when somebody has been told: a job that
did not run for a week tells late, and once.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from portal.cases.models import Document
from portal.notices import outbox
from portal.park.models import Agency
from portal.worktime.clock import local

BEFORE_DAYS = (30, 7, -1)  # days before the last valid one; -1: the day after it
BATCH = 500


def first_reminder(valid_until_on: date | None) -> date | None:
    return valid_until_on - timedelta(days=BEFORE_DAYS[0]) if valid_until_on else None


def next_reminder(valid_until_on: date, today: date) -> date | None:
    """The first stage that is still to come."""
    days = (valid_until_on - timedelta(days=before) for before in BEFORE_DAYS)
    return next((day for day in days if day > today), None)


def remind(now: datetime) -> int:
    """Tell of every paper whose date to remind has come; how many papers."""
    done = 0
    while told := _remind_some(now):
        done += told
    return done


def _remind_some(now: datetime) -> int:
    today = local(now).date()
    with transaction.atomic():
        locked = Document.objects.select_for_update(skip_locked=True, of=("self",))
        due = list(
            locked.filter(remind_on__lte=today, enterprise__isnull=False).order_by("remind_on", "id")[:BATCH]
        )
        keepers = _keepers({document.enterprise_id for document in due}, today)
        for document in due:
            valid = document.valid_until_on or today
            key = "paper.expired" if valid < today else "paper.expiring"
            params = {"document": document.title, "paper": document.pk, "until": valid}
            outbox.tell(keepers.get(document.enterprise_id, ()), key, params, now=now)
            document.remind_on = next_reminder(valid, today)
        Document.objects.bulk_update(due, ["remind_on"])
    return len(due)


def _keepers(enterprises: set[int | None], today: date) -> dict[int | None, set[int]]:
    """Enterprise → who acts for all of it and may write: they can renew a paper."""
    lasting = Q(expires_on=None) | Q(expires_on__gte=today)
    found = Agency.objects.filter(lasting, enterprise__in=enterprises, read_only=False, kinds=[])
    keepers: dict[int | None, set[int]] = {}
    for enterprise_id, user_id in found.values_list("enterprise_id", "user_id"):
        keepers.setdefault(enterprise_id, set()).add(user_id)
    return keepers
