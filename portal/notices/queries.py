"""Reading notices."""

from portal.notices.models import Notice

MOST = 99


def unread_count(user_id: int) -> str:
    """Unread notices for the badge: "" for none, "99+" for many. Reads at most 100 index entries."""
    found = Notice.objects.filter(recipient_id=user_id, read_at=None).values("pk")[: MOST + 1].count()
    if found > MOST:
        return f"{MOST}+"
    return str(found) if found else ""
