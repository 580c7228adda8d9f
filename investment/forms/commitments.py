"""What the list of commitments is narrowed by; whatever else an address says is ignored."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from investment.models import Commitment
from portal.cases.models import Light
from portal.park.models import Team

LIGHTS = (Light.LATE, Light.WARN, Light.OK, Light.DONE)


class CommitmentFilter(forms.Form):
    """Every field is a word of the address."""

    light = forms.ChoiceField(
        label=_("Light"),
        choices=[("", _("All lights")), *((light.value, light.label) for light in LIGHTS)],
        required=False,
    )
    side = forms.ChoiceField(
        label=_("Side"), choices=[("", _("Both sides")), *Commitment.Side.choices], required=False
    )
    team = forms.ModelChoiceField(
        label=_("Task force"),
        queryset=Team.objects.filter(kind=Team.Kind.TASK_FORCE, active=True).order_by("code"),
        to_field_name="code",
        empty_label=_("All task forces"),
        required=False,
    )

    def __init__(self, data: object) -> None:
        super().__init__(data, auto_id="filter_%s")  # type: ignore[arg-type]  # a QueryDict
        self.is_valid()

    @property
    def is_narrowed(self) -> bool:
        return any(self.cleaned_data.values())

    def link(self, **changes: str) -> str:
        """The address of the list with other choices; empty ones are left out."""
        kept = {name: str(self.data.get(name, "")) for name in self.cleaned_data} | changes
        return "?" + urlencode({name: value for name, value in kept.items() if value})
