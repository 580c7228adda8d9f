"""The form of a bulletin."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from investment.forms.fields import text


class RemarksForm(forms.Form):
    """What is said with the numbers."""

    remarks = text(_("Remarks"), 4000, rows=5, required=False)
