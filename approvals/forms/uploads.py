"""Rows of the register with a file that anybody may load down: a blank form, the plan of a reform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, cast

from django import forms
from django.contrib.admin.widgets import AdminFileWidget
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse

from approvals.models import Material, Reform
from portal import files
from portal.cases import papers
from portal.cases.errors import Refused
from portal.worktime.now import now

# What can be filled in; and the end of the file's name, which its content decides.
FORM_TYPES = {"application/pdf": "pdf", papers.WORD: "docx", papers.EXCEL: "xlsx"}


@dataclass(frozen=True)
class Stored:
    """A file as the register shows it: where it lies is nobody's business."""

    url: str
    type: str

    def __str__(self) -> str:
        return papers.TYPES.get(self.type, "")


class BlankFormInput(AdminFileWidget):
    """Upload of a blank form, with a link to the present one."""

    def format_value(self, value: Any) -> Any:
        if not (found := cast("Any", super().format_value(value))):
            return None
        row: Material = found.instance
        return Stored(reverse("approvals:form_download", args=[row.pk]), row.form_type)


class PlanInput(AdminFileWidget):
    """Upload of a plan, with a link to the present one."""

    def format_value(self, value: Any) -> Any:
        if not (found := cast("Any", super().format_value(value))):
            return None
        row: Reform = found.instance
        return Stored(reverse("approvals:plan_download", args=[row.pk]), row.plan_file_type)


class UploadForm(forms.ModelForm):  # type: ignore[type-arg]  # no runtime generics
    """A row with a file in the field `upload` and its type beside it; a new file is looked into first."""

    upload: ClassVar[str]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        given = cleaned.get(self.upload)
        if isinstance(given, UploadedFile):
            try:
                self._set_type(papers.checked(given, FORM_TYPES, now=now()))
            except Refused as error:
                raise ValidationError({self.upload: str(error)}) from error
        elif given is False:  # the box that takes the file away
            self._set_type("")
        return cleaned

    def _set_type(self, name: str) -> None:
        setattr(self.instance, f"{self.upload}_type", name)

    def save(self, commit: bool = True) -> Any:
        """Within `files.atomic()`: a file that is stored for a change that then fails goes again."""
        given = self.cleaned_data.get(self.upload)
        if commit and isinstance(given, UploadedFile):
            stored = getattr(self.instance, self.upload)
            stored.save(self.upload, given, save=False)
            files.note(stored.storage, stored.name or "")
        return super().save(commit)


class MaterialForm(UploadForm):
    """A material with its blank form."""

    upload: ClassVar[str] = "form"

    class Meta:
        model = Material
        fields = (
            "position", "name", "name_en", "is_key", "kind", "copies", "hint", "hint_en", "form",
        )  # fmt: skip
        widgets: ClassVar = {"form": BlankFormInput}


class ReformForm(UploadForm):
    """A reform with its plan."""

    upload: ClassVar[str] = "plan_file"

    class Meta:
        model = Reform
        fields = (
            "code", "name", "name_en", "started_on", "summary", "summary_en", "plan", "plan_en",
            "plan_file", "active", "is_default",
        )  # fmt: skip
        widgets: ClassVar = {"plan_file": PlanInput}
