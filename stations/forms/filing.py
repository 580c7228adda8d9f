"""A new request, as an enterprise or a steward files it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from portal.cases.access import own_papers
from portal.cases.forms import ActionForm
from portal.cases.models import Document
from portal.cases.paper_fields import ArchiveField
from portal.composed import Composed
from portal.park.models import Team
from stations.models import Category, Channel, Grade, Request, Station
from stations.nearest import Nearby

# What an enterprise may say itself; the heavier grades are the steward's to give.
OWN_GRADES = (
    (Grade.CONSULT.value, _("I only have a question")),
    (Grade.NORMAL.value, _("Normal")),
    (Grade.URGENT.value, _("Urgent: production or safety is at risk")),
)


class StationField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic at run time
    """A station at work, read by one statement that is composed once. `within`: only of these teams."""

    within: frozenset[int] | None = None

    def offer_within(self, teams: frozenset[int]) -> None:
        self.within = teams
        self.queryset = stations_at_work().filter(team_id__in=teams)

    def to_python(self, value: Any) -> Station | None:
        if value in self.empty_values:
            return None
        text = str(value.pk if isinstance(value, Station) else value)
        found = _STATION.first(int(text)) if text.isdecimal() and len(text) < 19 else None
        if found is None or (self.within is not None and found.pk not in self.within):
            message = self.error_messages["invalid_choice"]
            raise forms.ValidationError(message, code="invalid_choice", params={"value": value})
        return found


def stations_at_work() -> QuerySet[Station]:
    return Station.objects.filter(team__active=True).select_related("team")


_STATION = Composed(lambda pk: stations_at_work().filter(pk=pk))


class FilingForm(ActionForm):
    """A new request. The case is not there yet: `case` carries only the enterprise."""

    public_fields: ClassVar[tuple[str, ...]] = ("category",)
    private_fields: ClassVar[tuple[str, ...]] = ("contact_name", "contact_phone")
    takes_files: ClassVar[bool] = True

    category = forms.ChoiceField(
        label=_("What is it about?"), choices=Category.choices, widget=forms.RadioSelect
    )
    title = forms.CharField(label=_("In one sentence"), max_length=120)
    description = forms.CharField(
        label=_("What happened?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Say what happened, since when, and what you would like us to do."),
    )
    grade = forms.ChoiceField(
        label=_("How urgent is it?"),
        choices=OWN_GRADES,
        initial=Grade.NORMAL.value,
        widget=forms.RadioSelect,
    )
    station = StationField(label=_("Station"), queryset=stations_at_work())
    accused_team = forms.ModelChoiceField(
        label=_("Which unit do you complain of?"),
        queryset=Team.objects.filter(active=True).order_by("kind", "name"),
        required=False,
        help_text=_(
            "Only for complaints about enforcement or conduct. The unit does not learn of it: "
            "discipline inspection handles it under seal."
        ),
    )
    contact_name = forms.CharField(label=_("Contact person"), max_length=60)
    contact_phone = forms.CharField(label=_("Phone"), max_length=30)
    contact_way = forms.ChoiceField(
        label=_("How shall we answer?"),
        choices=Request.ContactWay.choices,
        initial=Request.ContactWay.PHONE.value,
    )
    documents = ArchiveField(
        label=_("From your archive"),
        queryset=Document.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self["documents"].data:
            self._offer_archive()

    def _offer_archive(self) -> None:
        """What the enterprise has, as far as this person may use it: where it is shown or chosen from."""
        own = Q(enterprise_id=self.case.enterprise_id)
        if self.actor is not None and self.case.enterprise_id in self.actor.mandates:
            own &= own_papers(self.actor)
        papers: Any = self.fields["documents"]
        papers.offer(Document.objects.filter(own))

    def show(self, nearby: Sequence[Nearby], promises: Mapping[str, str]) -> None:
        """What the page says beside the choices: how far and how long open, and by when it would be done."""
        self._offer_archive()
        station: Any = self.fields["station"]
        allowed = set(station.queryset.values_list("pk", flat=True))
        station.choices = [
            (n.station.pk, f"{n.station.team.label} · {n.says}") for n in nearby if n.station.pk in allowed
        ]
        grade: Any = self.fields["grade"]
        grade.choices = [
            (key, f"{label} · {promises[key]}" if key in promises else label) for key, label in grade.choices
        ]

    def clean_contact_phone(self) -> str:
        value: str = self.cleaned_data["contact_phone"]
        if sum(ch.isdecimal() for ch in value) < 7:
            raise forms.ValidationError(_("Please give a phone number with at least 7 digits."))
        return value

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("category") != Category.CONDUCT:
            cleaned["accused_team"] = None
        elif cleaned.get("accused_team") is None:
            self.add_error("accused_team", _("Please say which unit you complain of."))
        return cleaned


class DeskFilingForm(FilingForm):
    """A steward files for an enterprise that walks in or phones; every grade may be given."""

    channel = forms.ChoiceField(
        label=_("How did it come in?"),
        choices=[c for c in Channel.choices if c[0] != Channel.WEB],
        initial=Channel.STATION.value,
    )
    external_number = forms.CharField(
        label=_("Number elsewhere"),
        max_length=40,
        required=False,
        help_text=_("For example of the city hotline, so that nobody asks twice."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grade"].choices = Grade.choices  # type: ignore[attr-defined]  # a choice field
        if self.actor is not None:
            station: Any = self.fields["station"]
            station.offer_within(self.actor.team_ids)
