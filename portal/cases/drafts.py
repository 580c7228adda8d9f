"""Drafts: what an enterprise has begun to fill in, saved field by field.

One per kind, or one per kind and subject (a policy, say) where the flow declares it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from portal.cases.models import Draft

if TYPE_CHECKING:
    from portal.accounts.models import User
    from portal.park.models import Enterprise

MAX_FIELDS, MAX_LENGTH = 60, 8000
# The draft that is sent with this token is needed no more: the engine forgets it as it opens the case.
FORGET = """
DELETE FROM cases_draft
WHERE enterprise_id = %(enterprise)s::bigint AND kind = %(kind)s::text AND token = %(token)s::uuid
"""


def current(
    enterprise: Enterprise | int,
    kind: str,
    *,
    by: User,
    now: datetime,
    subject: str = "",
    token: UUID | None = None,
) -> Draft:
    """The draft of this enterprise, kind and subject; made when there is none yet, with the token of the page
    on which it is typed: so that it is forgotten once that page is sent."""
    pk = enterprise if isinstance(enterprise, int) else enterprise.pk
    given: dict[str, Any] = {"saved_at": now, "saved_by": by}
    if token is not None and not Draft.objects.filter(token=token).exists():
        given["token"] = token
    draft, _created = Draft.objects.get_or_create(
        enterprise_id=pk, kind=kind, subject=subject, defaults=given
    )
    return draft


def find(enterprise_id: int, kind: str, subject: str = "") -> Draft | None:
    return Draft.objects.filter(enterprise_id=enterprise_id, kind=kind, subject=subject).first()


def save_fields(draft: Draft, fields: Mapping[str, str], *, by: User, now: datetime) -> Draft:
    """Keep changed fields; fields of two tabs do not overwrite each other."""
    with transaction.atomic():
        locked = Draft.objects.select_for_update().get(pk=draft.pk)
        for name, value in list(fields.items())[:MAX_FIELDS]:
            locked.data[name[:60]] = value[:MAX_LENGTH]
        locked.saved_at, locked.saved_by = now, by
        locked.version = F("version") + 1
        locked.save()
    return locked
