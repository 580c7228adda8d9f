"""Who changed what when, out of the history that the database keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User

VERBS: dict[str, Promise] = {
    "insert": _("made"),
    "update": _("changed"),
    "delete": _("back to the original"),
}
SHOWN = 30


@dataclass(frozen=True)
class Change:
    """One state that a row has had, with who brought it there."""

    what: str | Promise
    who: str
    at: datetime
    row: Any


def changes(model: type[Model], pk: int) -> list[Change]:
    """The newest first."""
    return _of(model.pgh_event_model.objects.filter(pgh_obj_id=pk))  # type: ignore[attr-defined]  # tracked


def changes_where(model: type[Model], **values: Any) -> list[Change]:
    """The same for a row that is made and deleted again, found by what stays the same."""
    return _of(model.pgh_event_model.objects.filter(**values))  # type: ignore[attr-defined]  # tracked


def _of(found: QuerySet[Any]) -> list[Change]:
    events = list(found.select_related("pgh_context").order_by("-pgh_id")[:SHOWN])
    ids = {event.pgh_context.metadata.get("user") for event in events if event.pgh_context}
    names = {user.pk: user.label for user in User.objects.filter(pk__in=ids - {None})}
    return [
        Change(
            VERBS.get(event.pgh_label, event.pgh_label),
            names.get(event.pgh_context.metadata.get("user"), "") if event.pgh_context else "",
            event.pgh_created_at,
            event,
        )
        for event in events
    ]
