"""What the list of leads is narrowed by; whatever else an address says is ignored."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.cases.models import Light
from portal.park.models import Team


class LeadFilter(forms.Form):
    """Every field is a word of the address."""

    step = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    team = forms.ModelChoiceField(
        label=_("Task force"),
        queryset=Team.objects.filter(kind=Team.Kind.TASK_FORCE, active=True).order_by("code"),
        to_field_name="code",
        empty_label=_("All task forces"),
        required=False,
    )
    light = forms.ChoiceField(choices=[("", ""), *Light.choices], required=False, widget=forms.HiddenInput)
    late = forms.BooleanField(required=False, widget=forms.HiddenInput)
    idle = forms.BooleanField(required=False, widget=forms.HiddenInput)
    closed_from = forms.DateField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: object) -> None:
        super().__init__(data, auto_id="filter_%s")  # type: ignore[arg-type]  # a QueryDict
        self.is_valid()

    def link(self, **changes: str) -> str:
        """The address of the list with other choices; empty ones are left out."""
        kept = {name: str(self.data.get(name, "")) for name in self.cleaned_data} | changes
        return "?" + urlencode({name: value for name, value in kept.items() if value})
