"""Group robots of WeCom, DingTalk and Feishu: the same short text, each in its platform's form.

Signed by hand rather than through a library of a hundred services: decision 5 says why.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from portal.notices.channels import web
from portal.notices.channels.failures import Failure
from portal.notices.models import Channel, Endpoint, Notice, Problem
from portal.notices.texts import render

# WeCom cuts a text at 2,048 bytes; a group reads no more anyway.
MOST_BYTES = 1900


@dataclass(frozen=True)
class Platform:
    """How one platform wants a text, and how it says what it thinks of it."""

    request: Callable[[Endpoint, str, datetime], tuple[str, dict[str, Any]]]
    code: str
    busy: frozenset[int]


def _wecom(endpoint: Endpoint, text: str, _now: datetime) -> tuple[str, dict[str, Any]]:
    return endpoint.address, {"msgtype": "text", "text": {"content": text}}


def _dingtalk(endpoint: Endpoint, text: str, now: datetime) -> tuple[str, dict[str, Any]]:
    """With a key the address carries time and signature: HMAC of "time\\nkey" under the key."""
    address = endpoint.address
    if endpoint.secret:
        stamp = str(int(now.timestamp() * 1000))
        made = _hmac(endpoint.secret.encode(), f"{stamp}\n{endpoint.secret}".encode())
        mark = "&" if "?" in address else "?"
        address += mark + urlencode({"timestamp": stamp, "sign": made}, quote_via=quote)
    return address, {"msgtype": "text", "text": {"content": text}}


def _feishu(endpoint: Endpoint, text: str, now: datetime) -> tuple[str, dict[str, Any]]:
    """With a key the body carries time and signature: HMAC of nothing under "time\\nkey"."""
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
    if endpoint.secret:
        stamp = str(int(now.timestamp()))
        body |= {"timestamp": stamp, "sign": _hmac(f"{stamp}\n{endpoint.secret}".encode(), b"")}
    return endpoint.address, body


def _hmac(key: bytes, message: bytes) -> str:
    return base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()


# The codes are those with which each platform asks to wait.
PLATFORMS: dict[str, Platform] = {
    Channel.WECOM: Platform(_wecom, "errcode", frozenset({45009, 45033, -1})),
    Channel.DINGTALK: Platform(_dingtalk, "errcode", frozenset({130101, 660026, -1})),
    Channel.FEISHU: Platform(_feishu, "code", frozenset({9499, 11232, 11233})),
}


def send(endpoint: Endpoint, notices: Sequence[Notice], now: datetime) -> None:
    """Tell the group of one or several matters in one message."""
    with translation.override(endpoint.language):
        text = message(notices)
    say(endpoint, text, now)


def say(endpoint: Endpoint, text: str, now: datetime) -> None:
    """Put a text into the group. Raises `Failure` when the platform does not take it."""
    platform = PLATFORMS[endpoint.channel]
    address, body = platform.request(endpoint, text, now)
    answer = web.post(
        address,
        json.dumps(body, ensure_ascii=False).encode(),
        {"content-type": "application/json; charset=utf-8"},
    )
    _judge(platform, answer)


def _judge(platform: Platform, answer: web.Answer) -> None:
    said = f"{answer.status}: {answer.body[:200].decode('utf-8', 'replace')}"
    if 300 <= answer.status < 400:
        raise Failure(Problem.REDIRECT, said, lasting=True)
    if answer.status == 429 or answer.status >= 500:
        problem = Problem.BUSY if answer.status == 429 else Problem.FAULT
        raise Failure(problem, said, everybody=True)
    code = _code(platform, answer.body)
    if answer.status >= 400 and code is None:
        raise Failure(Problem.ADDRESS, said, lasting=True)
    if code in platform.busy:
        raise Failure(Problem.BUSY, said, everybody=True)
    if code != 0:
        raise Failure(Problem.REFUSED, said, lasting=True)


def _code(platform: Platform, body: bytes) -> int | None:
    """The platform's own verdict: it answers 200 to everything."""
    try:
        found = json.loads(body)
    except ValueError:
        return None
    code = found.get(platform.code) if isinstance(found, dict) else None
    return code if isinstance(code, int) else None


def message(notices: Sequence[Notice]) -> str:
    """The matters, oldest first, as many as fit; without anything that a person typed."""
    lines = [_line(notice) for notice in notices]
    shown: list[str] = []
    for line in lines:
        if len("\n".join([*shown, line]).encode()) > MOST_BYTES:
            break
        shown.append(line)
    left = len(lines) - len(shown)
    if left:
        shown.append(_("and %(n)s more: %(url)s") % {"n": left, "url": settings.PORTAL_URL})
    return "\n".join(shown)


def _line(notice: Notice) -> str:
    text = render(notice.key, notice.params, notice.case_id)
    urgent = _("[urgent] ") if notice.urgent else ""
    return f"{urgent}{text.title} {text.body} {settings.PORTAL_URL}{text.path}".strip()
