"""What the library of policies is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from funds.models import Criterion, Policy, PolicyVersion

MOST_PAGES = 1000
Operator = Criterion.Operator


@dataclass(frozen=True)
class Asked:
    """The part of the library that somebody looks at; empty: all of it."""

    q: str = ""
    level: str = ""
    kind: str = ""
    delivery: str = ""
    industry: str = ""
    open: str = ""
    page: int = 1

    def link(self, page: int) -> str:
        """The address of a page of the list."""
        shown = asdict(replace(self, page=page))
        return "?" + urlencode({k: v for k, v in shown.items() if v and (k, v) != ("page", 1)})

    def narrow(self, versions: QuerySet[PolicyVersion], today: date) -> QuerySet[PolicyVersion]:
        """The versions that the filters leave."""
        for word in self.q.split():
            versions = versions.filter(
                Q(policy__title__icontains=word) | Q(policy__title_en__icontains=word)
                | Q(policy__code__icontains=word) | Q(summary__icontains=word)
                | Q(summary_en__icontains=word) | Q(source__icontains=word)
            )  # fmt: skip
        places = {"level": "policy__level", "kind": "policy__kind", "delivery": "policy__delivery"}
        wanted = {place: getattr(self, name) for name, place in places.items() if getattr(self, name)}
        versions = versions.filter(**wanted)
        if self.industry:
            versions = versions.exclude(Exists(_shuts_out(self.industry)))
        if self.open:
            versions = versions.filter(Q(closes_on=None) | Q(closes_on__gte=today), opens_on__lte=today)
        return versions


def _shuts_out(industry: str) -> QuerySet[Criterion]:
    """Conditions by which the industry gets nothing; an alternative to others shuts nobody out."""
    own = Criterion.objects.filter(version=OuterRef("pk"), fact="industry", group=0)
    named = Q(values__contains=[industry])
    return own.filter(
        Q(operator__in=[Operator.IS, Operator.IN]) & ~named | Q(operator=Operator.NOT_IN) & named
    )


class LibraryForm(forms.Form):
    """The filters. What is none of them is left out: an old link still leads somewhere."""

    q = forms.CharField(
        label=_("Search"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    level = forms.ChoiceField(
        label=_("Level"), choices=[("", _("All levels")), *Policy.Level.choices], required=False
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("All kinds")), *Policy.Kind.choices], required=False
    )
    delivery = forms.ChoiceField(
        label=_("Way of delivery"),
        choices=[("", _("All ways")), *Policy.Delivery.choices],
        required=False,
    )
    industry = forms.ChoiceField(label=_("Industry"), required=False)
    open = forms.BooleanField(
        label=_("Open now"), required=False, widget=forms.CheckboxInput(attrs={"value": "1"})
    )
    page = forms.IntegerField(min_value=1, max_value=MOST_PAGES, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, industries: Sequence[str]) -> None:
        super().__init__(data)
        field: Any = self.fields["industry"]
        field.choices = [("", _("All industries")), *((name, name) for name in industries)]

    def asked(self) -> Asked:
        """What is asked for."""
        self.is_valid()
        given = {
            name: value for name, value in self.cleaned_data.items() if value and name in asdict(Asked())
        }
        return Asked(**{**given, "open": "1" if given.get("open") else ""})
