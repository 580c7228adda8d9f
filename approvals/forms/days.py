"""Days as people type them: within the lifetime of the park, and on the right side of today."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.cases.forms import ActionForm
from portal.day_input import DayInput
from portal.worktime.clock import local

# A slip of the finger (0204, 20224) is no day: nothing is reckoned with it, and nothing keeps it.
FIRST_DAY, LAST_DAY = date(1949, 10, 1), date(2099, 12, 31)


def check_day(on: date) -> None:
    """Raises ValidationError for a day that cannot be meant."""
    if not FIRST_DAY <= on <= LAST_DAY:
        raise forms.ValidationError(_("The year cannot be right."))


def check_ahead(on: date, now: datetime) -> None:
    """Raises ValidationError for a day of a plan that has come already."""
    if on <= local(now).date():
        raise forms.ValidationError(_("The planned day must lie ahead."))


def day(label: Any, **more: Any) -> forms.DateField:
    ends = {"min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()}
    field = forms.DateField(label=label, widget=DayInput(ends), **more)
    field.validators.append(check_day)
    return field


class PastDay(ActionForm):
    """A form with one day that cannot lie ahead."""

    past: ClassVar[str] = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        on = cleaned.get(self.past)
        if on is not None and on > local(self.now).date():
            self.add_error(self.past, _("This day lies ahead."))
        return cleaned

    def not_before(self, cleaned: dict[str, Any], first: date | None) -> dict[str, Any]:
        """What comes after something else cannot have come before it."""
        on = cleaned.get(self.past)
        if on is not None and first is not None and on < first and self.past not in self.errors:
            self.add_error(self.past, _("This cannot be before %(on)s.") % {"on": first})
        return cleaned
