"""What one fills in for a personal token."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.api.models import Scope

LIFETIMES = ((30, _("30 days")), (90, _("90 days")), (180, _("180 days")), (365, _("a year")))


class TokenForm(forms.Form):
    """A name to know it by, what it may do, and until when."""

    name = forms.CharField(
        label=_("Name"), max_length=60, help_text=_("What it is for, so that you can tell it apart later.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[Scope.READ.value],
        help_text=_("Never more than you may do yourself."),
    )
    days = forms.TypedChoiceField(label=_("Valid for"), choices=LIFETIMES, coerce=int, initial=90)

    @property
    def lifetime(self) -> timedelta:
        return timedelta(days=self.cleaned_data["days"])
