"""Writing notices and the deliveries that carry them out, in the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

_TELL = """
WITH told AS (
    INSERT INTO notices_notice (recipient_id, key, params, case_id, urgent, created_at)
    SELECT u.id, %(key)s, %(params)s::jsonb, %(case)s, %(urgent)s, %(now)s
    FROM accounts_user u WHERE u.id = ANY(%(recipients)s) AND u.is_active ORDER BY u.id
    RETURNING id, recipient_id
)
INSERT INTO notices_delivery (notice_id, channel, state, tries, next_try_at, last_error)
SELECT told.id, 'email', 'pending', 0, %(now)s, ''
FROM told JOIN accounts_user u ON u.id = told.recipient_id WHERE u.email <> ''
"""


def tell(
    recipient_ids: Iterable[int],
    key: str,
    params: Mapping[str, Any],
    *,
    now: datetime,
    case_id: int | None = None,
    urgent: bool = False,
) -> None:
    """Tell each person once, in the app and by e-mail. Sending starts when the transaction commits."""
    recipients = sorted(set(recipient_ids))
    if not recipients:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _TELL,
            {
                "key": key,
                "params": json.dumps(params, cls=DjangoJSONEncoder, ensure_ascii=False),
                "case": case_id,
                "urgent": urgent,
                "now": now,
                "recipients": recipients,
            },
        )
    transaction.on_commit(kick)


def kick() -> None:
    """Ask a worker to send what is waiting, now. Beat asks again every minute, so a miss is harmless."""
    from portal.notices.tasks import kick_outbox

    kick_outbox()
