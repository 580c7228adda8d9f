"""How files come in: bodies that are too large are refused unread, and a path in a name is noticed."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import (
    FileUploadHandler,
    MemoryFileUploadHandler,
    TemporaryFileUploadHandler,
)
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParser
from django.shortcuts import render

ROOM_AROUND_FILES = 2**20
FILES_AT_ONCE = 5  # a form of a page may carry some
_PATH = "\ufdd0"  # a code point that is no character: it marks a name until the parser is done


def most_bytes(view_name: str) -> int:
    """How large the body of a form may be."""
    if view_name == "ledgers:import_list":
        return int(settings.LEDGER_MAX_BYTES) + ROOM_AROUND_FILES
    return FILES_AT_ONCE * int(settings.DOCUMENT_MAX_BYTES) + ROOM_AROUND_FILES


class UploadLimitMiddleware:
    """Answers 413 to a form whose head announces too much, before a byte of it is read.

    Stands before the CSRF middleware, whose look at the form reads it. The API has a limit of its own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_rest: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.namespace == "api" or request.content_type != "multipart/form-data":
            return None
        text = request.META.get("CONTENT_LENGTH") or "0"
        sent = int(text) if text.isdecimal() and len(text) < 18 else 0
        most = most_bytes(match.view_name)
        if sent <= most:
            return None
        file_most = most if match.namespace == "ledgers" else settings.DOCUMENT_MAX_BYTES
        context = {"sent_mb": sent // 2**20, "most_mb": file_most // 2**20}
        answer = render(request, "413.html", context, status=413)
        answer["Connection"] = "close"
        return answer


class _Parser(MultiPartParser):
    """Django's own, which drops the path of a name in silence; here it is noticed first."""

    def sanitize_file_name(self, file_name: str) -> str | None:
        clean: str | None = super().sanitize_file_name(file_name)
        plain = html.unescape(file_name)
        return f"{_PATH}{clean}" if clean and ("/" in plain or "\\" in plain) else clean


class NamedUploads(FileUploadHandler):
    """Memory for small files, a temporary file for large ones, as Django has it.

    A file that was sent with a path in its name has `has_path`; who takes it in refuses it with words.
    """

    def handle_raw_input(
        self, input_data: Any, meta: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> Any:
        handlers = [MemoryFileUploadHandler(self.request), TemporaryFileUploadHandler(self.request)]
        fields, files = _Parser(meta, input_data, handlers, encoding).parse()
        for _name, sent in files.lists():
            for file in sent:
                if file.name.startswith(_PATH):
                    file.name = file.name.removeprefix(_PATH)
                    file.has_path = True
        return fields, files

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
