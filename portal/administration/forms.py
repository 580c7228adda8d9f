"""Forms of the administrator's pages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.cases.declaration import FLOWS, Rung
from portal.cases.models import ServiceStandard, Trigger
from portal.cases.standards import PROMISE, LimitRow, rungs_of
from portal.cases.sweep_words import SWEEP_WORDS
from portal.worktime.clock import Unit
from portal.worktime.models import DayOverride


class DayForm(forms.Form):
    """A decision on one day of the calendar."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    is_working = forms.TypedChoiceField(
        label=_("It is to be"),
        choices=[("0", _("a day off")), ("1", _("a working day"))],
        coerce=lambda value: value == "1",
        initial="0",
        widget=forms.RadioSelect,
    )
    kind = forms.ChoiceField(label=_("Why"), choices=DayOverride.Kind.choices)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def standing(self) -> DayOverride | None:
        """The decision on this day that stands already."""
        return DayOverride.objects.filter(date=self.cleaned_data["day"]).first()


def mark_of(decision: DayOverride | None) -> str:
    """What a decision says, to notice that somebody else has changed it since it was shown."""
    return f"{decision.is_working}:{decision.kind}:{decision.reason}" if decision else ""


class StandardForm(forms.Form):
    """All limits and rungs of a kind, as one new version."""

    note = forms.CharField(label=_("Why it changes"), max_length=300)

    def __init__(self, *args: Any, row: ServiceStandard, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        self.limits = list(row.limits.order_by("step", "grade"))
        self.rungs = rungs_of(row)
        for n, limit in enumerate(self.limits):
            self.fields[f"amount_{n}"] = forms.DecimalField(
                label=_("Amount"), min_value=Decimal("0.01"), max_digits=7, decimal_places=2,
                initial=f"{limit.amount.normalize():f}",
            )  # fmt: skip
            self.fields[f"unit_{n}"] = forms.ChoiceField(
                label=_("Unit"), choices=Unit.choices, initial=limit.unit
            )
        for n, rung in enumerate(self.rungs):
            self.fields[f"offset_{n}"] = forms.IntegerField(
                label=_("Working days after"), min_value=0, max_value=250, initial=rung.offset_days
            )
            self.fields[f"tells_{n}"] = forms.MultipleChoiceField(
                label=_("Tells"), choices=_words(), initial=list(rung.tells)
            )

    def limit_lines(self) -> list[dict[str, Any]]:
        """The limits with their fields, for the page."""
        flow = FLOWS[self.row.kind]
        return [
            {
                "step": _("The whole case") if m.step == PROMISE else flow.step(m.step).label,
                "grade": flow.grades.get(m.grade, m.grade) if m.grade else _("all other grades"),
                "amount": self[f"amount_{n}"],
                "unit": self[f"unit_{n}"],
            }
            for n, m in enumerate(self.limits)
        ]

    def rung_lines(self) -> list[dict[str, Any]]:
        """The rungs with their fields, for the page."""
        return [
            {
                "rung": rung,
                "trigger": Trigger(rung.trigger).label,
                "offset": self[f"offset_{n}"],
                "tells": self[f"tells_{n}"],
            }
            for n, rung in enumerate(self.rungs)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for n, _limit in enumerate(self.limits):
            amount, unit = cleaned.get(f"amount_{n}"), cleaned.get(f"unit_{n}")
            if unit in (Unit.WORKING_DAY, Unit.CALENDAR_DAY) and amount is not None and amount % 1:
                self.add_error(
                    f"amount_{n}", _("Days are whole numbers; give parts of a day in service hours.")
                )
        return cleaned

    def chosen_limits(self) -> list[LimitRow]:
        given = self.cleaned_data
        return [
            LimitRow(m.step, m.grade, given[f"amount_{n}"], given[f"unit_{n}"])
            for n, m in enumerate(self.limits)
        ]

    def chosen_rungs(self) -> list[Rung]:
        given = self.cleaned_data
        return [
            Rung(r.level, r.trigger, given[f"tells_{n}"], given[f"offset_{n}"], r.opens_supervision, r.holder)
            for n, r in enumerate(self.rungs)
        ]


def _words() -> list[tuple[str, Any]]:
    from portal.cases.access import RULES

    return [(word, RULES[word].label) for word in sorted(SWEEP_WORDS)]
