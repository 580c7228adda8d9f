"""Forms of land: giving a parcel to a project, its approval and meetings, its recovery."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django import forms
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from approvals.forms.days import PastDay, check_ahead, day
from approvals.forms.projects import MOST_YUAN, money, words
from approvals.forms.together import text
from approvals.models import Fixture, LandTask, Parcel, Recovery
from portal.cases.forms import ActionForm
from portal.park.models import Team
from portal.worktime.clock import local

MOST_LINES, MOST_FIXTURES = 6, 200


class AssignParcelForm(ActionForm):
    """A parcel for a project: what is ready, the least first that is large enough."""

    public_fields: ClassVar[tuple[str, ...]] = ("parcel",)

    parcel = forms.ModelChoiceField(label=_("Parcel"), queryset=Parcel.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["parcel"]
        # Which are ready is asked again under the lock, so that who is late is told what became of it.
        field.queryset = Parcel.objects.all() if self.is_bound else Parcel.objects.ready().order_by("area_mu")
        field.label_from_instance = parcel_label


def parcel_label(parcel: Parcel) -> str:
    area = number_format(parcel.area_mu)
    return _("%(parcel)s · %(area)s mu") % {"parcel": parcel, "area": area}


class LinesMixin(forms.Form):
    """Lines of a checklist: what, whose, by when; under `lines` once they are clean."""

    def ask_lines(self) -> None:
        teams = Team.objects.filter(active=True).order_by("kind", "name")
        for n in range(1, MOST_LINES + 1):
            place = {"n": n}
            self.fields[f"what_{n}"] = forms.CharField(
                label=_("Line %(n)s") % place, max_length=200, required=False
            )
            self.fields[f"team_{n}"] = forms.ModelChoiceField(
                label=_("Owner of line %(n)s") % place, queryset=teams, required=False
            )
            self.fields[f"due_{n}"] = day(_("Line %(n)s done by") % place, required=False)

    def lines(self, cleaned: dict[str, Any], today: date) -> list[tuple[str, Team, date]]:
        found = []
        for n in range(1, MOST_LINES + 1):
            line = {name: cleaned.get(f"{name}_{n}") for name in ("what", "team", "due")}
            if not any(line.values()):
                continue
            for name, value in line.items():
                if not value and f"{name}_{n}" not in self.errors:
                    self.add_error(f"{name}_{n}", _("Say what, who, and by when."))
            if line["due"] is not None and line["due"] <= today:
                self.add_error(f"due_{n}", _("The planned day must lie ahead."))
            found.append((line["what"], line["team"], line["due"]))
        return found  # type: ignore[return-value]  # whole wherever the form is valid


class LinesForm(ActionForm, LinesMixin):
    """More lines of the checklist."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask_lines()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["lines"] = self.lines(cleaned, local(self.now).date())
        if not cleaned["lines"] and not self.errors:
            self.add_error("what_1", _("Say what, who, and by when."))
        return cleaned

    def recorded(self) -> dict[str, dict[str, Any]]:
        lines = [f"{what} · {team.name} · {due_on}" for what, team, due_on in self.cleaned_data["lines"]]
        return {"public": {}, "internal": {"items": lines}}


class LandApprovalForm(ActionForm):
    """用地报批: of which parcel."""

    parcel = forms.ModelChoiceField(
        label=_("Parcel"), queryset=Parcel.objects.all(), widget=forms.HiddenInput
    )


class LandTaskForm(ActionForm):
    """A line: never filled in by a person."""

    what = forms.CharField(max_length=200)
    due_on = forms.DateField()


class DispatchForm(PastDay):
    """周调度: who was there, what was decided, which lines changed."""

    past: ClassVar[str] = "held_on"

    held_on = day(_("Held on"))
    present = forms.CharField(label=_("Who was there"), max_length=500)
    decided = text(_("What was decided"), 4000, 5)
    tasks = forms.ModelMultipleChoiceField(
        label=_("Lines that were changed"),
        queryset=LandTask.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    new_due_on = day(
        _("New day of these lines"), required=False, help_text=_("Their clocks are set to this day.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["tasks"]
        field.queryset = LandTask.objects.filter(
            approval=self.case.pk, case__step="doing", case__closed_at=None
        ).select_related("case__team")
        field.label_from_instance = lambda task: (
            f"{task.case.title} · {task.case.team.label} · {task.due_on:%Y-%m-%d}"
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        new = cleaned.get("new_due_on")
        if new is None:
            return cleaned
        if new <= local(self.now).date():
            self.add_error("new_due_on", _("The planned day must lie ahead."))
        if not cleaned.get("tasks"):
            self.add_error("tasks", _("Say which lines get this day."))
        return cleaned


def fixture_lines(given: str) -> list[tuple[str, Decimal]]:
    """A line for each thing: what it is, then its amount in yuan. Raises ValidationError."""
    found: list[tuple[str, Decimal]] = []
    for number, line in enumerate(given.splitlines(), start=1):
        if not line.strip():
            continue
        what, _space, amount = line.strip().rpartition(" ")
        try:
            yuan = Decimal(amount.replace(",", "")).quantize(Decimal("0.01"))
        except InvalidOperation as error:
            told = _("Line %(n)s: end with an amount in yuan such as 120000.") % {"n": number}
            raise forms.ValidationError(told) from error
        if not what.strip() or not yuan.is_finite() or not 0 <= yuan <= MOST_YUAN:
            raise forms.ValidationError(_("Line %(n)s: say what it is, then its amount.") % {"n": number})
        found.append((what.strip()[:120], yuan))
    names = [what for what, _yuan in found]
    if len(names) != len(set(names)):
        raise forms.ValidationError(_("Each thing once."))
    if len(names) > MOST_FIXTURES:
        raise forms.ValidationError(_("At most %(n)s lines.") % {"n": MOST_FIXTURES})
    return found


class FixturesForm(ActionForm):
    """What stands on the land and is paid for."""

    fixtures = forms.CharField(
        label=_("Structures and fixtures"),
        max_length=20000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("A line for each: what it is, then its amount in yuan. Workshop no. 2 1200000"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Fixture.objects.filter(recovery=self.case.pk) if self.case.pk else ()
        self.fields["fixtures"].initial = "\n".join(f"{f.what} {f.amount}" for f in known)

    def clean_fixtures(self) -> list[tuple[str, Decimal]]:
        return fixture_lines(self.cleaned_data["fixtures"])

    def recorded(self) -> dict[str, dict[str, Any]]:
        kept = super().recorded()
        lines = [f"{what} · {amount}" for what, amount in self.cleaned_data["fixtures"]]
        kept["internal"].pop("fixtures", None)
        return {**kept, "internal": {**kept["internal"], **({"fixtures": lines} if lines else {})}}


class RecoveryForm(FixturesForm):
    """腾笼换鸟: which parcel, what is the matter, by when it is wanted."""

    public_fields: ClassVar[tuple[str, ...]] = ("cause", "reason", "planned_delivery_on")

    parcel = forms.ModelChoiceField(
        label=_("Parcel"), queryset=Parcel.objects.all(), widget=forms.HiddenInput
    )
    cause = forms.ChoiceField(
        label=_("Who has caused it"), choices=Recovery.Cause.choices, widget=forms.RadioSelect
    )
    reason = text(_("What is the matter"), 2000, help_text=_("The holder of the right reads this."))
    idle_since = day(_("Idle since"), required=False, help_text=_("As far as it is known today."))
    land_price_amount = money(_("Price of the land as sold (yuan)"), required=False)
    planned_delivery_on = day(_("Hand-over planned for"))
    field_order = ("parcel", "cause", "reason", "idle_since", "land_price_amount", "planned_delivery_on")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        today = local(self.now).date()
        since, planned = cleaned.get("idle_since"), cleaned.get("planned_delivery_on")
        if since is not None and since > today:
            self.add_error("idle_since", _("This day lies ahead."))
        if planned is not None and planned <= today:
            self.add_error("planned_delivery_on", _("The planned day must lie ahead."))
        return cleaned


class RemedyForm(ActionForm):
    """What the holder gets for idleness that the government has caused."""

    public_fields: ClassVar[tuple[str, ...]] = ("remedy", "remedy_terms")

    remedy = forms.ChoiceField(label=_("Remedy"), choices=Recovery.Remedy.choices, widget=forms.RadioSelect)
    remedy_terms = text(_("Terms of the remedy"), 2000, help_text=_("Until when, or which parcel."))


class ValuationForm(ActionForm):
    """What land and fixtures are worth; a figure for the talks, which the holder does not read."""

    valued_amount = money(_("Valued at (yuan)"))
    valued_by = forms.CharField(label=_("Valuer"), max_length=120)


class TalkForm(ActionForm):
    """What was said in the talks."""

    note = text(_("What was said"), 2000)


class PriceForm(ActionForm):
    """The price on which both sides would agree."""

    amount = money(_("Price of the recovery (yuan)"))


class AgreementForm(PastDay):
    past: ClassVar[str] = "signed_on"
    public_fields: ClassVar[tuple[str, ...]] = ("signed_on",)

    signed_on = day(_("Agreement signed on"))


class SettlementForm(PastDay):
    past: ClassVar[str] = "settled_on"
    public_fields: ClassVar[tuple[str, ...]] = ("settled_on",)

    settled_on = day(_("Price settled on"))

    def clean(self) -> dict[str, Any]:
        return self.not_before(super().clean(), self.case.recovery_track.signed_on)


class HandOverForm(PastDay):
    past: ClassVar[str] = "delivered_on"
    public_fields: ClassVar[tuple[str, ...]] = ("delivered_on",)

    delivered_on = day(_("Handed over on"))


class IdleForm(PastDay):
    """闲置调查: since when, what was found, and until when a hearing can be asked for."""

    past: ClassVar[str] = "idle_since"
    public_fields: ClassVar[tuple[str, ...]] = ("idle_since", "findings", "hearing_by")

    idle_since = day(
        _("Idle since"),
        help_text=_(
            "Work not begun since the agreed day; or stopped, with little built and little invested."
        ),
    )
    findings = text(_("Findings"), 4000, 5, help_text=_("The holder of the right reads this."))
    hearing_by = day(_("Hearing can be asked for until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        track = getattr(self.case, "recovery_track", None)
        self.fields["idle_since"].initial = track.recovery.idle_since if track else None

    def clean_hearing_by(self) -> date:
        on: date = self.cleaned_data["hearing_by"]
        check_ahead(on, self.now)
        return on


class HearingForm(ActionForm):
    """What was heard, or that nobody asked."""

    public_fields: ClassVar[tuple[str, ...]] = ("hearing",)

    hearing = text(_("What was heard"), 4000, help_text=_("Or that nobody asked for a hearing."))


class TakingForm(ActionForm):
    public_fields: ClassVar[tuple[str, ...]] = ("decision_number",)

    decision_number = forms.CharField(label=_("Number of the decision"), max_length=60)


class ApplicationForm(PastDay):
    past: ClassVar[str] = "applied_on"
    public_fields: ClassVar[tuple[str, ...]] = ("court", "applied_on")

    court = forms.CharField(label=_("Court"), max_length=120)
    applied_on = day(_("Enforcement applied for on"))

    def clean(self) -> dict[str, Any]:
        return self.not_before(super().clean(), self.case.recovery_track.decided_on)


class EnforcementForm(HandOverForm):
    amount = money(
        _("Paid for structures and fixtures (yuan)"),
        initial=0,
        help_text=_("The land itself is not paid for."),
    )
    field_order = ("amount", "delivered_on")


class ParcelSearchForm(forms.Form):
    """What narrows the list of parcels; what is wrong is left out."""

    q = words(_("Search"), 60)
    status = forms.ChoiceField(
        label=_("Status"), choices=[("", _("all")), *Parcel.Status.choices], required=False
    )
    least, most = (
        forms.DecimalField(
            label=label,
            min_value=0,
            max_digits=10,
            required=False,
            widget=forms.NumberInput(attrs={"placeholder": label}),
        )
        for label in (_("From (mu)"), _("To (mu)"))
    )
