"""Forms of the administrator's pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.day_input import DayInput
from portal.worktime.models import DayOverride


class DayForm(forms.Form):
    """A decision on one day of the calendar."""

    day = forms.DateField(label=_("Day"), widget=DayInput())
    is_working = forms.TypedChoiceField(
        label=_("It is to be"),
        choices=[("0", _("a day off")), ("1", _("a working day"))],
        coerce=lambda value: value == "1",
        initial="0",
        widget=forms.RadioSelect,
    )
    kind = forms.ChoiceField(label=_("Why"), choices=DayOverride.Kind.choices)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def standing(self) -> DayOverride | None:
        """The decision on this day that stands already."""
        return DayOverride.objects.filter(date=self.cleaned_data["day"]).first()


def mark_of(decision: DayOverride | None) -> str:
    """What a decision says, to notice that somebody else has changed it since it was shown."""
    return f"{decision.is_working}:{decision.kind}:{decision.reason}" if decision else ""
