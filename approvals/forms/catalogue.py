"""What the guide is asked, and the facts of a project that decide which items it needs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.models import ServiceItem

MOST_PAGES = 1000


@dataclass(frozen=True)
class Asked:
    """The part of the catalogue that somebody looks at; empty: all of it."""

    q: str = ""
    stage: str = ""
    window: str = ""
    delegated: str = ""
    page: int = 1

    def link(self) -> str:
        """The address of the list that shows it."""
        return "?" + urlencode({k: v for k, v in asdict(self).items() if v and (k, v) != ("page", 1)})


class GuideForm(forms.Form):
    """The filters of the guide. What is none of them is left out: an old link still leads somewhere."""

    q = forms.CharField(label=_("Search"), max_length=60, required=False)
    stage = forms.ChoiceField(choices=ServiceItem.Stage.choices, required=False)
    window = forms.CharField(max_length=40, required=False)
    delegated = forms.ChoiceField(choices=[("1", "")], required=False)
    page = forms.IntegerField(min_value=1, max_value=MOST_PAGES, required=False)

    def asked(self, windows: Collection[str]) -> Asked:
        """What is asked for. `windows`: the codes that there are."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        if given.get("window") not in windows:
            given.pop("window", None)
        return Asked(**given)


class FactsForm(forms.Form):
    """What of a project decides which items it needs. `asked`: the facts that matter here."""

    energy_tce = forms.DecimalField(
        label=_("Energy use a year, tonnes of standard coal"), min_value=0, max_digits=12, required=False
    )
    floor_area_m2 = forms.DecimalField(label=_("Floor area, m²"), min_value=0, max_digits=12, required=False)
    investment_amount = forms.DecimalField(
        label=_("Investment, yuan"), min_value=0, max_digits=16, required=False
    )
    special_fire = forms.BooleanField(label=_("Special works of fire protection"), required=False)
    basement = forms.BooleanField(label=_("A basement for civil defence"), required=False)

    def __init__(self, *args: Any, asked: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(asked):
            del self.fields[name]

    def facts(self) -> dict[str, Decimal | bool]:
        """What was said; what was left empty is not there."""
        return {name: value for name, value in self.cleaned_data.items() if value}
