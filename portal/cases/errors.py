"""What the engine answers when it does not do as asked. Every message is for a person to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.forms import BaseForm


class CaseError(Exception):
    """Base of all refusals. Nothing was written."""

    status = 400

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class Conflict(CaseError):
    """Somebody was faster, or the page is stale (HTTP 409)."""

    status = 409


class NotAllowed(CaseError):
    """The case is within sight, but this is not for this person to do (HTTP 403)."""

    status = 403


class Refused(CaseError):
    """A guard says no: something else must come first (HTTP 422)."""

    status = 422


class TooLong(Refused):
    """A text is longer than what is kept: said beside its field (HTTP 422), never cut silently."""


class Invalid(CaseError):
    """The input has errors (HTTP 422); `form` carries them field by field."""

    status = 422

    def __init__(self, form: BaseForm) -> None:
        messages = [str(line) for lines in form.errors.values() for line in lines]
        super().__init__(" ".join(messages))
        self.form = form
