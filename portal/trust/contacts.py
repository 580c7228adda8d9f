"""Contact details of others: masked until somebody deliberately asks, and every asking on record.

A domain says where the contact of its cases stands: `register("stations.request", reader)`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.cases import access
from portal.cases.errors import NotAllowed
from portal.cases.models import Case
from portal.park.acting import Actor
from portal.park.models import Agency
from portal.trust.models import ContactRead
from portal.worktime.clock import local

SHOWN_BEFORE, SHOWN_AFTER, STARS = 3, 4, "****"


@dataclass(frozen=True)
class Contact:
    """How somebody is reached."""

    name: str
    phone: str = ""
    email: str = ""
    note: str = ""


READERS: dict[str, Callable[[Case], Contact | None]] = {}


def register(kind: str, reader: Callable[[Case], Contact | None]) -> None:
    """Say where the contact of cases of this kind stands."""
    READERS[kind] = reader


def masked_phone(text: str) -> str:
    """138****1234; a short number shows nothing."""
    digits = [ch for ch in text if ch.isdigit()]
    if len(digits) < SHOWN_BEFORE + SHOWN_AFTER + 1:
        return STARS if digits else ""
    return "".join(digits[:SHOWN_BEFORE]) + STARS + "".join(digits[-SHOWN_AFTER:])


def masked_name(text: str) -> str:
    """The first character of a name."""
    return f"{text[0]}**" if text else ""


def masked_email(text: str) -> str:
    name, at, host = text.partition("@")
    return f"{name[:1]}***@{host}" if at else ""


def show(case: Case, *, by: Actor, reason: str, now: datetime) -> list[Contact]:
    """The contact of a case and the people who act for its enterprise, and the record that they were read.

    For staff who see the case. Raises NotAllowed for others.
    """
    if not access.is_staff_for(by, case):
        raise NotAllowed(_("Contact details are shown to those who handle the case."))
    if case.enterprise_id is None:
        return []
    read = READERS.get(case.kind)
    own = read(case) if read else None
    found = [own] if own else []
    with transaction.atomic():
        rows = [ContactRead(enterprise=case.enterprise)]
        for agency in _people(case, now):
            user = agency.user
            found.append(Contact(str(user), user.phone, user.email, str(agency.get_role_display())))
            rows.append(ContactRead(enterprise=case.enterprise, person=user))
        for row in rows:
            row.reader, row.case, row.reason, row.at = by.user, case, reason[:200], now
        ContactRead.objects.bulk_create(rows)
    return found


def note_read(case: Case, *, what: str, by: Actor, reason: str, now: datetime) -> None:
    """Keep that something of an enterprise was read that is masked for everybody else."""
    ContactRead.objects.create(
        reader=by.user, enterprise=case.enterprise, case=case, what=what, reason=reason[:200], at=now
    )


def _people(case: Case, now: datetime) -> list[Agency]:
    lasting = Q(expires_on=None) | Q(expires_on__gte=local(now).date())
    seats = Agency.objects.filter(lasting, enterprise=case.enterprise_id, user__is_active=True)
    return list(seats.select_related("user").order_by("-role", "pk"))
