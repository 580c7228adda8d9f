"""What people fill in on the way of a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.cases.access import own_papers
from portal.cases.forms import ActionForm
from portal.cases.models import Document
from portal.cases.papers import described
from portal.park.models import Team
from portal.worktime.clock import local
from portal.worktime.now import now
from stations.models import Category, CategoryRoute, Channel, Grade, Request, Result, Station
from stations.nearest import Nearby

HANDLING_KINDS = (
    Team.Kind.DEPARTMENT,
    Team.Kind.WINDOW,
    Team.Kind.FINANCE,
    Team.Kind.TASK_FORCE,
    Team.Kind.STATION,
)
# What an enterprise may say itself; the heavier grades are the steward's to give.
OWN_GRADES = (
    (Grade.CONSULT.value, _("I only have a question")),
    (Grade.NORMAL.value, _("Normal")),
    (Grade.URGENT.value, _("Urgent: production or safety is at risk")),
)


def handling_teams(case_request: Request | None) -> Any:
    """Teams that may handle a request: never the unit complained of."""
    teams = Team.objects.filter(active=True, kind__in=HANDLING_KINDS).order_by("kind", "name")
    if case_request is not None and case_request.accused_team_id is not None:
        teams = teams.exclude(pk=case_request.accused_team_id)
    return teams


class ArchiveField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # no generic at run time
    """Papers of the archive, each with what tells it from others of its title."""

    def label_from_instance(self, obj: Document) -> str:
        return f"{obj.title} · {described(obj, local(now()).date())}"


class FilingForm(ActionForm):
    """A new request. The case is not there yet: `case` carries only the enterprise."""

    public_fields: ClassVar[tuple[str, ...]] = ("category",)
    private_fields: ClassVar[tuple[str, ...]] = ("contact_name", "contact_phone")

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
    station = forms.ModelChoiceField(
        label=_("Station"), queryset=Station.objects.filter(team__active=True).select_related("team")
    )
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
        own = Q(enterprise_id=self.case.enterprise_id, scan_state=Document.Scan.CLEAN)
        if self.actor is not None and self.case.enterprise_id in self.actor.mandates:
            own &= own_papers(self.actor)
        self.fields["documents"].queryset = Document.objects.filter(own)  # type: ignore[attr-defined]  # a model choice

    def show(self, nearby: Sequence[Nearby], promises: Mapping[str, str]) -> None:
        """What the page says beside the choices: how far and how long open, and by when it would be done."""
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
            own = Station.objects.filter(team_id__in=self.actor.team_ids, team__active=True)
            self.fields["station"].queryset = own.select_related("team")  # type: ignore[attr-defined]  # a model choice


class AcceptForm(ActionForm):
    """First contact made: category and grade confirmed, the clock starts."""

    public_fields = ("grade",)

    category = forms.ChoiceField(label=_("Category"), choices=Category.choices)
    grade = forms.ChoiceField(label=_("Grade"), choices=Grade.choices)
    contact_note = forms.CharField(
        label=_("Note of the first contact"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grade"].initial = self.case.grade
        self.fields["category"].initial = self.case.request.category
        if self.case.sealed:  # a sealed complaint stays one
            self.fields["category"].choices = [  # type: ignore[attr-defined]  # a choice field
                (Category.CONDUCT.value, Category.CONDUCT.label)
            ]
        else:
            self.fields["category"].choices = [  # type: ignore[attr-defined]  # a choice field
                c for c in Category.choices if c[0] != Category.CONDUCT
            ]


class TeamForm(ActionForm):
    """To which team a request goes."""

    public_fields = ("team",)

    team = forms.ModelChoiceField(label=_("Leading team"), queryset=Team.objects.none())
    note = forms.CharField(
        label=_("Note for the team"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        facts = self.case.request
        self.fields["team"].queryset = handling_teams(facts)  # type: ignore[attr-defined]  # a model choice
        route = CategoryRoute.objects.filter(category=facts.category).first()
        if route is not None:
            self.fields["team"].initial = route.team_id


class DispatchForm(TeamForm):
    """The leading team, and those that help."""

    co_teams = forms.ModelMultipleChoiceField(
        label=_("Co-handling teams"),
        queryset=Team.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    ask = forms.CharField(
        label=_("What the co-handling teams are asked"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["co_teams"].queryset = handling_teams(self.case.request)  # type: ignore[attr-defined]  # a model choice

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("co_teams") and not cleaned.get("ask"):
            self.add_error("ask", _("Say what the co-handling teams are asked."))
        if cleaned.get("team") in (cleaned.get("co_teams") or ()):
            self.add_error("co_teams", _("The leading team cannot be a co-handling team as well."))
        return cleaned


class CoHandlerForm(ActionForm):
    """One more team that is asked for its part."""

    team = forms.ModelChoiceField(label=_("Co-handling team"), queryset=Team.objects.none())
    ask = forms.CharField(label=_("What is asked"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = handling_teams(self.case.request).exclude(pk=self.case.team_id)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]  # a model choice


class PlanForm(ActionForm):
    """What will be done until when; the enterprise reads it."""

    public_fields = ("plan", "planned_on")

    plan = forms.CharField(
        label=_("What will be done"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    planned_on = forms.DateField(
        label=_("Done by"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )


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
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Only where the day has changed."),
    )

    def clean_planned_on(self) -> Any:
        day = self.cleaned_data["planned_on"]
        if day is not None and day <= now().date():
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
        widget=forms.DateInput(attrs={"type": "date"}),
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
            elif day <= now().date():
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
