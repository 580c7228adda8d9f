"""Reading what a program sends: JSON that the database can store, and files, within bounds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request

from portal.api.problems import Problem

JSON_MAX_BYTES = 2**20
DEEPEST = 20
ROOM_AROUND_FILE = 2**20


def check_size(request: Request) -> None:
    """Refuse a body that is too large before a byte of it is read."""
    text = str(request.META.get("CONTENT_LENGTH") or "0")
    sent = int(text) if text.isdecimal() and len(text) < 18 else 0
    multipart = str(request.META.get("CONTENT_TYPE", "")).startswith("multipart/")
    most = settings.DOCUMENT_MAX_BYTES + ROOM_AROUND_FILE if multipart else JSON_MAX_BYTES
    if sent > most:
        raise Problem("too-large", _("At most %(most)s KB are read.") % {"most": most // 1024})


class StrictJSONParser(JSONParser):
    """JSON without what no column can hold: NUL, lone surrogates, bottomless nesting."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raw = stream.read(JSON_MAX_BYTES + 1)
        if len(raw) > JSON_MAX_BYTES:
            raise Problem("too-large")
        try:
            found = json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:  # of bytes, of JSON, of a number with 5,000 digits
            raise Problem("malformed", _("This is not JSON that can be read.")) from error
        _check(found, DEEPEST)
        return found


def _no_constant(text: str) -> None:
    raise ValueError(text)


def _check(value: Any, depth: int) -> None:
    """Raises Problem for text that cannot be stored and for nesting that nothing here needs."""
    if depth == 0:
        raise Problem("malformed", _("The content is nested too deeply."))
    if isinstance(value, str):
        check_text(value)
    elif isinstance(value, dict):
        for name, item in value.items():
            check_text(name)
            _check(item, depth - 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth - 1)


def check_text(text: str) -> None:
    if "\x00" in text or any("\ud800" <= ch <= "\udfff" for ch in text):
        raise Problem("malformed", _("The content has characters that no text can hold."))


class UploadParser(MultiPartParser):
    """Fields and files of a form."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        found = super().parse(stream, media_type, parser_context)
        for name, values in found.data.lists():
            check_text(name)
            for value in values:
                check_text(str(value))
        return found
