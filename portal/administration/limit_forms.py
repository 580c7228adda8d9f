"""The form of limits and ladder: every limit, every rung, and empty rungs to add."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.cases.declaration import FLOWS, Rung
from portal.cases.models import Holder, ServiceStandard, StandardLimit, Trigger
from portal.cases.standards import PROMISE, LimitRow, rungs_of
from portal.cases.sweep_words import SWEEP_WORDS
from portal.day_input import DayInput
from portal.worktime.clock import Unit
from portal.worktime.now import now

SPARE = 2  # empty rungs; who needs more saves and comes back
EMPTY = Rung(0, Trigger.DUE, (), 0)


class StandardForm(forms.Form):
    """All limits and rungs of a kind, as one new version."""

    note = forms.CharField(label=_("Why it changes"), max_length=300)
    starts_on = forms.DateField(
        label=_("Holds for cases opened from"),
        required=False,
        initial="",
        widget=DayInput(),
        help_text=_("Empty: at once."),
    )

    def __init__(self, *args: Any, row: ServiceStandard, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        self.limits = list(row.limits.order_by("step", "grade"))
        self.rungs = [*rungs_of(row), *([EMPTY] * SPARE)]
        for n, limit in enumerate(self.limits):
            self._add_limit(n, limit)
        for n, rung in enumerate(self.rungs):
            self._add_rung(n, rung)

    def _add_limit(self, n: int, limit: StandardLimit) -> None:
        self.fields[f"amount_{n}"] = forms.DecimalField(
            label=_("Amount"), min_value=Decimal("0.01"), max_digits=7, decimal_places=2,
            initial=f"{limit.amount.normalize():f}",
        )  # fmt: skip
        self.fields[f"unit_{n}"] = forms.ChoiceField(
            label=_("Unit"), choices=Unit.choices, initial=limit.unit
        )

    def _add_rung(self, n: int, rung: Rung) -> None:
        words = [(word, label) for word, label in _words()]
        self.fields[f"holder_{n}"] = forms.ChoiceField(
            label=_("While it lies with"), choices=Holder.choices, initial=rung.holder
        )
        self.fields[f"trigger_{n}"] = forms.ChoiceField(
            label=_("Counts from"), choices=Trigger.choices, initial=rung.trigger
        )
        self.fields[f"offset_{n}"] = forms.IntegerField(
            label=_("Working days after"), min_value=0, max_value=250, initial=rung.offset_days
        )
        self.fields[f"tells_{n}"] = forms.MultipleChoiceField(
            label=_("Tells"), choices=words, initial=list(rung.tells), required=False,
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip
        self.fields[f"supervision_{n}"] = forms.BooleanField(
            label=_("issues a supervision order"), required=False, initial=rung.opens_supervision
        )
        self.fields[f"remove_{n}"] = forms.BooleanField(label=_("Remove"), required=False, initial=False)

    def limit_lines(self) -> list[dict[str, Any]]:
        """The limits with their fields, for the page."""
        return [
            {**limit_names(self.row.kind, m), "amount": self[f"amount_{n}"], "unit": self[f"unit_{n}"]}
            for n, m in enumerate(self.limits)
        ]

    def rung_lines(self) -> list[dict[str, Any]]:
        """The rungs with their fields, for the page."""
        names = ("holder", "trigger", "offset", "tells", "supervision", "remove")
        return [
            {"number": n + 1, "level": rung.level, **{name: self[f"{name}_{n}"] for name in names}}
            for n, rung in enumerate(self.rungs)
        ]

    def clean_starts_on(self) -> date | None:
        given: date | None = self.cleaned_data["starts_on"]
        if given is not None and given < timezone.localdate(now()):
            raise forms.ValidationError(_("A version cannot hold for days that are over."))
        return given

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for n, _limit in enumerate(self.limits):
            amount, unit = cleaned.get(f"amount_{n}"), cleaned.get(f"unit_{n}")
            if unit in (Unit.WORKING_DAY, Unit.CALENDAR_DAY) and amount is not None and amount % 1:
                self.add_error(
                    f"amount_{n}", _("Days are whole numbers; give parts of a day in service hours.")
                )
        self._clean_rungs(cleaned)
        return cleaned

    def _clean_rungs(self, cleaned: dict[str, Any]) -> None:
        warned: set[str] = set()
        for n, rung in enumerate(self.rungs):
            if cleaned.get(f"remove_{n}"):
                continue
            if not cleaned.get(f"tells_{n}"):
                if rung is not EMPTY:
                    self.add_error(f"tells_{n}", _("Say whom the rung tells, or remove it."))
                continue
            holder = cleaned.get(f"holder_{n}", "")
            if cleaned.get(f"trigger_{n}") == Trigger.WARN:
                if holder in warned:
                    self.add_error(f"trigger_{n}", _("One rung when it turns yellow is enough."))
                warned.add(holder)

    def chosen_limits(self) -> list[LimitRow]:
        given = self.cleaned_data
        return [
            LimitRow(m.step, m.grade, given[f"amount_{n}"], given[f"unit_{n}"])
            for n, m in enumerate(self.limits)
        ]

    def chosen_rungs(self) -> list[Rung]:
        """The rungs that stay, numbered by when they come: level 1 warns, from 2 on it is due."""
        given = self.cleaned_data
        kept = [n for n, _rung in enumerate(self.rungs) if given[f"tells_{n}"] and not given[f"remove_{n}"]]
        kept.sort(key=lambda n: (given[f"trigger_{n}"] != Trigger.WARN, given[f"offset_{n}"], n))
        levels: dict[str, int] = {}
        out = []
        for n in kept:
            holder, trigger = given[f"holder_{n}"], Trigger(given[f"trigger_{n}"])
            level = 1 if trigger == Trigger.WARN else max(levels.get(holder, 1) + 1, 2)
            levels[holder] = level
            offset = 0 if trigger == Trigger.WARN else given[f"offset_{n}"]
            out.append(
                Rung(level, trigger, given[f"tells_{n}"], offset, given[f"supervision_{n}"], Holder(holder))
            )
        return out


def limit_names(kind: str, limit: StandardLimit | LimitRow) -> dict[str, Any]:
    """Step and grade of a limit in words."""
    flow = FLOWS[kind]
    known = {step.name: step.label for step in flow.steps}
    return {
        "step": _("The whole case") if limit.step == PROMISE else known.get(limit.step, limit.step),
        "grade": flow.grades.get(limit.grade, limit.grade) if limit.grade else _("all other grades"),
    }


def _words() -> list[tuple[str, Any]]:
    from portal.cases.access import RULES

    return [(word, RULES[word].label) for word in sorted(SWEEP_WORDS)]
