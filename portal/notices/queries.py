"""Reading notices."""

from __future__ import annotations

from django.db.models import QuerySet

from portal.notices.models import Notice

MOST = 99


def centre(user_id: int) -> QuerySet[Notice]:
    """What a person is shown in the portal."""
    return Notice.objects.filter(recipient_id=user_id, in_app=True)


def unread_count(user_id: int) -> str:
    """Unread notices for the badge: "" for none, "99+" for many. Reads at most 100 index entries."""
    found = centre(user_id).filter(read_at=None).values("pk")[: MOST + 1].count()
    if found > MOST:
        return f"{MOST}+"
    return str(found) if found else ""
