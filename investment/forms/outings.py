"""What the list of activities is narrowed by; whatever else an address says is ignored."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from investment.forms.fields import day
from investment.models import Activity
from portal.park.models import Team


class ActivityFilter(forms.Form):
    """Every field is a word of the address."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("All kinds")), *Activity.Kind.choices], required=False
    )
    state = forms.ChoiceField(
        label=_("State"),
        choices=[
            ("", _("All states")),
            ("planned", _("Planned")),
            ("to_report", _("To be reported")),
            ("reported", _("Reported")),
            ("called_off", _("Called off")),
        ],
        required=False,
    )
    team = forms.ModelChoiceField(
        label=_("Task force"),
        queryset=Team.objects.filter(kind=Team.Kind.TASK_FORCE, active=True).order_by("code"),
        to_field_name="code",
        empty_label=_("All task forces"),
        required=False,
    )
    since = day(_("From"), required=False)
    until = day(_("To"), required=False)

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
