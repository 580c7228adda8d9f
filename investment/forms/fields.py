"""What the forms of investment share: days, amounts, and the next action."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc as numbers

from portal.cases.forms import ActionForm
from portal.day_input import DayInput
from portal.worktime.clock import local

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


def day(label: Any, **more: Any) -> forms.DateField:
    ends = {"min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()}
    # A field of a day takes a value in this form only, whatever the language.
    widget = DayInput(ends)
    return forms.DateField(label=label, widget=widget, **more)


def text(label: Any, length: int, rows: int = 3, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, widget=forms.Textarea(attrs={"rows": rows}), **more
    )


def yuan(label: Any, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_digits=16, decimal_places=2, **more)


def measure(label: Any, **more: Any) -> forms.DecimalField:
    given = {"required": False, "min_value": 0, "max_digits": 12, "decimal_places": 2, **more}
    return forms.DecimalField(label=label, **given)


def credit_code(given: str) -> str:
    """A credit code as it is kept. Raises ValidationError for one whose check digit is wrong."""
    code = given.strip().upper()
    if code and not numbers.is_valid(code):
        raise forms.ValidationError(_("This is not a unified social credit code."))
    return code


class DayForm(ActionForm):
    """A form of which some days lie ahead, and others do not."""

    ahead: ClassVar[tuple[str, ...]] = ()
    past: ClassVar[tuple[str, ...]] = ()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        today = local(self.now).date()
        for name in (*self.ahead, *self.past):
            on = cleaned.get(name)
            if on is None:
                continue
            if not FIRST_DAY <= on <= LAST_DAY:
                self.add_error(name, _("This day cannot be right."))
            elif name in self.ahead and on < today:
                self.add_error(name, _("This day has passed."))
            elif name in self.past and on > today:
                self.add_error(name, _("This day lies ahead."))
        return cleaned


class NextActionForm(DayForm):
    """What is done next, and when: mandatory while the lead is open."""

    ahead: ClassVar[tuple[str, ...]] = ("next_action_on",)

    next_action = forms.CharField(label=_("Next action"), max_length=200)
    next_action_on = day(_("Day of the next action"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if not name.startswith("next_")])
