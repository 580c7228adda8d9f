"""What the guide is asked, and a material with its blank form as the register takes it in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.contrib.admin.widgets import AdminFileWidget
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from approvals.models import Material, ServiceItem
from portal import files
from portal.cases import papers
from portal.cases.errors import Refused
from portal.worktime.now import now

# What can be filled in; and the end of the file's name, which its content decides.
FORM_TYPES = {"application/pdf": "pdf", papers.WORD: "docx", papers.EXCEL: "xlsx"}
MOST_PAGES = 1000


@dataclass(frozen=True)
class Asked:
    """The part of the catalogue that somebody looks at; empty: all of it."""

    q: str = ""
    stage: str = ""
    window: str = ""
    delegated: str = ""
    page: int = 1

    def link(self) -> str:
        """The address of the list that shows it."""
        return "?" + urlencode({k: v for k, v in asdict(self).items() if v and (k, v) != ("page", 1)})


class GuideForm(forms.Form):
    """The filters of the guide. What is none of them is left out: an old link still leads somewhere."""

    q = forms.CharField(label=_("Search"), max_length=60, required=False)
    stage = forms.ChoiceField(choices=ServiceItem.Stage.choices, required=False)
    window = forms.CharField(max_length=40, required=False)
    delegated = forms.ChoiceField(choices=[("1", "")], required=False)
    page = forms.IntegerField(min_value=1, max_value=MOST_PAGES, required=False)

    def asked(self, windows: Collection[str]) -> Asked:
        """What is asked for. `windows`: the codes that there are."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        if given.get("window") not in windows:
            given.pop("window", None)
        return Asked(**given)


@dataclass(frozen=True)
class StoredForm:
    """A blank form as the register shows it: where it lies is nobody's business."""

    material: Material

    @property
    def url(self) -> str:
        return reverse("approvals:form_download", args=[self.material.pk])

    def __str__(self) -> str:
        return papers.TYPES.get(self.material.form_type, "")


class FormInput(AdminFileWidget):
    """Upload of a blank form, with a link to the present one."""

    def format_value(self, value: Any) -> Any:
        found: Any = super().format_value(value)
        return StoredForm(found.instance) if found else None


class MaterialForm(forms.ModelForm):  # type: ignore[type-arg]  # no runtime generics
    """A material; a new blank form is looked into before it is kept."""

    class Meta:
        model = Material
        fields = (
            "position", "name", "name_en", "is_key", "kind", "copies", "hint", "hint_en", "form",
        )  # fmt: skip
        widgets: ClassVar = {"form": FormInput}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        upload = cleaned.get("form")
        if isinstance(upload, UploadedFile):
            try:
                self.instance.form_type = papers.checked(upload, FORM_TYPES, now=now())
            except Refused as error:
                raise ValidationError({"form": str(error)}) from error
        elif upload is False:  # the box that takes the form away
            self.instance.form_type = ""
        return cleaned

    def save(self, commit: bool = True) -> Material:
        """Within `files.atomic()`: a form that is stored for a change that then fails goes again."""
        upload = self.cleaned_data.get("form")
        if commit and isinstance(upload, UploadedFile):
            form = self.instance.form
            form.save("form", upload, save=False)
            files.note(form.storage, form.name or "")
        material: Material = super().save(commit)
        return material


class FactsForm(forms.Form):
    """What of a project decides which items it needs. `asked`: the facts that matter here."""

    energy_tce = forms.DecimalField(
        label=_("Energy use a year, tonnes of standard coal"), min_value=0, max_digits=12, required=False
    )
    floor_area_m2 = forms.DecimalField(label=_("Floor area, m²"), min_value=0, max_digits=12, required=False)
    investment_amount = forms.DecimalField(
        label=_("Investment, yuan"), min_value=0, max_digits=16, required=False
    )
    special_fire = forms.BooleanField(label=_("Special works of fire protection"), required=False)
    basement = forms.BooleanField(label=_("A basement for civil defence"), required=False)

    def __init__(self, *args: Any, asked: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(asked):
            del self.fields[name]

    def facts(self) -> dict[str, Decimal | bool]:
        """What was said; what was left empty is not there."""
        return {name: value for name, value in self.cleaned_data.items() if value}
