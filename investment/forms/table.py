"""What the lead table is narrowed and ordered by; whatever else an address says is ignored."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from investment.forms.editing import YES_NO
from investment.forms.fields import day
from investment.models import Lead
from portal.cases.models import Light
from portal.park.models import Team

IDLE = (
    ("ok", _("not idle")),
    ("warn", _("idle: yellow")),
    ("late", _("idle: red")),
)
DUE = (("overdue", _("overdue")), ("week", _("within seven days")))
STATES = (("open", pgettext_lazy("cases", "open")), ("ended", _("ended")))
# Word of the address, column, whether from the highest down.
SORTS = {
    "": "opened_at",
    "amount": "lead__investment_amount",
    "land": "lead__land_mu",
    "next": "lead__next_action_on",
    "action": "lead__last_action_at",
    "protection": "lead__protected_until",
}
UPWARDS = frozenset(("next", "action", "protection"))  # what is most pressing comes first
SORT_LABELS = (
    ("", _("Newest first")),
    ("amount", _("Largest investment first")),
    ("land", _("Most land first")),
    ("next", _("Next action, soonest first")),
    ("action", _("Longest without action first")),
    ("protection", _("Protection that ends soonest first")),
)


def _any(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", _("all")), *choices], required=False)


def _least(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_digits=12, decimal_places=2, required=False)


class LeadTableFilter(forms.Form):
    """Every field is a word of the address; one that cannot be read narrows nothing."""

    q = forms.CharField(label=_("Search"), max_length=80, required=False)
    team = forms.ModelChoiceField(
        label=_("Task force"),
        queryset=Team.objects.filter(kind=Team.Kind.TASK_FORCE, active=True).order_by("code"),
        to_field_name="code",
        empty_label=_("All task forces"),
        required=False,
    )
    step = forms.ChoiceField(label=_("Step"), required=False)
    state = _any(_("State"), STATES)
    source = _any(_("Source"), Lead.Source.choices)
    industry = forms.CharField(label=_("Industry"), max_length=60, required=False)
    heat = _any(_("Heat"), Lead.Heat.choices)
    key = _any(_("Key project"), YES_NO)
    top500 = _any(_("Of a top-500 enterprise"), YES_NO)
    xiang = _any(_("Of a returning Hunan entrepreneur"), YES_NO)
    amount_from = _least(_("Investment from (10,000 yuan)"))
    amount_to = _least(_("Investment to (10,000 yuan)"))
    land_from = _least(_("Land from (mu)"))
    land_to = _least(_("Land to (mu)"))
    idling = _any(_("Idle"), IDLE)
    due = _any(_("Next action"), DUE)
    signed_from = day(_("Signed from"), required=False)
    signed_to = day(_("Signed to"), required=False)
    sort = forms.ChoiceField(label=_("Order"), choices=SORT_LABELS, required=False)
    # Words that charts and bulletins use.
    light = forms.ChoiceField(choices=[("", ""), *Light.choices], required=False, widget=forms.HiddenInput)
    late = forms.BooleanField(required=False, widget=forms.HiddenInput)
    idle = forms.BooleanField(required=False, widget=forms.HiddenInput)
    closed_from = forms.DateField(required=False, widget=forms.HiddenInput)

    FLAGS = ("late", "idle")

    def __init__(self, data: Any, steps: list[tuple[str, Any]]) -> None:
        super().__init__(data, auto_id="filter_%s")
        step: Any = self.fields["step"]
        step.choices = [("", _("All steps")), *steps]
        self.is_valid()

    def chosen(self) -> dict[str, str]:
        """The words that narrow or order, as the address says them."""
        given = {name: str(self.data.get(name, "")).strip() for name in self.fields}
        return {name: text for name, text in given.items() if text and name not in self.errors}

    @property
    def is_narrowed(self) -> bool:
        return bool(self.chosen().keys() - {"sort"})

    @property
    def is_wide(self) -> bool:
        """Whether a filter is used that is not on the first line."""
        return bool(self.chosen().keys() - {"q", "team", "step", "sort"})

    def query(self, **changes: str) -> str:
        return urlencode({name: text for name, text in (self.chosen() | changes).items() if text})

    def link(self, **changes: str) -> str:
        """The address of the table with other choices."""
        return "?" + self.query(**changes)


class ViewForm(forms.Form):
    """A name for the filters on the page."""

    name = forms.CharField(label=_("Name"), max_length=40)
    team = forms.IntegerField(required=False)
    is_default = forms.BooleanField(required=False)
