"""The account of an enterprise, named outside of a claim."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.forms.claims import ClaimForm
from portal.park.models import Enterprise


class OwnAccountForm(forms.Form):
    """对公账户, in the name of the enterprise (dossier, section 3, step 3)."""

    holder = forms.CharField(label=_("Account holder"), max_length=120)
    bank = forms.CharField(label=_("Bank and branch"), max_length=120)
    number = forms.CharField(
        label=_("Account number"),
        max_length=40,
        help_text=_("8 to 34 digits. It is shown in full to nobody but who pays."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    clean_number = ClaimForm.clean_number

    def __init__(self, *args: Any, enterprise: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.enterprise = enterprise
        self.fields["holder"].initial = enterprise.name

    def clean_holder(self) -> str:
        holder = str(self.cleaned_data["holder"]).strip()
        if holder != self.enterprise.name:
            told = gettext("The account must be in the name of %(name)s.")
            raise forms.ValidationError(told % {"name": self.enterprise.name})
        return holder
