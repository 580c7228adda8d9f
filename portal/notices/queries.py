"""Reading notices."""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet

from portal.composed import Composed
from portal.notices.models import Notice
from portal.prepared import ask

MOST = 99


def centre(user_id: int) -> QuerySet[Notice]:
    """What a person is shown in the portal."""
    return Notice.objects.filter(recipient_id=user_id, in_app=True)


_UNREAD = Composed(lambda user: centre(user).filter(read_at=None).values_list("pk")[: MOST + 1])


def unread_count(user_id: int) -> str:
    """Unread notices for the badge: "" for none, "99+" for many. Reads at most 100 index entries."""
    text, values = _UNREAD.within(user_id)
    with connection.cursor() as cursor:
        ask(cursor, f"SELECT count(*) FROM ({text}) n", values)  # noqa: S608  # composed by the ORM
        found: int = cursor.fetchone()[0]
    if found > MOST:
        return f"{MOST}+"
    return str(found) if found else ""
