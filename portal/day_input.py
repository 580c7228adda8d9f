"""The input for a day: what a browser's own calendar takes is written as 2026-11-27, in every language."""

from __future__ import annotations

from typing import Any

from django import forms


class DayInput(forms.DateInput):
    """A day. A value in the form of the reader's language would be shown as nothing."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")
