"""What is asked for when a lead is registered and at each of its steps.

Source: dossier, section 5, "Ten steps": each step is left with the proof that it was done; and "Closed
loop" (section 1, row 61): while a lead is open it has a next action and the day of that action.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from investment.access import ACTIVITY, LEAD, own_task_forces
from investment.forms.fields import DayForm, NextActionForm, credit_code, day, measure, text, yuan
from investment.models import Activity, Agent, Envoy, Lead
from portal.cases.access import visible_to
from portal.cases.forms import ActionForm
from portal.park.models import Team
from portal.worktime.clock import local

HEARD_WITHIN = timedelta(days=90)  # of a lead that came out of an activity one hears soon


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
    envoy = forms.ModelChoiceField(label=_("Envoy or adviser"), queryset=Envoy.objects.none(), required=False)
    agent = forms.ModelChoiceField(
        label=_("Commissioned agent"), queryset=Agent.objects.none(), required=False
    )
    born_of = forms.ModelChoiceField(
        label=_("Came out of the activity"), queryset=Activity.objects.none(), required=False
    )
    region = forms.CharField(label=_("Country or province"), max_length=60, required=False)
    contact_name = forms.CharField(label=_("Contact person"), max_length=60, required=False)
    contact_phone = forms.CharField(label=_("Phone of the contact"), max_length=40, required=False)
    industry = forms.CharField(label=_("Industry"), max_length=60, required=False)
    content = text(_("What is to be built"), 2000, required=False)
    investment_amount = yuan(_("Investment (yuan)"))
    land_mu = measure(_("Land (mu)"), help_text=_("1 mu = 666.67 m²"))
    plant_m2 = measure(_("Plant (m²)"))
    load_kva = measure(_("Power load (kVA)"))
    is_key = forms.BooleanField(label=_("Key project"), required=False)
    heat = forms.ChoiceField(label=_("Heat"), choices=Lead.Heat.choices, initial=Lead.Heat.MIDDLE)
    confidential = forms.BooleanField(
        label=_("Confidential"),
        required=False,
        help_text=_("Known to you and the heads of the task force only, until they let others in."),
    )
    same_name = forms.BooleanField(
        label=_("It is another investor of the same name"),
        required=False,
        help_text=_("Only where an open lead has an investor of this name."),
    )

    private_fields: ClassVar[tuple[str, ...]] = ("contact_name", "contact_phone")
    only_for: ClassVar[Mapping[str, str]] = {"envoy": "source=envoy", "agent": "source=agent"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["task_force"]
        field.queryset = Team.objects.filter(active=True, kind=Team.Kind.TASK_FORCE).order_by("name")
        field.label_from_instance = lambda team: team.label
        today = local(self.now).date()
        in_office = Q(ends_on=None) | Q(ends_on__gte=today)
        chosen: Any = self.fields
        chosen["envoy"].queryset = Envoy.objects.filter(in_office, appointed_on__lte=today)
        chosen["agent"].queryset = Agent.objects.filter(starts_on__lte=today, ends_on__gte=today)
        if self.actor is None or not own_task_forces(self.actor):
            del self.fields["born_of"]
            return
        seen = visible_to(self.actor).filter(kind=ACTIVITY).exclude(outcome="called_off")
        since = today - HEARD_WITHIN
        recent = Activity.objects.filter(case__in=seen.values("pk"), begins_on__range=(since, today))
        chosen["born_of"].queryset = recent.select_related("case").order_by("-begins_on", "-pk")
        chosen["born_of"].label_from_instance = lambda activity: f"{activity.begins_on} {activity.case.title}"

    def clean(self) -> dict[str, Any]:
        """Who is named as the source is named by name: what comes of it is attributed to them."""
        cleaned = super().clean()
        for source in (Lead.Source.ENVOY, Lead.Source.AGENT):
            if cleaned.get("source") != source:
                cleaned[source.value] = None
            elif source.value not in self.errors and not cleaned.get(source.value):
                self.add_error(source.value, _("Say who brought it."))
        return cleaned

    def clean_uscc(self) -> str:
        return credit_code(self.cleaned_data["uscc"])


class ContactForm(NextActionForm):
    """初步接洽: the note of the first talk."""

    past: ClassVar[tuple[str, ...]] = ("held_on",)

    held_on = day(_("Talked on"))
    note = text(_("Note of the contact"), 2000)


class VisitForm(NextActionForm):
    """考察互访: the report of the visit."""

    past: ClassVar[tuple[str, ...]] = ("held_on",)

    held_on = day(_("Day of the visit"))
    report = text(_("Visit report"), 4000, 5)


class TermSheetForm(ActionForm):
    """方案洽谈: one more version of the terms."""

    text = text(_("Terms"), 4000, 6)
    change = forms.CharField(label=_("What is new"), max_length=300, required=False)


class NegotiationForm(NextActionForm):
    """方案洽谈: what was promised has been looked at by those who answer for it."""

    promises_checked = forms.BooleanField(label=_("Finance and legal affairs have checked what is promised"))
    fair_competition = forms.BooleanField(label=_("The review of fair competition has been passed"))


class DecisionForm(NextActionForm):
    """上会审定: the minutes of the meeting."""

    past: ClassVar[tuple[str, ...]] = ("held_on",)

    held_on = day(_("Held on"))
    minutes = text(_("Minutes"), 4000, 5)


class HandOverForm(DayForm):
    """闭环: what shows that the works have begun, and that the project is in the statistics."""

    past: ClassVar[tuple[str, ...]] = ("started_on",)

    started_on = day(_("Works begun on"))
    proof = text(_("What shows it"), 500)
    in_statistics = forms.BooleanField(label=_("The project is entered in the statistics"))


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


class TakeForm(NextActionForm):
    """From the pool, for one's own task force."""

    task_force = forms.ModelChoiceField(label=_("Task force"), queryset=Team.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = own_task_forces(self.actor) if self.actor else []
        field: Any = self.fields["task_force"]
        field.queryset = Team.objects.filter(pk__in=own)
        field.label_from_instance = lambda team: team.label
        if len(own) == 1:
            field.initial = own[0]


class LossForm(ActionForm):
    """A lead is not lost without a cause."""

    cause = forms.ChoiceField(label=_("Cause of the loss"), choices=Lead.Cause.choices)
    reason = text(_("Why it was lost"), 300)
    double_of = forms.CharField(
        label=_("Number of the other lead"),
        max_length=40,
        required=False,
        help_text=_("Where the investor was registered twice."),
    )

    only_for: ClassVar[Mapping[str, str]] = {"double_of": "cause=double"}

    def clean(self) -> dict[str, Any]:
        """A double names the lead that counts; it is never the lead itself, nor a double."""
        cleaned = super().clean() or {}
        number = str(cleaned.get("double_of") or "").strip()
        cleaned["double_of"] = None
        if cleaned.get("cause") != Lead.Cause.DOUBLE:
            return cleaned
        seen = visible_to(self.actor).filter(number=number, kind=LEAD).exclude(pk=self.case.pk)
        found = Lead.objects.filter(case__in=seen, double_of=None).first()
        if found is None:
            self.add_error("double_of", _("There is no such lead that counts."))
        cleaned["double_of"] = found
        return cleaned
