"""What people fill in to bring ledgers in and to take them out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.ledgers.declaration import Ledger
from portal.ledgers.models import ExportRun

SUFFIXES = (".zip", ".csv", ".xlsx", ".xlsm")
LONGEST_STEM = 60
_STRANGE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')


class UploadForm(forms.Form):
    """One file: a zip of CSV files, a CSV file, or a workbook."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A .zip of .csv files, a single .csv, or an .xlsx workbook."),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(SUFFIXES)}),
        error_messages={"empty": gettext_lazy("The file is empty.")},
    )

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        suffix = Path(file.name or "").suffix.lower()
        if suffix == ".xls":
            raise forms.ValidationError(
                _("This is the old .xls format. In Excel: File → Save As → “Excel Workbook (.xlsx)”.")
            )
        if suffix not in SUFFIXES:
            raise forms.ValidationError(_("Only .csv, .zip and .xlsx files can be read."))
        most = settings.LEDGER_MAX_BYTES
        if (file.size or 0) > most:
            raise forms.ValidationError(
                _("The file is larger than %(most)s. Please send it in parts.")
                % {"most": filesizeformat(most)}
            )
        return file

    @property
    def file_name(self) -> str:
        """The name of the file, without what no file system or page should meet."""
        path = Path(_STRANGE.sub("_", self.cleaned_data["file"].name))
        return f"{path.stem[:LONGEST_STEM] or '_'}{path.suffix.lower()}"


class ConfirmForm(forms.Form):
    """The consent to what the preview showed."""

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    good_rows = forms.BooleanField(
        label=gettext_lazy("Import the good rows and leave the rejected ones out"), required=False
    )


class ExportForm(forms.Form):
    """Which ledgers, in which form."""

    ledgers = forms.MultipleChoiceField(label=gettext_lazy("Ledgers"), widget=forms.CheckboxSelectMultiple)
    form = forms.ChoiceField(
        label=gettext_lazy("Form"), choices=ExportRun.Form.choices, initial="xlsx", widget=forms.RadioSelect
    )
    headers = forms.ChoiceField(
        label=gettext_lazy("Header row"),
        choices=ExportRun.Headers.choices,
        initial="labels",
        widget=forms.RadioSelect,
    )

    def __init__(self, ledgers: list[Ledger], data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["ledgers"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(m.key, m.label) for m in ledgers]
        self.everything = [m.key for m in ledgers] if data and "all" in data else []
        field.required = not self.everything

    def clean_ledgers(self) -> list[str]:
        """What was ticked; all of them when the button says so."""
        chosen: list[str] = self.everything or self.cleaned_data["ledgers"]
        return chosen
