"""Forms of a project: opening it, its facts, its people, the contract, the contacts of the leader."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.forms.days import PastDay, day
from approvals.models import (
    BASELINE_DAYS,
    COMMITTED,
    FACTS,
    LeaderContact,
    Parcel,
    Procedure,
    ProcedureItem,
    Project,
)
from portal.accounts.models import User
from portal.cases.forms import ActionForm
from portal.park.models import Team

MOST_YUAN = Decimal(10) ** 13


def money(label: Any, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_value=MOST_YUAN, max_digits=16, decimal_places=2, **more
    )


def measure(label: Any, **more: Any) -> forms.DecimalField:
    given = {"required": False, "min_value": 0, "max_digits": 12, "decimal_places": 2, **more}
    return forms.DecimalField(label=label, **given)


def words(label: Any, length: int = 120, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, required=False, **more)


class FactsMixin(forms.Form):
    """What every form of a project is filled with, and what decides which items it needs."""

    site_address = words(_("Site"), 200)
    land_mu = measure(_("Land (mu)"), help_text=_("1 mu = 666.67 m²"))
    floor_area_m2 = measure(_("Floor area (m²)"))
    energy_tce = measure(
        _("Energy use (tonnes of standard coal a year)"),
        help_text=_("From a certain amount on, the use of energy is examined."),
    )
    special_fire = forms.BooleanField(
        label=_("Special works of fire protection"),
        required=False,
        help_text=_("Crowded places, dangerous goods, large works."),
    )
    basement = forms.BooleanField(label=_("A basement for civil defence"), required=False)
    surveyor = words(_("Surveyor"))
    designer = words(_("Designer"))
    contractor = words(_("Contractor"))
    site_supervisor = words(_("Site supervision"))

    def keep_known(self, cleaned: dict[str, Any], project: Project) -> None:
        """What a program leaves out stays as it is known; a box that a page leaves empty is a no."""
        asked = [name for name in FACTS if name in self.fields]
        by_page = any(name in self.data for name in asked)
        for name in asked:
            is_box = isinstance(self.fields[name], forms.BooleanField)
            if name not in self.data and not (is_box and by_page):
                cleaned[name] = getattr(project, name)


class ProjectForm(ActionForm, FactsMixin):
    """A new project, as its enterprise describes it."""

    public_fields: ClassVar[tuple[str, ...]] = ("name", "procedure", "investment_amount", *FACTS)

    name = forms.CharField(label=_("Name of the project"), max_length=120)
    procedure = forms.ModelChoiceField(
        label=_("Kind of project"),
        queryset=Procedure.objects.none(),
        empty_label=_("Please choose"),
        help_text=_("It decides which approvals are needed, and which can run side by side."),
    )
    investment_amount = money(_("Investment (yuan)"))
    is_new_construction = forms.BooleanField(label=_("New construction"), required=False, initial=True)

    field_order: Iterable[str] | None = (
        "name",
        "procedure",
        "investment_amount",
        "is_new_construction",
        *FACTS,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = Procedure.objects.filter(active=True, versions__published_at__isnull=False).distinct()
        self.fields["procedure"].queryset = offered  # type: ignore[attr-defined]  # a model choice


class DeskProjectForm(ProjectForm):
    """A task force or the window opens a project for an enterprise."""

    is_key = forms.BooleanField(
        label=_("Key project"), required=False, help_text=_("It has a leader, a task force and a butler.")
    )
    task_force = forms.ModelChoiceField(label=_("Task force"), queryset=Team.objects.none(), required=False)
    parcel = forms.ModelChoiceField(label=_("Parcel"), queryset=Parcel.objects.none(), required=False)
    lead_number = words(_("Number of the lead"), 40)
    baseline_days = forms.IntegerField(
        label=_("Working days before the reform"),
        min_value=1,
        max_value=999,
        initial=BASELINE_DAYS,
        help_text=_("With what the time of this project is compared. Proposed; to be confirmed."),
    )

    field_order: Iterable[str] | None = (
        "name",
        "procedure",
        "investment_amount",
        "is_new_construction",
        "is_key",
        "task_force",
        "parcel",
        "lead_number",
        "baseline_days",
        *FACTS,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, Any] = {
            "task_force": Project.candidates()["task_force"],
            "parcel": free_parcels(),
        }
        for name, found in choices.items():
            self.fields[name].queryset = found  # type: ignore[attr-defined]  # a model choice


def free_parcels() -> Any:
    """Land that can be given to a project at once."""
    return Parcel.objects.ready()


class ProjectFactsForm(ActionForm, FactsMixin):
    """The facts of a project, as they now are."""

    public_fields: ClassVar[tuple[str, ...]] = FACTS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        project: Project = self.case.project
        for name in FACTS:
            self.fields[name].initial = getattr(project, name)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.keep_known(cleaned, self.case.project)
        return cleaned


class SignForm(PastDay):
    """What the contract says; the review after full production asks for it again."""

    past: ClassVar[str] = "signed_on"
    public_fields: ClassVar[tuple[str, ...]] = ("signed_on",)

    signed_on = day(_("Signed on"))
    committed_investment_amount = money(_("Promised investment (yuan)"), required=False)
    committed_output_per_mu = money(_("Promised output (yuan per mu)"), required=False)
    committed_tax_per_mu = money(_("Promised tax (yuan per mu)"), required=False)
    committed_start_on = day(_("Promised start of work"), required=False)
    committed_completion_on = day(_("Promised completion"), required=False)
    committed_capacity_on = day(_("Promised full production"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in COMMITTED:
            self.fields[name].initial = getattr(self.case.project, name, None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        days = [
            (name, cleaned[name])
            for name in (
                "signed_on",
                "committed_start_on",
                "committed_completion_on",
                "committed_capacity_on",
            )
            if cleaned.get(name)
        ]
        for (_before, earlier), (name, later) in pairwise(days):
            if later < earlier:
                self.add_error(name, _("This comes before the day above."))
        return cleaned


class AppointForm(ActionForm):
    """一名领导、一个专班、一名管家: the three who stand for a key project."""

    is_key = forms.BooleanField(label=_("Key project"), required=False)
    leader = forms.ModelChoiceField(label=_("Leader"), queryset=User.objects.none(), required=False)
    task_force = forms.ModelChoiceField(label=_("Task force"), queryset=Team.objects.none(), required=False)
    butler = forms.ModelChoiceField(label=_("Butler"), queryset=User.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        project = getattr(self.case, "project", None)
        for name, found in Project.candidates().items():
            order = ("name", "id") if name == "task_force" else ("display_name", "id")
            self.fields[name].queryset = found.order_by(*order)  # type: ignore[attr-defined]  # a model choice
        for name in self.fields:
            self.fields[name].initial = getattr(project, name, None)


class ContactForm(PastDay):
    """What the leader saw, heard or took on."""

    past: ClassVar[str] = "on"

    kind = forms.ChoiceField(label=_("Kind"), choices=LeaderContact.Kind.choices, widget=forms.RadioSelect)
    on = day(_("Day"))
    note = forms.CharField(
        label=_("What was said"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class AnotherPermitForm(ActionForm):
    """One more permit of an item: filed again after a refusal, or for a part that is done (by building)."""

    public_fields: ClassVar[tuple[str, ...]] = ("place", "label")

    place = forms.ModelChoiceField(label=_("Item"), queryset=ProcedureItem.objects.none())
    label = words(
        _("Building or part"), 60, help_text=_("For an acceptance by building; otherwise leave it empty.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        version = self.case.project.version_id
        places = ProcedureItem.objects.filter(version=version or 0).select_related("item")
        field: Any = self.fields["place"]
        field.queryset = places
        field.label_from_instance = lambda place: place.label
