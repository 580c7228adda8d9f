"""Forms of what goes along with a project: assistance, the node plan, meetings, utilities."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.forms.days import PastDay, check_ahead, check_day, day
from approvals.forms.permits import offered_papers
from approvals.models import AgentTask, Meeting, Node, UtilityKind
from portal.accounts.models import User
from portal.cases.forms import ActionForm
from portal.cases.models import Document
from portal.cases.paper_fields import PaperField
from portal.park.models import Team
from portal.worktime.clock import local

MOST_NODES, MOST_ITEMS = 60, 6


def text(label: Any, length: int, rows: int = 3, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, widget=forms.Textarea(attrs={"rows": rows}), **more
    )


class PaperForm(ActionForm):
    """A form with one paper that need not be given."""

    takes_files: ClassVar[bool] = True
    paper_name: ClassVar[str] = "paper"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields[self.paper_name]
        field.offer(offered_papers(self.case, self.actor))


def paper(label: Any) -> PaperField:
    return PaperField(
        label=label,
        queryset=Document.objects.none(),
        required=False,
        empty_label=_("— choose, or send a new file —"),
    )


def colleagues(form: ActionForm, name: str) -> None:
    """The people of the team that holds the case."""
    field: Any = form.fields[name]
    field.queryset = User.objects.filter(is_active=True, memberships__team_id=form.case.team_id).order_by(
        "display_name", "id"
    )


class VisitForm(PastDay):
    """上门讲解: the whole of the approvals is explained; the agent is named."""

    past: ClassVar[str] = "visited_on"
    public_fields: ClassVar[tuple[str, ...]] = ("visited_on", "visit_note", "agent")

    visited_on = day(_("Visited on"))
    visit_note = text(_("What was explained"), 2000)
    agent = forms.ModelChoiceField(label=_("Filing agent"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues(self, "agent")


class AuthorisationForm(PaperForm):
    """帮代办委托: the enterprise lets a named person file for it."""

    consent = forms.BooleanField(
        label=_("We authorise this person to file for our project; decisions stay with us."),
        help_text=_("You can end it at any time."),
    )
    paper = paper(_("Letter of authorisation"))


class AgentForm(ActionForm):
    """Another agent."""

    public_fields: ClassVar[tuple[str, ...]] = ("agent", "reason")

    agent = forms.ModelChoiceField(label=_("Filing agent"), queryset=User.objects.none())
    reason = forms.CharField(label=_("Reason"), max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues(self, "agent")


class AgentTaskForm(ActionForm):
    """One thing to be done for the enterprise."""

    public_fields: ClassVar[tuple[str, ...]] = ("what", "due_on")

    what = forms.CharField(label=_("What is to be done"), max_length=200)
    due_on = day(_("By"))

    def clean_due_on(self) -> date:
        due_on: date = self.cleaned_data["due_on"]
        check_ahead(due_on, self.now)
        return due_on


class FinishTaskForm(ActionForm):
    """A task that is done."""

    public_fields: ClassVar[tuple[str, ...]] = ("task", "note")

    task = forms.ModelChoiceField(label=_("Task"), queryset=AgentTask.objects.none())
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["task"]
        field.queryset = AgentTask.objects.filter(assistance=self.case.pk, done_at=None)


class NodesForm(ActionForm):
    """节点计划: a line for each node."""

    public_fields: ClassVar[tuple[str, ...]] = ("nodes",)

    nodes = forms.CharField(
        label=_("Node plan"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("A line for each node: the day, then what stands by then. 2026-12-31 Main structure"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ahead = Node.objects.filter(project=self.case.pk, reached_on=None)
        self.fields["nodes"].initial = "\n".join(f"{n.planned_on:%Y-%m-%d} {n.what}" for n in ahead)

    def clean_nodes(self) -> list[tuple[str, date]]:
        found: list[tuple[str, date]] = []
        for number, line in enumerate(self.cleaned_data["nodes"].splitlines(), start=1):
            if not line.strip():
                continue
            on, _space, what = line.strip().partition(" ")
            try:
                found.append((what.strip()[:120], date.fromisoformat(on)))
                check_day(found[-1][1])
            except (ValueError, forms.ValidationError) as error:
                told = _("Line %(n)s: begin with a day such as 2026-12-31.") % {"n": number}
                raise forms.ValidationError(told) from error
            if not found[-1][0]:
                raise forms.ValidationError(_("Line %(n)s: say what stands by then.") % {"n": number})
        names = [what for what, _on in found]
        if len(names) != len(set(names)):
            raise forms.ValidationError(_("Each node once."))
        if len(names) > MOST_NODES:
            raise forms.ValidationError(_("At most %(n)s nodes.") % {"n": MOST_NODES})
        return found

    def recorded(self) -> dict[str, dict[str, Any]]:
        lines = [f"{on:%Y-%m-%d} {what}" for what, on in self.cleaned_data["nodes"]]
        return {"public": {"nodes": lines}, "internal": {}}


class ReachNodeForm(PaperForm, PastDay):
    """A node that stands, with its photo."""

    paper_name: ClassVar[str] = "photo"
    past: ClassVar[str] = "reached_on"
    public_fields: ClassVar[tuple[str, ...]] = ("node", "reached_on", "note")

    node = forms.ModelChoiceField(label=_("Node"), queryset=Node.objects.none())
    reached_on = day(_("Reached on"))
    note = forms.CharField(label=_("Note"), max_length=500, required=False)
    photo = paper(_("Photo"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["node"]
        field.queryset = Node.objects.filter(project=self.case.pk, reached_on=None)


class MeetingForm(PastDay):
    """进度帮扶会: minutes, and what was agreed on, each with its team and day."""

    past: ClassVar[str] = "held_on"
    public_fields: ClassVar[tuple[str, ...]] = ("held_on", "minutes")

    held_on = day(_("Held on"))
    minutes = text(_("Minutes"), 4000, 6)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = Team.objects.filter(active=True).order_by("kind", "name")
        for n in range(1, MOST_ITEMS + 1):
            place = {"n": n}
            self.fields[f"what_{n}"] = forms.CharField(
                label=_("Agreed on, no. %(n)s") % place, max_length=200, required=False
            )
            self.fields[f"team_{n}"] = forms.ModelChoiceField(
                label=_("Team of no. %(n)s") % place, queryset=teams, required=False
            )
            self.fields[f"due_{n}"] = day(_("No. %(n)s done by") % place, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["items"] = []
        for n in range(1, MOST_ITEMS + 1):
            what, team, due_on = (cleaned.get(f"{name}_{n}") for name in ("what", "team", "due"))
            if not any((what, team, due_on)):
                continue
            for name, value in (("what", what), ("team", team), ("due", due_on)):
                if not value and f"{name}_{n}" not in self.errors:
                    self.add_error(f"{name}_{n}", _("Say what, who, and by when."))
            if due_on is not None and due_on <= local(self.now).date():
                self.add_error(f"due_{n}", _("The planned day must lie ahead."))
            cleaned["items"].append((what, team, due_on))
        return cleaned

    def recorded(self) -> dict[str, dict[str, Any]]:
        data = self.cleaned_data
        items = [f"{what} · {team.name} · {due_on}" for what, team, due_on in data["items"]]
        told = {"held_on": str(data["held_on"]), "minutes": data["minutes"]}
        return {"public": {**told, **({"items": items} if items else {})}, "internal": {}}


class ActionItemForm(ActionForm):
    """What a meeting agreed on: never filled in by a person."""

    what = forms.CharField(max_length=200)
    meeting = forms.ModelChoiceField(queryset=Meeting.objects.all())
    due_on = forms.DateField()

    def recorded(self) -> dict[str, dict[str, Any]]:
        return {"public": {"due_on": str(self.cleaned_data["due_on"])}, "internal": {}}


class ResultForm(ActionForm):
    """What was done."""

    public_fields: ClassVar[tuple[str, ...]] = ("result",)

    result = text(_("Result"), 2000)


class UtilityForm(ActionForm):
    """Which connection, how much of it, by when."""

    public_fields: ClassVar[tuple[str, ...]] = ("kind", "need", "wanted_on")

    kind = forms.ChoiceField(label=_("Utility"), choices=UtilityKind.choices, widget=forms.RadioSelect)
    need = text(_("What is needed"), 2000, help_text=_("Load or amount, place, whether for the works only."))
    wanted_on = day(_("Wanted by"), required=False)


class SurveyForm(PaperForm, PastDay):
    """现场察勘."""

    paper_name: ClassVar[str] = "photo"
    past: ClassVar[str] = "surveyed_on"
    public_fields: ClassVar[tuple[str, ...]] = ("surveyed_on", "survey_note")

    surveyed_on = day(_("Surveyed on"))
    survey_note = text(_("What was found on the spot"), 2000)
    longitude = forms.DecimalField(
        label=_("Longitude"), required=False, min_value=-180, max_value=180, max_digits=9, decimal_places=6
    )
    latitude = forms.DecimalField(
        label=_("Latitude"), required=False, min_value=-90, max_value=90, max_digits=8, decimal_places=6
    )
    photo = paper(_("Photo"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if (cleaned.get("longitude") is None) != (cleaned.get("latitude") is None):
            self.add_error("latitude", _("Longitude and latitude belong together."))
        return cleaned


class FutureDay(ActionForm):
    """A form with the day for which something is planned."""

    planned_on = day(_("Planned for"))

    def clean_planned_on(self) -> date:
        on: date = self.cleaned_data["planned_on"]
        check_ahead(on, self.now)
        return on


class OptionsForm(FutureDay):
    """The ways in which it can be built; the enterprise chooses."""

    public_fields: ClassVar[tuple[str, ...]] = ("options", "planned_on")

    options = text(
        _("Options"), 4000, 5, help_text=_("Route, price and time of each; which one is recommended.")
    )
    field_order = ("options", "planned_on")


class ChoiceForm(ActionForm):
    """The option that the enterprise takes."""

    public_fields: ClassVar[tuple[str, ...]] = ("choice",)

    choice = text(_("Chosen option"), 1000)


class ReplanForm(FutureDay):
    """Another day, with its reason."""

    public_fields: ClassVar[tuple[str, ...]] = ("planned_on", "reason")

    reason = forms.CharField(label=_("Reason"), max_length=500)


class FinishedForm(PastDay):
    """The works are done."""

    past: ClassVar[str] = "finished_on"
    public_fields: ClassVar[tuple[str, ...]] = ("finished_on",)

    finished_on = day(_("Finished on"))
