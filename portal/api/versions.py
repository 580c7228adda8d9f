"""`ETag` and `If-Match`: nobody changes what somebody else has changed meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api.problems import Problem

Handler = Callable[..., Response]
_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_VERSION = re.compile(r"[0-9]{1,9}")


def etag(version: int) -> str:
    return f'"{version}"'


def versions_seen(request: Request, *, needed: bool) -> frozenset[int] | None:
    """The versions that the caller would change; None: any (`If-Match: *`, or not asked for).

    Weak tags never match, as RFC 9110 has it. Raises Problem 428 when the header is needed and
    missing, 400 when it is not a list of tags.
    """
    header = request.headers.get("If-Match", "").strip()
    if not header:
        if needed:
            raise Problem("version-needed", _("Send If-Match with the ETag as you have read it."))
        return None
    if header == "*":
        return None
    tags = [tag.strip() for tag in header.split(",")]
    found = set()
    for tag in tags:
        match = _TAG.fullmatch(tag)
        if match is None:
            raise Problem("malformed", _("If-Match holds the ETag of an earlier answer, in quotes."))
        if _VERSION.fullmatch(match[1]) and not tag.startswith("W/"):
            found.add(int(match[1]))
    return frozenset(found)


def versioned(handler: Handler) -> Handler:
    """Mark a handler that reads If-Match, for the OpenAPI document."""
    handler.takes_version = True  # type: ignore[attr-defined]
    return handler
