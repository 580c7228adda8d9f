"""Errors as problem details (RFC 9457), in the caller's language. Every error of the API is one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.forms import BaseForm
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response

MEDIA_TYPE = "application/problem+json"
TYPE_BASE = "/api/v1/problems/"


@dataclass(frozen=True)
class Kind:
    """One kind of problem: its status and what it is called."""

    status: int
    title: Promise


KINDS: dict[str, Kind] = {
    "malformed": Kind(400, gettext_lazy("The request cannot be read")),
    "invalid-parameter": Kind(400, gettext_lazy("A parameter of the address is not right")),
    "not-signed-in": Kind(401, gettext_lazy("Nobody is signed in")),
    "not-allowed": Kind(403, gettext_lazy("This is not for you to do")),
    "insufficient-scope": Kind(403, gettext_lazy("The token was not made for this")),
    "not-found": Kind(404, gettext_lazy("There is nothing here for you")),
    "method-not-allowed": Kind(405, gettext_lazy("This cannot be done here")),
    "not-acceptable": Kind(406, gettext_lazy("No such form of answer")),
    "conflict": Kind(409, gettext_lazy("Somebody was faster")),
    "under-way": Kind(409, gettext_lazy("The same request is still under way")),
    "ambiguous": Kind(409, gettext_lazy("Several cases have this number")),
    "cursor-outdated": Kind(410, gettext_lazy("The cursor leads nowhere any more")),
    "stale": Kind(412, gettext_lazy("It has changed meanwhile")),
    "too-large": Kind(413, gettext_lazy("The request is too large")),
    "unsupported-media-type": Kind(415, gettext_lazy("This form of content is not read")),
    "invalid": Kind(422, gettext_lazy("Some fields are not right")),
    "refused": Kind(422, gettext_lazy("Something else must come first")),
    "key-reused": Kind(422, gettext_lazy("The idempotency key belongs to another request")),
    "version-needed": Kind(428, gettext_lazy("Say which version you have seen")),
    "too-many-requests": Kind(429, gettext_lazy("Too many requests")),
    "internal": Kind(500, gettext_lazy("Something went wrong on our side")),
    "unavailable": Kind(503, gettext_lazy("Not available just now")),
    "feed-renewal-needed": Kind(503, gettext_lazy("The feed must be renewed")),
}
_BY_STATUS = {
    400: "malformed",
    401: "not-signed-in",
    403: "not-allowed",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "too-large",
    415: "unsupported-media-type",
    429: "too-many-requests",
}
FieldErrors = list[dict[str, str]]


class Problem(exceptions.APIException):
    """A named problem. `more` are further members; `errors` says which fields are not right."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        errors: FieldErrors | None = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        kind = KINDS[code]
        super().__init__(detail or str(kind.title), code)
        self.status_code = kind.status
        self.code = code
        self.errors = errors
        self.headers = headers or {}
        self.more = more


Translator = Callable[[Any], Problem]
_TRANSLATORS: dict[type[Exception], Translator] = {}
# What a view may raise and the API answers; rooms above add their own.
KNOWN: tuple[type[Exception], ...] = (exceptions.APIException, Http404, PermissionDenied, SuspiciousOperation)


def translate(kind: type[Exception], translator: Translator) -> None:
    """Say how a room's own error reads as a problem."""
    _TRANSLATORS[kind] = translator


def known() -> tuple[type[Exception], ...]:
    """Every error that has an answer."""
    return (*KNOWN, *_TRANSLATORS)


def form_errors(form: BaseForm, prefix: str = "") -> FieldErrors:
    """The errors of a form, one entry for each message."""
    return [
        field_error("" if name == "__all__" else name, str(message), prefix)
        for name, messages in form.errors.items()
        for message in messages
    ]


def field_error(name: str, message: str, prefix: str = "") -> dict[str, str]:
    """One message beside its field; without a field it concerns the whole."""
    return {"field": name, "pointer": f"#{prefix}/{name}" if name else f"#{prefix}", "detail": message}


def problem_of(error: Exception) -> Problem | None:
    """The problem that an error is; None for one that nobody expected."""
    if isinstance(error, Problem):
        return error
    for kind, translator in _TRANSLATORS.items():
        if isinstance(error, kind):
            return translator(error)
    if isinstance(error, Http404):
        return Problem("not-found", _("It does not exist, or it is not within your sight."))
    if isinstance(error, RequestDataTooBig):
        return Problem("too-large")
    if isinstance(error, SuspiciousOperation):
        return Problem("malformed")
    if isinstance(error, PermissionDenied):
        return Problem("not-allowed", str(error))
    if isinstance(error, exceptions.ValidationError):
        return Problem("invalid-parameter", errors=_validation_errors(error.detail))
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    return None


def _of_framework(error: exceptions.APIException) -> Problem:
    code = _BY_STATUS.get(error.status_code, "malformed")
    problem = Problem(code, str(error.detail))
    if header := getattr(error, "auth_header", None):
        problem.headers["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        problem.headers["Retry-After"] = str(int(wait))
    return problem


def _validation_errors(detail: Any) -> FieldErrors:
    if not isinstance(detail, dict):
        return [field_error("", str(message)) for message in detail]
    return [field_error(name, str(message)) for name, lines in detail.items() for message in lines]


def body_of(problem: Problem, path: str) -> dict[str, Any]:
    """A problem as its JSON object."""
    body: dict[str, Any] = {
        "type": f"{TYPE_BASE}{problem.code}/",
        "title": str(KINDS[problem.code].title),
        "status": problem.status_code,
        "detail": str(problem.detail),
        "instance": path,
    }
    if problem.errors is not None:
        body["errors"] = problem.errors
    return body | problem.more


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler."""
    problem = problem_of(error)
    if problem is None:
        return None
    return Response(
        body_of(problem, context["request"].path),
        status=problem.status_code,
        headers=problem.headers,
        content_type=MEDIA_TYPE,
    )


def all_kinds() -> Iterable[dict[str, Any]]:
    """The catalogue of problems."""
    for code, kind in KINDS.items():
        yield {"type": f"{TYPE_BASE}{code}/", "code": code, "status": kind.status, "title": str(kind.title)}
