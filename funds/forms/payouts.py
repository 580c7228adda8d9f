"""Forms of payment: the plan, a stop, an account put right, money given back, an objection in public."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.forms.claims import ClaimForm, day, money, text
from funds.models import PlanLine, Recovery
from portal.cases.forms import ActionForm
from portal.money import money as yuan
from portal.worktime.clock import local

MOST_DAYS = 3652  # within which what is demanded has to come back
FIRST_YEAR = 2000


class PlanForm(ActionForm):
    """The month of a plan: its first day."""

    month = forms.DateField()

    def clean_month(self) -> Any:
        return self.cleaned_data["month"].replace(day=1)


class LineField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic at run time
    """A line of a plan by its key, or by the number of its claim: a plan may have ten thousand."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Any:
        given = str(value.pk if isinstance(value, PlanLine) else value or "").strip()
        if given and not given.isdecimal() and self.queryset is not None:
            of_claim = self.queryset.filter(instalment__account__claim__case__number=given)
            given = str(getattr(of_claim.order_by("pk").first(), "pk", given))
        return super().to_python(given)

    def prepare_value(self, value: Any) -> Any:
        return value.pk if isinstance(value, PlanLine) else value


class DeferForm(ActionForm):
    """A line that is put off, and why: its enterprise reads the reason."""

    line = LineField(label=_("Payment, by the number of its claim"), queryset=PlanLine.objects.none())
    why = forms.CharField(
        label=_("Why it is put off"), max_length=300, help_text=_("The enterprise reads this.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines: Any = self.fields["line"]
        lines.queryset = PlanLine.objects.filter(plan=self.case.pk, deferred_why="", approved=False)
        lines.queryset = lines.queryset.select_related("instalment__account__claim__case")


class TakeBackForm(ActionForm):
    """A line that was put off comes in again."""

    line = LineField(label=_("Payment, by the number of its claim"), queryset=PlanLine.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines: Any = self.fields["line"]
        lines.queryset = PlanLine.objects.filter(plan=self.case.pk).exclude(deferred_why="")
        lines.queryset = lines.queryset.select_related("instalment__account__claim__case")


class WhyForm(ActionForm):
    """What the portal itself notes."""

    public_fields: ClassVar[tuple[str, ...]] = ("why",)
    why = forms.CharField(max_length=300)


class AccountForm(ActionForm):
    """An account put right after the bank has sent money back."""

    private_fields: ClassVar[tuple[str, ...]] = ("holder", "bank", "number")
    holder = forms.CharField(label=_("Account holder"), max_length=120)
    bank = forms.CharField(label=_("Bank and branch"), max_length=120)
    number = forms.CharField(label=_("Account number"), max_length=40)

    clean_number = ClaimForm.clean_number

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.enterprise is not None:
            self.fields["holder"].initial = self.case.enterprise.name

    def clean_holder(self) -> str:
        """In the name of the enterprise (dossier, section 3, step 3)."""
        holder = str(self.cleaned_data["holder"]).strip()
        if self.case.enterprise is not None and holder != self.case.enterprise.name:
            told = {"name": self.case.enterprise.name}
            raise forms.ValidationError(gettext("The account must be in the name of %(name)s.") % told)
        return holder


class DemandForm(ActionForm):
    """追回: how much of what was paid has to come back, until when, and why."""

    public_fields: ClassVar[tuple[str, ...]] = ("amount", "due_on", "reason")
    amount = money(_("To be given back (yuan)"))
    due_on = day(_("Until"))
    reason = text(_("Reason"))
    false_claim = forms.BooleanField(
        label=_("It was a false claim: bar the enterprise for three years."), required=False
    )

    def clean_due_on(self) -> date:
        due: date = self.cleaned_data["due_on"]
        today = local(self.now).date()
        if not today <= due <= today + timedelta(days=MOST_DAYS):
            raise forms.ValidationError(gettext("A day from today on, within ten years."))
        return due


class ReceiveForm(ActionForm):
    """What has come back."""

    public_fields: ClassVar[tuple[str, ...]] = ("amount", "on")
    amount = money(_("Given back (yuan)"))
    on = day(_("On"))

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > local(self.now).date() or on.year < FIRST_YEAR:
            raise forms.ValidationError(gettext("Only a day that has come."))
        return on

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        recovery: Recovery = self.case.fund_recovery
        left = recovery.demanded_amount - recovery.received_amount
        if amount > left:
            raise forms.ValidationError(gettext("Only %(left)s are due.") % {"left": yuan(left)})
        return amount


class ObjectionForm(ActionForm):
    """Anybody objects to a line that is public."""

    private_fields: ClassVar[tuple[str, ...]] = ("name", "contact", "text")
    name = forms.CharField(label=_("Your name"), max_length=80)
    contact = forms.CharField(label=_("Phone or mail"), max_length=120)
    text = text(_("What do you object to?"))
