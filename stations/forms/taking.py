"""The first taker's forms: accepting a request and finding out who handles it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.translation import gettext_lazy as _

from portal.cases.forms import ActionForm
from portal.park.models import Team
from stations.models import Category, CategoryRoute, Grade, Request

HANDLING_KINDS = (
    Team.Kind.DEPARTMENT,
    Team.Kind.WINDOW,
    Team.Kind.FINANCE,
    Team.Kind.TASK_FORCE,
    Team.Kind.STATION,
)


def handling_teams(case_request: Request | None) -> Any:
    """Teams that may handle a request: never the unit complained of."""
    teams = Team.objects.filter(active=True, kind__in=HANDLING_KINDS).order_by("kind", "name")
    if case_request is not None and case_request.accused_team_id is not None:
        teams = teams.exclude(pk=case_request.accused_team_id)
    return teams


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


class EarlierField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic at run time
    """An earlier request, with where it stands."""

    def label_from_instance(self, obj: Request) -> str:
        case = obj.case
        return f"{case.number} {case.title} · {case.step_declared.label} · {case.team.label}"


class MergeForm(ActionForm):
    """The earlier request of the same matter, which goes on; those of the same category come first."""

    public_fields = ("into",)

    into = EarlierField(
        label=_("The earlier request of the same matter"),
        queryset=Request.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        help_text=_(
            "It goes on and keeps its time limit; the papers of this one are added to it. "
            "The enterprise is told which number goes on."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alike = Q(category=self.case.request.category)
        found = Request.objects.to_merge_into(self.case).select_related("case__team")
        self.fields["into"].queryset = found.order_by(  # type: ignore[attr-defined]  # a model choice
            ExpressionWrapper(alike, BooleanField()).desc(), "-pk"
        )

    def recorded(self) -> dict[str, dict[str, Any]]:
        """The timeline names number and title; the request by itself says neither."""
        return {"public": {"into": str(self.cleaned_data["into"].case)}, "internal": {}}


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
