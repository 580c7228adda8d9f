"""What is asked for when a lead is registered and at each of its steps.

Source: dossier, section 5, "Ten steps": each step is left with the proof that it was done; and "Closed
loop" (section 1, row 61): while a lead is open it has a next action and the day of that action.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc as numbers

from investment.models import Lead
from portal.cases.forms import ActionForm
from portal.park.models import Team
from portal.worktime.clock import local

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


def day(label: Any, **more: Any) -> forms.DateField:
    ends = {"min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()}
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date", **ends}), **more)


def text(label: Any, length: int, rows: int = 3, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, widget=forms.Textarea(attrs={"rows": rows}), **more
    )


def yuan(label: Any, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_digits=16, decimal_places=2, **more)


class DayForm(ActionForm):
    """A form of which some days lie ahead, and others do not."""

    ahead: ClassVar[tuple[str, ...]] = ()
    past: ClassVar[tuple[str, ...]] = ()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        today = local(self.now).date()
        for name in (*self.ahead, *self.past):
            on = cleaned.get(name)
            if on is None:
                continue
            if not FIRST_DAY <= on <= LAST_DAY:
                self.add_error(name, _("This day cannot be right."))
            elif name in self.ahead and on < today:
                self.add_error(name, _("This day has passed."))
            elif name in self.past and on > today:
                self.add_error(name, _("This day lies ahead."))
        return cleaned


class NextActionForm(DayForm):
    """What is done next, and when: mandatory while the lead is open."""

    ahead: ClassVar[tuple[str, ...]] = ("next_action_on",)

    next_action = forms.CharField(label=_("Next action"), max_length=200)
    next_action_on = day(_("Day of the next action"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if not name.startswith("next_")])


class LeadForm(NextActionForm):
    """线索登记: who the investor is, what they think of, and which task force takes it up."""

    title = forms.CharField(label=_("Name of the project"), max_length=200)
    task_force = forms.ModelChoiceField(
        label=_("Task force"), queryset=Team.objects.none(), to_field_name="code"
    )
    investor_name = forms.CharField(label=_("Investor"), max_length=120)
    uscc = forms.CharField(label=_("Unified social credit code"), max_length=18, required=False)
    source = forms.ChoiceField(label=_("Source"), choices=Lead.Source.choices)
    referrer = forms.CharField(label=_("Brought by"), max_length=120, required=False)
    region = forms.CharField(label=_("Country or province"), max_length=60, required=False)
    contact_name = forms.CharField(label=_("Contact person"), max_length=60, required=False)
    contact_phone = forms.CharField(label=_("Phone of the contact"), max_length=40, required=False)
    industry = forms.CharField(label=_("Industry"), max_length=60, required=False)
    content = text(_("What is to be built"), 2000, required=False)
    investment_amount = yuan(_("Investment (yuan)"))
    is_key = forms.BooleanField(label=_("Key project"), required=False)
    heat = forms.ChoiceField(label=_("Heat"), choices=Lead.Heat.choices, initial=Lead.Heat.MIDDLE)
    same_name = forms.BooleanField(
        label=_("It is another investor of the same name"),
        required=False,
        help_text=_("Only where an open lead has an investor of this name."),
    )

    private_fields: ClassVar[tuple[str, ...]] = ("contact_name", "contact_phone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["task_force"]
        field.queryset = Team.objects.filter(active=True, kind=Team.Kind.TASK_FORCE).order_by("name")
        field.label_from_instance = lambda team: team.label

    def clean_uscc(self) -> str:
        code = str(self.cleaned_data["uscc"]).strip().upper()
        if code and not numbers.is_valid(code):
            raise forms.ValidationError(_("This is not a unified social credit code."))
        return code


class ContactForm(NextActionForm):
    """初步接洽: the note of the first talk."""

    past: ClassVar[tuple[str, ...]] = ("held_on",)

    held_on = day(_("Talked on"))
    note = text(_("Note of the contact"), 2000)


class OpinionForm(NextActionForm):
    """研判预审: industry, environment, safety, energy, land."""

    industry_opinion = text(_("Opinion on the industry"), 500, 2)
    environment_opinion = text(_("Opinion on the environment"), 500, 2)
    safety_opinion = text(_("Opinion on safety"), 500, 2)
    energy_opinion = text(_("Opinion on energy"), 500, 2)
    land_opinion = text(_("Opinion on land"), 500, 2)


class VisitForm(NextActionForm):
    """考察互访: the report of the visit."""

    past: ClassVar[tuple[str, ...]] = ("held_on",)

    held_on = day(_("Day of the visit"))
    report = text(_("Visit report"), 4000, 5)


class NegotiationForm(NextActionForm):
    """方案洽谈: the term sheet that was agreed on."""

    terms = text(_("Term sheet"), 4000, 5)
    promises_checked = forms.BooleanField(label=_("Finance and legal affairs have checked what is promised"))


class AdmissionForm(NextActionForm):
    """准入评审: the score; who has an interest does not sign."""

    score = forms.IntegerField(label=_("Score (of 100 points)"), min_value=0, max_value=100)
    opinion = text(_("Opinion of the panel"), 2000)
    no_veto = forms.BooleanField(label=_("No veto item applies"))
    no_interest = forms.BooleanField(label=_("I have no interest of my own in this project"))


class DecisionForm(NextActionForm):
    """上会审定: the minutes of the meeting."""

    past: ClassVar[tuple[str, ...]] = ("held_on",)

    held_on = day(_("Held on"))
    minutes = text(_("Minutes"), 4000, 5)


class SigningForm(NextActionForm):
    """签约: the day, and the investment that was agreed on."""

    past: ClassVar[tuple[str, ...]] = ("signed_on",)

    signed_on = day(_("Signed on"))
    investment_amount = yuan(_("Investment by contract (yuan)"))


class SettlementForm(NextActionForm):
    """注册落户: the licence, and the land or the plant."""

    uscc = LeadForm.base_fields["uscc"]
    licence = forms.CharField(label=_("Business licence of"), max_length=120)
    site = forms.CharField(label=_("Land or plant"), max_length=200)

    clean_uscc = LeadForm.clean_uscc


class HandOverForm(DayForm):
    """移交: what shows that the works have begun, and who follows the project from here on."""

    past: ClassVar[tuple[str, ...]] = ("started_on",)

    started_on = day(_("Works begun on"))
    proof = text(_("What shows it"), 500)
    handed_to = forms.CharField(label=_("Handed over to"), max_length=120)


class ReturnForm(NextActionForm):
    """Back by one step, with the reason."""

    reason = text(_("Reason"), 500)


class ParkingForm(DayForm):
    """转储备: why it stands still, and when one looks again."""

    ahead: ClassVar[tuple[str, ...]] = ("look_again_on",)

    reason = text(_("Cause"), 500)
    look_again_on = day(_("Look again on"))


class TakeUpForm(NextActionForm):
    """From the reserve: to where it was, or to the first contact."""

    WHERE: ClassVar = (("back", _("where it was")), ("contact", _("first contact")))

    where = forms.ChoiceField(label=_("Goes on at"), choices=WHERE)


class LossForm(ActionForm):
    """A lead is not lost without a cause."""

    cause = forms.ChoiceField(label=_("Cause of the loss"), choices=Lead.Cause.choices)
    reason = text(_("Why it was lost"), 300)
