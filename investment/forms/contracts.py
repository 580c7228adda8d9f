"""签约 and 注册落户: the commitments of both sides, what became of them, and the project that is opened."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from investment.access import PROJECT
from investment.forms.fields import (
    FIRST_DAY,
    LAST_DAY,
    DayForm,
    NextActionForm,
    credit_code,
    day,
    measure,
    yuan,
)
from investment.models import Commitment
from portal.cases.declaration import FLOWS
from portal.cases.errors import CaseError, Refused
from portal.cases.forms import ActionForm
from portal.cases.models import Case


class SigningForm(NextActionForm):
    """签约: investment agreement and supervision agreement; no contract without its commitments."""

    past: ClassVar[tuple[str, ...]] = ("signed_on",)

    contract_number = forms.CharField(label=_("Number of the contract"), max_length=60)
    signed_on = day(_("Signed on"))
    investment_amount = yuan(_("Investment by contract (yuan)"))
    start_on = day(_("Works begin by"))
    completion_on = day(_("Works completed by"))
    production_on = day(_("Production begins by"))
    intensity = yuan(_("Investment per mu (yuan)"), required=False)
    floor_area_ratio = measure(_("Floor-area ratio"))
    output = yuan(_("Output a year (yuan)"), required=False)
    tax = yuan(_("Tax a year (yuan)"), required=False)
    jobs = forms.IntegerField(label=_("Jobs created"), min_value=0, max_value=1_000_000, required=False)
    energy = measure(_("Energy use (tonnes of standard coal a year)"))
    land_on = day(_("The park: land ready by"), required=False)
    utilities_on = day(_("The park: utilities connected by"), required=False)
    reward_amount = yuan(_("The park: reward (yuan)"), required=False)
    reward_on = day(_("The park: reward paid by"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        order = ("signed_on", "start_on", "completion_on", "production_on")
        days = [(name, cleaned[name]) for name in order if cleaned.get(name)]
        for (_before, earlier), (name, later) in pairwise(days):
            if later < earlier:
                self.add_error(name, _("This day lies before the one above."))
        for name in (*order[1:], "land_on", "utilities_on", "reward_on"):
            on = cleaned.get(name)
            if on is not None and not FIRST_DAY <= on <= LAST_DAY:
                self.add_error(name, _("This day cannot be right."))
        if bool(cleaned.get("reward_amount")) != bool(cleaned.get("reward_on")):
            self.add_error("reward_on", _("A reward has its amount and its day."))
        return cleaned


class CommitmentForm(DayForm):
    """One more duty of one side."""

    side = forms.ChoiceField(label=_("Side"), choices=Commitment.Side.choices)
    kind = forms.ChoiceField(label=_("Duty"), choices=Commitment.Kind.choices)
    text = forms.CharField(label=_("In words"), max_length=200, required=False)
    amount = yuan(_("Promised"), required=False)
    due_on = day(_("Due on"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        on = cleaned.get("due_on")
        if on is not None and not FIRST_DAY <= on <= LAST_DAY:
            self.add_error("due_on", _("This day cannot be right."))
        if cleaned.get("kind") == Commitment.Kind.OTHER and not cleaned.get("text"):
            self.add_error("text", _("Say in words what is promised."))
        return cleaned


class PerformanceForm(DayForm):
    """What became of a duty."""

    past: ClassVar[tuple[str, ...]] = ("done_on",)

    commitment = forms.ModelChoiceField(label=_("Duty"), queryset=Commitment.objects.none())
    done_on = day(_("Done on"))
    done_amount = yuan(_("Reached"), required=False)
    proof = forms.CharField(label=_("What shows it"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["commitment"]
        field.queryset = Commitment.objects.filter(contract=self.case.pk)
        field.label_from_instance = lambda c: (
            f"{c.get_side_display()}: {c.text or c.get_kind_display()} · {c.due_on}"
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        commitment: Commitment | None = cleaned.get("commitment")
        if commitment is not None and commitment.amount is not None and cleaned.get("done_amount") is None:
            self.add_error("done_amount", _("Say how much was reached of what was promised."))
        return cleaned


def project_forms(case: Case, actor: Any) -> tuple[ActionForm, ActionForm]:
    """The forms with which a project is opened, and its people are named. Raises Refused without any."""
    flow = FLOWS.get(PROJECT)
    if flow is None:
        raise Refused(gettext("There are no construction projects in this portal."))
    opening = flow.opening.desk_form or flow.opening.form
    naming = flow.transition("appoint").form
    if opening is None or naming is None:
        raise Refused(gettext("There are no construction projects in this portal."))
    blank = Case(kind=PROJECT, team=case.team)
    return opening(case=blank, actor=actor, bound=False), naming(case=blank, actor=actor, bound=False)


class SettlementForm(NextActionForm):
    """注册落户: the licence, the land or the plant, and who stands for the project.

    What the construction project asks for is asked for by its own fields, taken from its own forms.
    """

    past: ClassVar[tuple[str, ...]] = ("settled_on",)

    uscc = forms.CharField(label=_("Unified social credit code"), max_length=18)
    licence = forms.CharField(label=_("Business licence of"), max_length=120)
    settled_on = day(_("Registered on"))
    site = forms.CharField(label=_("Land or plant"), max_length=200)

    BORROWED: ClassVar[tuple[tuple[int, str], ...]] = (
        (0, "procedure"), (0, "parcel"), (0, "baseline_days"), (1, "leader"), (1, "butler"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        try:
            declared = project_forms(self.case, self.actor)
        except CaseError:
            return  # the effect says so
        for place, name in self.BORROWED:
            self.fields[name] = declared[place].fields[name]
        for name in ("leader", "butler"):
            self.fields[name].required = True
        self.order_fields([name for name in self.fields if not name.startswith("next_")])

    def clean_uscc(self) -> str:
        return credit_code(self.cleaned_data["uscc"])
