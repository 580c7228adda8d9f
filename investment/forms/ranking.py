"""Forms of the ranking: a line of its sheet, an untrue report, the issue."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from investment.access import LEAD
from investment.forms.fields import text
from investment.models import Lead, RankingRule, Untruth
from investment.models.registers import QUARTER
from portal.cases.access import visible_to
from portal.park.acting import Actor
from portal.park.models import Team


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    """One line of the sheet, from a quarter on."""

    class Meta:
        model = RankingRule
        fields: ClassVar = [
            "name",
            "name_en",
            "measure",
            "basis",
            "points",
            "per_unit",
            "active",
            "valid_from",
        ]

    def validate_unique(self) -> None:
        """What changes in this quarter already is changed again."""


class UntruthForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    """What a task force reported and was untrue; the lead by its number, if it was about one."""

    number = forms.CharField(label=_("number of the lead"), max_length=40, required=False)

    class Meta:
        model = Untruth
        fields: ClassVar = ["team", "text"]

    def __init__(self, data: object, *, actor: Actor, quarter: str) -> None:
        super().__init__(data, instance=Untruth(quarter=quarter), auto_id="untruth_%s")  # type: ignore[arg-type]
        self.actor = actor
        self.fields["team"].queryset = Team.objects.filter(  # type: ignore[attr-defined]  # a ModelChoiceField
            kind=Team.Kind.TASK_FORCE, active=True
        )

    def clean_number(self) -> str:
        """Of the leads that the person may know of. Raises ValidationError for another number."""
        number: str = self.cleaned_data["number"].strip()
        seen = visible_to(self.actor).filter(kind=LEAD, number=number)
        self.instance.lead = Lead.objects.filter(case__in=seen).first() if number else None
        if number and self.instance.lead is None:
            raise forms.ValidationError(_("There is no lead of this number."))
        return number


class IssueForm(forms.Form):
    """What is said with the ranking, and the award that the first gets."""

    remarks = text(_("Remarks"), 2000, required=False)
    award = forms.CharField(label=_("Award of the first"), max_length=120, required=False)


class QuarterForm(forms.Form):
    """The quarter that an address names."""

    quarter = forms.CharField(max_length=7, validators=[RegexValidator(QUARTER)])
