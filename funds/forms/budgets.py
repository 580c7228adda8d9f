"""Forms of budgets: opened, given more or less, money moved between two, the rest carried over."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from funds.forms.claims import money
from funds.models import Budget


class BudgetForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    """A budget of a year; its money comes by lines of the ledger."""

    class Meta:
        model = Budget
        fields: ClassVar = ["code", "year", "name", "name_en", "team"]


class ChangeForm(forms.Form):
    """追加 or 调减, with its reason. `key`: of the page, so that a double click changes it once."""

    KINDS = (("appropriate", _("more")), ("cut", _("less")))
    kind = forms.ChoiceField(label=_("What"), choices=KINDS)
    amount = money(_("Amount (yuan)"))
    note = forms.CharField(label=_("Reason and document number"), max_length=300)
    key = forms.CharField(min_length=8, max_length=64, widget=forms.HiddenInput)

    @property
    def signed_amount(self) -> Decimal:
        """Below zero for a cut."""
        amount: Decimal = self.cleaned_data["amount"]
        return -amount if self.cleaned_data["kind"] == "cut" else amount


class TransferForm(forms.Form):
    """调剂: from this budget to another."""

    target = forms.ModelChoiceField(label=_("To budget"), queryset=Budget.objects.none())
    amount = money(_("Amount (yuan)"))
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, source: Budget, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["target"]
        field.queryset = Budget.objects.filter(closed_at=None).exclude(pk=source.pk)


class DecideForm(forms.Form):
    """Another person's yes or no."""

    granted = forms.TypedChoiceField(
        choices=(("1", _("grant")), ("0", _("decline"))), coerce=lambda given: given == "1"
    )
    note = forms.CharField(label=_("Remark"), max_length=300, required=False)
