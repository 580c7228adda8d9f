"""What is asked for when an activity is planned, and when it is reported, on a phone as often as not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from investment.access import LEAD, own_task_forces
from investment.forms.fields import FIRST_DAY, LAST_DAY, day, text
from investment.forms.reviews import staff
from investment.models import Activity, Lead
from portal.cases.access import visible_to
from portal.cases.forms import ActionForm
from portal.park.models import Team

MOST_LEADS = 60  # that the page offers to choose from
MOST_CALLS, LONGEST_COMPANY, LONGEST_OUTCOME = 40, 120, 500


class PlanForm(ActionForm):
    """An activity that lies ahead, or one that is entered afterwards."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Activity.Kind.choices)
    task_force = forms.ModelChoiceField(label=_("Task force"), queryset=Team.objects.none())
    begins_on = day(_("First day"))
    ends_on = day(_("Last day"), required=False, help_text=_("Empty: it takes one day."))
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    investor_name = forms.CharField(label=_("Enterprise"), max_length=120, required=False)
    purpose = forms.CharField(label=_("Purpose"), max_length=300)
    leader = forms.ModelChoiceField(label=_("Led by"), queryset=staff().none(), required=False)
    members = forms.ModelMultipleChoiceField(label=_("Members"), queryset=staff().none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        own = own_task_forces(self.actor) if self.actor else []
        fields["task_force"].queryset = Team.objects.filter(pk__in=own)
        fields["task_force"].label_from_instance = lambda team: team.label
        if len(own) == 1:
            fields["task_force"].initial = own[0]
        for name in ("leader", "members"):
            fields[name].queryset = staff()
            fields[name].label_from_instance = lambda user: user.label

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begins = cleaned.get("begins_on")
        ends = cleaned["ends_on"] = cleaned.get("ends_on") or begins
        for name in ("begins_on", "ends_on"):
            on = cleaned.get(name)
            if on is not None and not FIRST_DAY <= on <= LAST_DAY:
                self.add_error(name, _("This day cannot be right."))
        if begins is not None and ends is not None and ends < begins:
            self.add_error("ends_on", _("The last day lies before the first."))
        if cleaned.get("kind") == Activity.Kind.VISIT and not cleaned.get("investor_name"):
            self.add_error("investor_name", _("Say which enterprise is visited."))
        if cleaned.get("kind") == Activity.Kind.TRIP and not cleaned.get("place"):
            self.add_error("place", _("Say where the trip goes."))
        return cleaned


class ChangePlanForm(PlanForm):
    """The plan as it is now. Whose it is does not change here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["task_force"]
        activity: Activity | None = getattr(self.case, "activity", None)
        for name, field in self.fields.items():
            if activity is not None:
                value = getattr(activity, name)
                field.initial = list(value.all()) if name == "members" else value


class PositionInput(forms.TextInput):
    """Latitude and longitude as "27.850200, 112.902100", with a button that asks the device."""

    template_name = "investment/_position.html"


class PositionField(forms.CharField):
    """A place on earth. Answers a pair of numbers, or None."""

    widget = PositionInput

    def clean(self, value: Any) -> tuple[Decimal, Decimal] | None:
        given = super().clean(value)
        if not given:
            return None
        try:
            latitude, longitude = (
                Decimal(part.strip()).quantize(Decimal("0.000001")) for part in given.split(",")
            )
        except (ValueError, ArithmeticError):
            raise forms.ValidationError(_("Latitude and longitude, with a comma between them.")) from None
        sound = latitude.is_finite() and longitude.is_finite()
        if not (sound and abs(latitude) <= 90 and abs(longitude) <= 180):
            raise forms.ValidationError(_("There is no such place."))
        return latitude, longitude


class ReportForm(ActionForm):
    """What came of it: within three working days of the return."""

    summary = text(_("What came of it"), 4000, 5)
    calls = text(
        _("Enterprises called on"),
        8000,
        4,
        required=False,
        help_text=_("One a line; after a colon, what was said."),
    )
    leads = forms.ModelMultipleChoiceField(
        label=_("Leads it was about"),
        queryset=Lead.objects.none(),
        required=False,
        help_text=_("It counts as an action on each of them."),
    )
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    position = PositionField(label=_("Position"), max_length=60, required=False)
    leader_count = forms.IntegerField(
        label=_("Leaders along"), min_value=0, max_value=99, required=False, initial=0
    )
    cost = forms.DecimalField(
        label=_("Cost (yuan)"), min_value=0, max_digits=12, decimal_places=2, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        known = visible_to(self.actor).filter(kind=LEAD, closed_at=None, team=self.case.team_id)
        leads = Lead.objects.filter(case__in=known).select_related("case").order_by("pk")
        fields["leads"].queryset = leads
        activity: Activity | None = getattr(self.case, "activity", None)
        if activity is not None:
            fields["place"].initial = activity.place
            fields["leads"].initial = list(activity.leads.filter(case__in=known))
            fields["leads"].choices = lambda: _near(activity, leads)

    def clean_calls(self) -> list[tuple[str, str]]:
        """Company and outcome of each line."""
        lines = [line.strip() for line in str(self.cleaned_data["calls"]).splitlines() if line.strip()]
        if len(lines) > MOST_CALLS:
            raise forms.ValidationError(_("At most %(most)s enterprises.") % {"most": MOST_CALLS})
        pairs = [_pair(line) for line in lines]
        if any(
            len(company) > LONGEST_COMPANY or len(outcome) > LONGEST_OUTCOME for company, outcome in pairs
        ):
            raise forms.ValidationError(_("One of the lines is too long."))
        return pairs

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        position = cleaned.pop("position", None)
        cleaned["latitude"], cleaned["longitude"] = position or (None, None)
        cleaned["leader_count"] = cleaned.get("leader_count") or 0
        return cleaned

    def recorded(self) -> dict[str, dict[str, Any]]:
        """What came of it; the rest stands with the activity itself."""
        return {"public": {}, "internal": {"summary": self.cleaned_data["summary"]}}


def _near(activity: Activity, leads: QuerySet[Lead]) -> list[tuple[int, str]]:
    """Of many leads those that it can be about: already linked, of the same investor, or worked on last."""
    linked = Exists(activity.leads.through.objects.filter(activity=activity, lead=OuterRef("pk")))
    same = Q(investor_name=activity.investor_name) if activity.investor_name else Q(pk=None)
    found = leads.order_by(linked.desc(), Case(When(same, then=0), default=1), "-last_action_at", "-pk")
    return [(lead.pk, f"{lead.case.number} {lead.case.title}") for lead in found[:MOST_LEADS]]


def _pair(line: str) -> tuple[str, str]:
    for mark in ("：", ":"):
        if mark in line:
            company, _mark, outcome = line.partition(mark)
            return company.strip(), outcome.strip()
    return line, ""


class NotedForm(ActionForm):
    """Which activity it was; filled in by the portal."""

    activity = forms.CharField(max_length=40)

    private_fields: ClassVar[tuple[str, ...]] = ()
