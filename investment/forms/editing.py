"""The facts of a lead, as they are put right: one cell of the table or the whole of it."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from investment.forms.fields import FIRST_DAY, LAST_DAY, credit_code, day, measure, text, yuan
from investment.models import Agent, Envoy, Lead
from portal.accounts.models import User
from portal.cases.forms import ActionForm, plain
from portal.worktime.clock import local

PLAN = ("next_action", "next_action_on")
YES_NO = (("yes", _("yes")), ("no", _("no")))


def _words(label: Any, length: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, **{"required": False, **more})


def _choice(label: Any, choices: list[tuple[str, Any]], *, required: bool = False) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices if required else [("", "—"), *choices], required=required
    )


def _yes_no(label: Any) -> forms.TypedChoiceField:
    """Two words and no box: what is not sent at all stays as it is."""
    return forms.TypedChoiceField(label=label, choices=YES_NO, coerce=lambda given: given == "yes")


def _row(label: Any) -> forms.ModelChoiceField[User]:
    return forms.ModelChoiceField(label=label, queryset=User.objects.none(), required=False)


class LeadEditForm(ActionForm):
    """Only the fields that are sent are looked at; what stays as it is is not written down as changed."""

    private_fields: ClassVar[tuple[str, ...]] = ("contact_name", "contact_phone")

    title = _words(_("Name of the project"), 200, required=True)
    investor_name = _words(_("Investor"), 120, required=True)
    uscc = _words(_("Unified social credit code"), 18)
    source = _choice(_("Source"), Lead.Source.choices, required=True)
    referrer = _words(_("Brought by"), 120)
    envoy = _row(_("Envoy or adviser"))
    agent = _row(_("Commissioned agent"))
    region = _words(_("Country or province"), 60)
    contact_name = _words(_("Contact person"), 60)
    contact_phone = _words(_("Phone of the contact"), 40)
    industry = _words(_("Industry"), 60)
    chain_link = _words(_("Link of the chain"), 60)
    content = text(_("What is to be built"), 2000, required=False)
    process = text(_("Process and main equipment"), 2000, required=False)
    investment_amount = yuan(_("Investment (yuan)"))
    fixed_investment_amount = yuan(_("Of that in fixed assets (yuan)"), required=False)
    land_mu = measure(_("Land (mu)"))
    plant_m2 = measure(_("Plant (m²)"))
    energy_tce = measure(_("Energy use (tonnes of standard coal a year)"))
    load_kva = measure(_("Power load (kVA)"))
    water_m3 = measure(_("Water (m³ a day)"))
    discharge = _words(_("Discharge"), 200)
    eia_class = _choice(_("Class of the environmental assessment"), Lead.Eia.choices)
    output_amount = yuan(_("Expected output (yuan a year)"), required=False)
    tax_amount = yuan(_("Expected tax (yuan a year)"), required=False)
    jobs = forms.IntegerField(label=_("Jobs"), min_value=0, max_value=1_000_000, required=False)
    site_wanted = _words(_("Site wanted"), 200)
    competing = _words(_("Competing cities"), 200)
    wishes = text(_("What the investor asks for"), 2000, required=False)
    is_key = _yes_no(_("Key project"))
    is_top500 = _yes_no(_("Of a top-500 enterprise"))
    top500_list = _choice(_("Which list"), Lead.Top500.choices)
    top500_year = forms.IntegerField(
        label=_("Year of the list"), min_value=1990, max_value=2099, required=False
    )
    is_xiang_returning = _yes_no(_("Of a returning Hunan entrepreneur"))
    xiang_evidence = _words(_("What shows it"), 200)
    heat = _choice(_("Heat"), Lead.Heat.choices, required=True)
    backup = _row(_("Deputy"))
    next_action = _words(_("Next action"), 200, required=True)
    next_action_on = day(_("Day of the next action"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound:
            for name in [name for name in self.fields if name not in self.data]:
                del self.fields[name]
        for name, rows in self._offered().items():
            if name in self.fields:
                self.fields[name].queryset = rows  # type: ignore[attr-defined]  # a model choice
        for name in self.fields:
            self.initial.setdefault(name, self._shown(name))

    def _offered(self) -> dict[str, Any]:
        """Whom one may name: who is in office, or was chosen before; the deputy is of the task force."""
        lead = self.case.lead
        return (
            {
                "envoy": Envoy.objects.all(),
                "agent": Agent.objects.all(),
                "backup": User.objects.filter(
                    Q(is_active=True, memberships__team_id=self.case.team_id) | Q(leads_backed=lead)
                ).distinct(),
            }
            if self.case.pk
            else {}
        )

    def _shown(self, name: str) -> Any:
        if not self.case.pk:
            return None
        value = self.case.lead.fact(name)
        if isinstance(value, bool):
            return "yes" if value else "no"
        return value

    def clean_uscc(self) -> str:
        return credit_code(self.cleaned_data["uscc"])

    def clean(self) -> dict[str, Any]:
        """A new day of the next action lies ahead; who is named as the source is of that source."""
        cleaned = super().clean() or {}
        on = cleaned.get("next_action_on")
        if on is not None and on != self.case.lead.next_action_on:
            if not FIRST_DAY <= on <= LAST_DAY:
                self.add_error("next_action_on", _("This day cannot be right."))
            elif on < local(self.now).date():
                self.add_error("next_action_on", _("This day has passed."))
        self._check_source(cleaned)
        self._check_plan(cleaned)
        return cleaned

    def _check_source(self, cleaned: dict[str, Any]) -> None:
        source = cleaned.get("source", self.case.lead.source)
        for named in (Lead.Source.ENVOY, Lead.Source.AGENT):
            who = cleaned.get(named.value, getattr(self.case.lead, named.value))
            if source == named and who is None and {"source", named.value} & cleaned.keys():
                self.add_error(
                    named.value if named.value in self.fields else "source", _("Say who brought it.")
                )
            elif source != named and cleaned.get(named.value) is not None:
                self.add_error(named.value, _("The source is another one."))

    def _check_plan(self, cleaned: dict[str, Any]) -> None:
        """A next action without a day says on which: both change together, or the other is there."""
        for name in PLAN:
            if name in cleaned or not cleaned.keys() & set(PLAN):
                continue
            if not self.case.lead.fact(name):
                sent = PLAN[1 - PLAN.index(name)]
                self.add_error(sent, _("A next action has its day."))

    def recorded(self) -> dict[str, dict[str, Any]]:
        """What has changed, and no more; what was emptied is a dash."""
        changed = {
            name: "—" if given in (None, "") else plain(given)
            for name, given in self.cleaned_data.items()
            if name not in self.private_fields and self.case.lead.fact(name) != given
        }
        return {"public": {}, "internal": changed}
