"""Keyset pages with opaque cursors: the thousandth page costs what the first costs."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api.problems import Problem, field_error

PAGE, MOST = 50, 200
LARGEST_ID = 2**63 - 1


class PageForm(forms.Form):
    """The parameters of every list."""

    after = forms.CharField(
        label=gettext_lazy("The cursor of the page before"), max_length=200, required=False
    )
    limit = forms.IntegerField(
        label=gettext_lazy("Rows of a page"), min_value=1, max_value=MOST, required=False, initial=PAGE
    )

    @property
    def size(self) -> int:
        return int(self.cleaned_data.get("limit") or PAGE)

    @property
    def cursor(self) -> list[Any]:
        """What the cursor holds; empty for the first page."""
        text = self.cleaned_data.get("after", "")
        return decode(text) if text else []


def encode(*values: Any) -> str:
    """A cursor. Nobody need know what is in it."""
    raw = json.dumps(values, separators=(",", ":"), default=datetime.isoformat)
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def decode(text: str) -> list[Any]:
    """What a cursor holds. Raises Problem for one that was not given out here."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        found = json.loads(raw)
    except (ValueError, RecursionError, binascii.Error) as error:
        raise bad_cursor() from error
    if not isinstance(found, list) or not found:
        raise bad_cursor()
    return found


def bad_cursor() -> Problem:
    message = _("This cursor was not given out here.")
    return Problem("invalid-parameter", message, errors=[field_error("after", message)])


def row_id(value: Any) -> int:
    """An id from a cursor. Raises Problem."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST_ID:
        raise bad_cursor()
    return value


def id_mark(cursor: Sequence[Any]) -> int | None:
    """The id that a cursor of one id holds; None on the first page. Raises Problem."""
    if not cursor:
        return None
    if len(cursor) != 1:
        raise bad_cursor()
    return row_id(cursor[0])


def moment_mark(cursor: Sequence[Any], name: str) -> tuple[datetime | None, int] | None:
    """Moment and id of a cursor that was made for the order `name`. Raises Problem."""
    if not cursor:
        return None
    if len(cursor) != 3 or cursor[0] != name or not isinstance(cursor[1], (str, type(None))):
        raise bad_cursor()
    try:
        moment = parse_datetime(cursor[1]) if cursor[1] is not None else None
    except ValueError as error:
        raise bad_cursor() from error
    if (moment is None) != (cursor[1] is None) or (moment is not None and moment.tzinfo is None):
        raise bad_cursor()
    return moment, row_id(cursor[2])


def text_mark(cursor: Sequence[Any], name: str) -> tuple[str, int] | None:
    """Text and id of a cursor that was made for the order `name`. Raises Problem."""
    if not cursor:
        return None
    if len(cursor) != 3 or cursor[0] != name or not isinstance(cursor[1], str):
        raise bad_cursor()
    # What no column can hold was not given out here either.
    if "\x00" in cursor[1] or any("\ud800" <= ch <= "\udfff" for ch in cursor[1]):
        raise bad_cursor()
    return cursor[1], row_id(cursor[2])


def beyond(column: str, mark: tuple[datetime | None, int], *, descending: bool = False) -> Q:
    """Rows after a mark in the order (column, id), rows without a moment last.

    Descending order is for columns that are never empty.
    """
    moment, pk = mark
    if descending:
        return Q(**{f"{column}__lt": moment}) | Q(**{column: moment, "id__lt": pk})
    if moment is None:
        return Q(**{f"{column}__isnull": True, "id__gt": pk})
    later = Q(**{f"{column}__gt": moment}) | Q(**{column: moment, "id__gt": pk})
    return later | Q(**{f"{column}__isnull": True})


def next_link(request: Request, cursor: str) -> str:
    """The address of the following page, with the same filters."""
    kept = [(k, v) for k, v in request.query_params.items() if k != "after"]
    return f"{iri_to_uri(request.path)}?{urlencode([*kept, ('after', cursor)])}"


def page_answer(request: Request, results: list[Any], later: str, **more: Any) -> Response:
    """A page: its rows, and where the next one is (`later` is its cursor, empty at the end)."""
    following = next_link(request, later) if later else None
    answer = Response({"results": results, "next": following, **more})
    if following:
        answer["Link"] = f'<{following}>; rel="next"'
    return answer
