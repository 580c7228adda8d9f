"""What is asked of departments, of the panel, and of two task forces that want one investor."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from investment.access import own_task_forces
from investment.forms.fields import NextActionForm, text
from investment.models import Criterion, Opinion
from portal.accounts.models import User
from portal.cases.forms import ActionForm
from portal.names import local_name
from portal.park.models import Membership, Team


class OpinionAskForm(ActionForm):
    """About what a department is asked; filled in by the portal."""

    about = forms.ChoiceField(label=_("About"), choices=Opinion.About.choices)


class VerdictForm(ActionForm):
    """The opinion of one department."""

    verdict = forms.ChoiceField(label=_("Verdict"), choices=Opinion.Verdict.choices, widget=forms.RadioSelect)
    reason = text(_("Opinion"), 1000, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("verdict") not in (None, Opinion.Verdict.AGREED) and not cleaned.get("reason"):
            self.add_error("reason", _("Say on which conditions, or which red line it is."))
        return cleaned


def staff() -> Any:
    """Everybody who works in a team of the park."""
    seats = Membership.objects.filter(team__active=True).exclude(team__kind=Team.Kind.BANK)
    return User.objects.filter(is_active=True, pk__in=seats.values("user")).order_by("display_name", "id")


class ReviewersForm(ActionForm):
    """Who is to assess the project."""

    reviewers = forms.ModelMultipleChoiceField(
        label=_("Panel"),
        queryset=User.objects.none(),
        help_text=_("At least three people without an interest. Nobody sees the points of the others."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["reviewers"]
        field.queryset = staff()
        field.label_from_instance = lambda user: user.label


class ConveneForm(ReviewersForm):
    """准入评审: the panel, and what due diligence has found."""

    due_diligence = text(_("What due diligence has found"), 2000)


class SheetForm(ActionForm):
    """Whose sheet of which review it is; filled in by the portal."""

    reviewer = forms.ModelChoiceField(label=_("Reviewer"), queryset=User.objects.all())
    round = forms.IntegerField(label=_("Round"), min_value=1)


class ScoreForm(ActionForm):
    """One sheet: points for each line in use, the veto items that apply, and the opinion."""

    opinion = text(_("Opinion"), 1000, required=False)
    no_interest = forms.BooleanField(label=_("I have no interest of my own in this project"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(Criterion.objects.filter(active=True))
        for line in self.lines:
            self.fields[f"line_{line.pk}"] = _field(line)
        asked = [f"line_{line.pk}" for line in self.lines]
        self.order_fields([*asked, "opinion", "no_interest"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given = {line: cleaned.pop(f"line_{line.pk}", None) for line in self.lines}
        cleaned["points"] = [
            {
                "code": line.code,
                "name": line.name,
                "name_en": line.name_en,
                "most": line.points,
                "given": points,
            }
            for line, points in given.items()
            if not line.is_veto and points is not None
        ]
        cleaned["vetoes"] = [line.name for line, applies in given.items() if line.is_veto and applies]
        return cleaned

    def recorded(self) -> dict[str, dict[str, Any]]:
        """The panel's points stay with the panel: the timeline says that a sheet was given, not which."""
        return {"public": {}, "internal": {}}


def _field(line: Criterion) -> forms.Field:
    name = local_name(line.name, line.name_en)
    if line.is_veto:
        return forms.BooleanField(label=_("Veto item: %(name)s") % {"name": name}, required=False)
    return forms.IntegerField(
        label=_("%(name)s (of %(points)s)") % {"name": name, "points": line.points},
        min_value=0,
        max_value=line.points,
    )


class InterestForm(ActionForm):
    """利益冲突: who has an interest says so, and gives no points."""

    interest = forms.CharField(label=_("What interest it is"), max_length=300)


class AdmissionForm(NextActionForm):
    """准入评审: what the panel comes to. Points are those of its sheets."""

    opinion = text(_("Opinion of the panel"), 2000)
    no_interest = forms.BooleanField(label=_("I have no interest of my own in this project"))


class ClaimForm(ActionForm):
    """撞单: on what grounds the investor is claimed, and for which of one's own task forces."""

    claimant = forms.ModelChoiceField(label=_("Task force"), queryset=Team.objects.none())
    grounds = text(_("Grounds"), 2000, help_text=_("When and how you met the investor, and what shows it."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = own_task_forces(self.actor) if self.actor else []
        field: Any = self.fields["claimant"]
        field.queryset = Team.objects.filter(pk__in=own)
        field.label_from_instance = lambda team: team.label
        if len(own) == 1:
            field.initial = own[0]


class ClaimAnswerForm(ActionForm):
    """What the first says to a claim."""

    answer = text(_("Answer"), 2000)


class ClaimDecisionForm(ActionForm):
    """What the panel decides, and why."""

    decision = text(_("Decision and reasons"), 2000)


class CircleForm(ActionForm):
    """保密: people who may know of the lead."""

    people = forms.ModelMultipleChoiceField(
        label=_("Who may know of it"),
        queryset=User.objects.none(),
        required=False,
        help_text=_("Besides you, the handler and the heads of the task force."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["people"]
        field.queryset = User.objects.filter(is_active=True, pk__in=_may_know()).order_by(
            "display_name", "id"
        )
        field.label_from_instance = lambda user: user.label


def _may_know() -> Any:
    """Staff, and the leaders of the park."""
    return (
        staff()
        .order_by()
        .values("pk")
        .union(User.objects.filter(duty_grants__duty="leader").order_by().values("pk"))
    )


class LetInForm(CircleForm):
    """More people who may know of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].required = True
        self.fields["people"].help_text = ""


class TakeOutForm(ActionForm):
    """Somebody who is to know of it no more."""

    person = forms.ModelChoiceField(label=_("Who"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        field.queryset = User.objects.filter(circles__case=self.case.pk).order_by("display_name", "id")
        field.label_from_instance = lambda user: user.label
