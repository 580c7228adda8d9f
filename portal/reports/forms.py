"""The choice of a period."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.day_input import DayInput
from portal.reports.declaration import Period


class PeriodForm(forms.Form):
    """From and to, both included."""

    date_from = forms.DateField(label=_("From"), required=False, widget=DayInput())
    date_to = forms.DateField(label=_("To"), required=False, widget=DayInput())

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("date_from"), cleaned.get("date_to")
        if first and last and last < first:
            self.add_error("date_to", _("The period ends before it begins."))
        return cleaned

    def period(self, default: Period) -> Period:
        """What was chosen, or the default."""
        if not self.is_valid() or not any(self.cleaned_data.values()):
            return default
        return Period(self.cleaned_data["date_from"], self.cleaned_data["date_to"])


def this_year(today: date) -> Period:
    return Period(today.replace(month=1, day=1), today)


def presets(today: date) -> list[tuple[object, Period]]:
    """Periods that people ask for most."""
    month = today.replace(day=1)
    last = month - timedelta(days=1)
    return [
        (_("This month"), Period(month, today)),
        (_("Last month"), Period(last.replace(day=1), last)),
        (_("This year"), this_year(today)),
        (_("Last year"), Period(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))),
        ("2024", Period(date(2024, 1, 1), date(2024, 12, 31))),
    ]
