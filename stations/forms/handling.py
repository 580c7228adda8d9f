"""The handler's forms: progress, review and result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.cases.forms import ActionForm
from portal.day_input import DayInput
from portal.worktime.clock import local
from stations.models import Result


class ProgressForm(ActionForm):
    """A note on how it goes; the enterprise reads it."""

    public_fields: ClassVar[tuple[str, ...]] = ("note",)

    note = forms.CharField(label=_("Progress"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class ReviewForm(ProgressForm):
    """The monthly review of what is planned: where it stands, and whether the day still holds."""

    public_fields: ClassVar[tuple[str, ...]] = ("note", "planned_on")

    planned_on = forms.DateField(
        label=_("Planned for"),
        required=False,
        widget=DayInput(),
        help_text=_("Only where the day has changed."),
    )

    def clean_planned_on(self) -> Any:
        day = self.cleaned_data["planned_on"]
        if day is not None and day <= local(self.now).date():
            raise forms.ValidationError(_("The planned day must lie ahead."))
        return day


class ReportForm(ActionForm):
    """The result, with its text for the enterprise. "Planned" never counts as solved."""

    public_fields = ("result", "result_text", "result_basis", "planned_on")
    only_for: ClassVar[Mapping[str, str]] = {
        "result_basis": "result=explained",
        "planned_on": "result=planned",
    }

    result = forms.ChoiceField(label=_("Result"), choices=Result.choices, widget=forms.RadioSelect)
    result_text = forms.CharField(
        label=_("Answer to the enterprise"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )
    result_basis = forms.CharField(
        label=_("Legal basis"),
        max_length=300,
        required=False,
        help_text=_("Needed where the request is explained rather than resolved."),
    )
    planned_on = forms.DateField(
        label=_("Planned for"),
        required=False,
        widget=DayInput(),
        help_text=_("Needed where the matter is planned for later."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("result") == Result.EXPLAINED and not cleaned.get("result_basis"):
            self.add_error("result_basis", _("Name the rule on which the explanation rests."))
        if cleaned.get("result") == Result.PLANNED:
            day = cleaned.get("planned_on")
            if day is None:
                self.add_error("planned_on", _("Say for when it is planned."))
            elif day <= local(self.now).date():
                self.add_error("planned_on", _("The planned day must lie ahead."))
        return cleaned


class DirectAnswerForm(ReportForm):
    """An answer at the desk: nothing is left to plan."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["result"].choices = [  # type: ignore[attr-defined]  # a choice field
            (r.value, r.label) for r in (Result.RESOLVED, Result.EXPLAINED)
        ]
        del self.fields["planned_on"]
