"""One number for all that a request sets off: in its answer and error page, in log lines and tasks."""

from __future__ import annotations

import json
import logging
import re
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
# What every log record carries by itself; the rest is what the caller added.
PLAIN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "request_id", "taskName"}

logger = logging.getLogger("portal.request")
_current: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """The number of the request or task that is under way; empty outside of one."""
    return _current.get()


def bind(number: str) -> None:
    """From here on this number is on every log line of this request or task."""
    _current.set(number)


def accepted(given: str) -> str:
    """A number that came with the request if it is well-formed, else a new one."""
    return given if WELL_FORMED.fullmatch(given) else uuid.uuid4().hex


class RequestIdMiddleware:
    """Gives every request its number, answers it in the header, and logs the request as one line."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Not unbound at the end: Django logs "Not Found" and the like after the last middleware.
        bind(accepted(request.headers.get(HEADER, "")))
        began = time.perf_counter()
        answer = self.get_response(request)
        answer[HEADER] = current()
        self._log(request, answer, time.perf_counter() - began)
        return answer

    @staticmethod
    def _log(request: HttpRequest, answer: HttpResponse, took_s: float) -> None:
        actor = getattr(request, "actor", None)
        values = {
            "method": request.method,
            "path": request.path,
            "status": answer.status_code,
            "ms": round(took_s * 1000, 1),
            "user": actor.user.pk if actor is not None else None,
        }
        logger.info("%s %s %s", request.method, request.path, answer.status_code, extra=values)


class RequestIdFilter(logging.Filter):
    """Puts the number on every record, whoever logs it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current() or "-"
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line. Moments in UTC with microseconds; what the caller added stands beside."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": getattr(record, "request_id", current() or "-"),
            "process": record.process,
        }
        line |= {k: v for k, v in record.__dict__.items() if k not in PLAIN and k not in ("request", "data")}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
