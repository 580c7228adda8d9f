"""Events for other systems, signed as the Standard Webhooks convention has it.

    webhook-id         the same for every try and replay of one event: drop what you have seen
    webhook-timestamp  seconds since 1970 of this try: refuse what is older than five minutes
    webhook-signature  "v1," and base64 of HMAC-SHA256 over "{id}.{timestamp}.{body}"; after a
                       rotation two of them, separated by a space

The body names the case, never a person and nothing that a person typed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from django.conf import settings

from portal.notices.channels import web
from portal.notices.channels.failures import Failure
from portal.notices.models import Delivery, Endpoint, Notice, Problem

# Answers after which the same request may well succeed.
_WAIT = {408, 409, 423, 425, 429}


def send(row: Delivery, now: datetime) -> None:
    """Post one event. Returns when the other side has taken it; raises `Failure` otherwise."""
    notice, endpoint = row.notice, row.endpoint
    if endpoint is None:
        raise Failure(Problem.NO_ADDRESS, lasting=True)
    deliver(endpoint, f"evt_{notice.pk}", event(notice), now)


def deliver(endpoint: Endpoint, event_id: str, content: dict[str, Any], now: datetime) -> None:
    """Post any event under an id."""
    body = json.dumps({"id": event_id, **content}, ensure_ascii=False, separators=(",", ":")).encode()
    stamp = int(now.timestamp())
    headers = {
        "content-type": "application/json",
        "user-agent": "park-portal",
        "webhook-id": event_id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": " ".join(
            signature(secret, event_id, stamp, body) for secret in endpoint.signing_secrets(now)
        ),
    }
    _judge(web.post(endpoint.address, body, headers))


def signature(secret: str, event_id: str, stamp: int, body: bytes) -> str:
    """What proves that a body comes from the portal and when."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{event_id}.{stamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def event(notice: Notice) -> dict[str, Any]:
    """The event as JSON. `params` of a notice to a system hold nothing personal (see the outbox)."""
    params = dict(notice.params)
    case: dict[str, Any] = {
        "id": notice.case_id,
        "number": params.pop("number", None),
        "kind": params.pop("kind", None),
        "step": params.pop("step", None),
        "urgent": notice.urgent,
        "url": f"{settings.PORTAL_URL}/cases/{notice.case_id}/" if notice.case_id else None,
    }
    return {"type": notice.key, "occurred_at": notice.created_at.isoformat(), "case": case, "data": params}


def test_event(now: datetime) -> dict[str, Any]:
    """What "send a test" posts."""
    return {"type": "portal.test", "occurred_at": now.isoformat(), "case": None, "data": {}}


def _judge(answer: web.Answer) -> None:
    status = answer.status
    said = f"{status}: {_text(answer.body)}"
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise Failure(Problem.REDIRECT, said, lasting=True)
    if status == 429 or status == 503:
        raise Failure(Problem.BUSY, said, everybody=True)
    if status >= 500 or status in _WAIT:
        raise Failure(Problem.FAULT if status >= 500 else Problem.BUSY, said)
    raise Failure(Problem.ADDRESS if status in (404, 410) else Problem.REFUSED, said, lasting=True)


def _text(body: bytes, limit: int = 200) -> str:
    return " ".join(body[:limit].decode("utf-8", "replace").split())
