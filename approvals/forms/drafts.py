"""A draft of a procedure as one form: its items, typed where they are open, and what the catalogue adds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import count
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.models import ProcedureItem, ProcedureVersion, ServiceItem
from approvals.models.procedures import MOST_DAYS
from portal.worktime.clock import Unit

KEY = re.compile(r"[\w-]{1,40}", re.ASCII)
MOST_ROWS = 80
MEASURES = ("energy_tce", "floor_area_m2", "investment_amount")
Columns = dict[str, Any]


class DraftRow(forms.Form):
    """What is said of one item. Its key is the prefix of the fields; `awaits` are keys of other rows."""

    days = forms.IntegerField(
        label=gettext_lazy("working days"), min_value=1, max_value=MOST_DAYS, required=False,
        error_messages={
            "min_value": gettext_lazy("At least one working day, or empty for what is settled at once.")
        },
    )  # fmt: skip
    phase = forms.TypedChoiceField(label=gettext_lazy("phase"), coerce=int, required=False)
    needed_if = forms.ChoiceField(
        label=gettext_lazy("needed if"), choices=ProcedureItem.Fact.choices, required=False
    )
    at_least = forms.DecimalField(
        label=gettext_lazy("at least"), min_value=Decimal("0.01"), max_digits=16, decimal_places=2,
        required=False, widget=forms.NumberInput(attrs={"placeholder": " "}),  # for the styles
    )  # fmt: skip
    remove = forms.BooleanField(label=gettext_lazy("Remove"), required=False)

    def __init__(
        self, *args: Any, item: ServiceItem, phases: int, awaits: Iterable[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.key, self.item, self.awaits = str(self.prefix), item, list(dict.fromkeys(awaits))
        self.phased = phases > 1
        # A phase that the procedure does not have is shown, so that it can be seen and mended.
        choices = range(max(phases if self.phased else 0, self._given("phase")) + 1)
        self.phase_choices = [(n, str(n) if n else "—") for n in choices]
        self.fields["phase"].choices = self.phase_choices  # type: ignore[attr-defined]  # a choice field
        self.wrong_awaits: list[str] = []

    def _given(self, name: str) -> int:
        text = str(self.data.get(self.add_prefix(name), "") if self.is_bound else self.initial.get(name, 0))
        return min(int(text), 3) if text.isdigit() and len(text) < 3 else 0

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        measured = given.get("needed_if") in MEASURES
        if measured and given.get("at_least") is None and "at_least" not in self.errors:
            self.add_error("at_least", _("From which value on? This measure needs a threshold."))
        if not measured and given.get("at_least") is not None:
            self.add_error("at_least", _("A threshold belongs to a measure: energy, area or investment."))
        return given

    @property
    def is_removed(self) -> bool:
        return self.is_bound and bool(self.data.get(self.add_prefix("remove")))

    @cached_property
    def step(self) -> ProcedureItem:
        """As an item that is not stored; what cannot be read is left out."""
        given = self._readable() if self.is_bound else self.initial
        least = given.get("at_least")
        return ProcedureItem(
            key=self.key, item=self.item, phase=given.get("phase") or 0, days=given.get("days"),
            needed_if=given.get("needed_if") or "", at_least=None if least is None else Decimal(least),
        )  # fmt: skip

    def _readable(self) -> dict[str, Any]:
        wrong = self.errors
        return {name: value for name, value in self.cleaned_data.items() if name not in wrong}

    def columns(self) -> Columns:
        """As `actions.fill_draft` takes it."""
        names = ("key", "item", "phase", "days", "needed_if", "at_least")
        return {name: getattr(self.step, name) for name in names}


class DraftForm:
    """All rows of a draft: as they are stored, and as somebody has typed them where they were open."""

    def __init__(
        self, draft: ProcedureVersion, items: Iterable[ProcedureItem] = (),
        awaits: dict[int, list[ProcedureItem]] | None = None, data: QueryDict | None = None,
    ) -> None:  # fmt: skip
        self.draft, self.phases = draft, draft.procedure.phases
        self.errors: list[str] = []
        self.loosened: list[str] = []  # items that waited for one that is taken out
        self.rows = [self._stored(item, (awaits or {}).get(item.pk, ())) for item in items]
        if data is not None:
            typed = {row.key: row for row in self._typed(data)}
            # What somebody else has taken out meanwhile comes last: it was typed all the same.
            self.rows = [typed.pop(row.key, row) for row in self.rows] + list(typed.values())
            self.rows += self._added(data)
            self._check()

    def _stored(self, item: ProcedureItem, awaits: Iterable[ProcedureItem]) -> DraftRow:
        initial = {name: getattr(item, name) for name in ("days", "phase", "needed_if", "at_least")}
        if item.at_least is not None:  # 1000, not 1000.00
            initial["at_least"] = f"{item.at_least.normalize():f}"
        awaited = [other.key for other in awaits]
        return DraftRow(prefix=item.key, initial=initial, item=item.item, phases=self.phases, awaits=awaited)

    def _typed(self, data: QueryDict) -> Iterator[DraftRow]:
        keys = [key for key in dict.fromkeys(data.getlist("row")) if KEY.fullmatch(key)][:MOST_ROWS]
        catalogue = _catalogue(data.get(f"{key}-item", "") for key in keys)
        for key in keys:
            item = catalogue.get(data.get(f"{key}-item", ""))
            if item is None:
                self.errors.append(_("“%(key)s”: the catalogue does not have this item.") % {"key": key})
                continue
            yield DraftRow(
                data, prefix=key, item=item, phases=self.phases, awaits=data.getlist(f"{key}-awaits")
            )

    def _added(self, data: QueryDict) -> list[DraftRow]:
        """New rows for items that were chosen from the catalogue, with what it promises for them."""
        made: list[DraftRow] = []
        catalogue = _catalogue(data.getlist("add")[:MOST_ROWS])
        for item in catalogue.values():
            taken = {row.step.phase for row in self.rows if row.item.pk == item.pk}
            free = [n for n in range(self.phases + 1 if self.phases > 1 else 1) if n not in taken]
            if not free or not item.active:
                said = _("“%(item)s” is no longer handled.") if free else _("“%(item)s” is there already.")
                self.errors.append(said % {"item": item.label})
                continue
            key = _free_key(item, {row.key for row in [*self.rows, *made]})
            typed = QueryDict(mutable=True)
            typed.update({f"{key}-phase": str(free[0]), f"{key}-days": _promised(item)})
            made.append(DraftRow(typed, prefix=key, item=item, phases=self.phases, awaits=()))
        return made

    def _check(self) -> None:
        """What one row cannot see by itself: what it waits for, and whether it is there twice."""
        kept = {row.key for row in self.rows if not row.is_removed}
        gone = {row.key for row in self.rows} - kept
        places = Counter((row.item.pk, row.step.phase) for row in self.kept)
        for row in self.rows:
            left = [key for key in row.awaits if key not in gone]
            if row.is_removed:
                continue
            if left != row.awaits:
                self.loosened.append(row.item.label)
            row.awaits = left
            if row.key in row.awaits:
                row.wrong_awaits.append(_("An item cannot wait for itself."))
            if any(key not in kept for key in row.awaits):
                row.wrong_awaits.append(_("It waits for an item that is not in this procedure."))
            if row.is_bound and places[row.item.pk, row.step.phase] > 1:
                row.add_error(None, _("This item is there twice in the same phase."))

    @property
    def kept(self) -> list[DraftRow]:
        """The rows that are not to be taken out."""
        return [row for row in self.rows if not row.is_removed]

    def is_valid(self) -> bool:
        typed = (row for row in self.kept if row.is_bound)
        sound = all(row.is_valid() for row in typed)
        return not self.errors and sound and not any(row.wrong_awaits for row in self.kept)

    def steps(self) -> tuple[list[ProcedureItem], dict[int, list[ProcedureItem]]]:
        """The items that are not stored, with numbers of their own, and by these what they wait for."""
        items = [row.step for row in self.kept]
        for number, item in enumerate(items, start=1):
            item.pk, item.version = number, self.draft
        by_key = {item.key: item for item in items}
        return items, {
            row.step.pk: [by_key[key] for key in row.awaits if key in by_key and key != row.key]
            for row in self.kept
        }

    def filled(self) -> list[tuple[Columns, list[str]]]:
        """As `actions.fill_draft` takes it."""
        return [(row.columns(), row.awaits) for row in self.kept]


def _catalogue(numbers: Iterable[str]) -> dict[str, ServiceItem]:
    """The items of these numbers; what is no number is none."""
    pks = {int(text) for text in numbers if text.isdecimal() and len(text) < 18}
    found = ServiceItem.objects.filter(pk__in=pks).select_related("team").by_stage()
    return {str(item.pk): item for item in found}


def _free_key(item: ServiceItem, taken: set[str]) -> str:
    stem = slugify(item.code)[:34] or f"item-{item.pk}"
    return next(key for n in count(1) if (key := stem if n == 1 else f"{stem}-{n}") not in taken)


def _promised(item: ServiceItem) -> str:
    counted = item.promised_days and item.promised_unit == Unit.WORKING_DAY
    return str(item.promised_days) if counted else ""


class PublishForm(forms.Form):
    """Why a procedure changes; `seen` marks the draft that was looked at."""

    note = forms.CharField(label=gettext_lazy("Why it changes"), max_length=300)
    seen = forms.CharField(max_length=16, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))
