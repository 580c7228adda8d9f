"""What the lists of projects and permits are narrowed by; whatever else an address says is ignored."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.models import Procedure, ServiceItem

STAGES = [choice for choice in ServiceItem.Stage.choices if choice[0] != ServiceItem.Stage.OTHER]
PERMIT_STATES = [
    ("filing", _("To be filed")),
    ("running", _("Being handled")),
    ("late", _("Overdue")),
    ("paused", _("Clock stopped")),
    ("granted", _("Granted")),
    ("ended", _("Refused or withdrawn")),
]


class _Filter(forms.Form):
    q = forms.CharField(label=_("Search"), max_length=80, required=False)

    def __init__(self, data: object) -> None:
        super().__init__(data, auto_id="filter_%s")  # type: ignore[arg-type]  # a QueryDict
        self.is_valid()

    def chosen(self, name: str) -> str:
        """What was chosen; empty for nothing, and for what is none of the choices."""
        value = self.cleaned_data.get(name)
        return str(value) if value else ""

    def link(self, **changes: str) -> str:
        """The address of the list with other choices; empty ones are left out."""
        kept = {name: self.chosen(name) for name in self.fields} | changes
        return "?" + urlencode({name: value for name, value in kept.items() if value})

    @property
    def is_narrowed(self) -> bool:
        return any(self.chosen(name) for name in self.fields)


class ProjectFilter(_Filter):
    stage = forms.ChoiceField(
        label=_("Stage"), choices=[("", _("All stages")), *STAGES, ("closed", _("Closed"))], required=False
    )
    mode = forms.ChoiceField(
        label=_("Mode"), choices=[("", _("All modes")), *Procedure.Mode.choices], required=False
    )
    key = forms.ChoiceField(choices=[("", ""), ("1", "1")], required=False)
    late = forms.ChoiceField(choices=[("", ""), ("1", "1")], required=False)


class PermitFilter(_Filter):
    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("All states")), *PERMIT_STATES], required=False
    )
    item = forms.IntegerField(min_value=1, max_value=2**62, required=False)
