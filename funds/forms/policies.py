"""Forms of who looks after policies: the policy itself, its draft with all rows, publishing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funds import matching
from funds.forms.rows import RowForm, RowsField
from funds.matching import Fact, Kind
from funds.matching.conditions import NUMBERS
from funds.models import Budget, Criterion, Policy, PolicyVersion
from portal.day_input import DayInput
from portal.editing import SeenMixin
from portal.park.models import Team

PERCENT = Decimal(100)
MOST_YUAN = Decimal(10) ** 13
UNITS = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}
_SPLIT = re.compile(r"[、，,;；\n]")
Method = PolicyVersion.Method


def yuan(label: Any, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=Decimal("0.01"), max_value=MOST_YUAN, decimal_places=2, required=False, **more
    )


def percent(label: Any, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=Decimal(0), max_value=PERCENT, decimal_places=4, required=False, **more
    )


def understood(fact: Fact, typed: str) -> list[str]:
    """What an editor has typed, as conditions keep it: names become codes, "500万" becomes 5000000."""
    if fact.kind in (*NUMBERS, Kind.DAY, Kind.FLAG):
        return [_one(fact, typed.strip())] if typed.strip() else []
    return [_one(fact, part.strip()) for part in _SPLIT.split(typed) if part.strip()]


def _one(fact: Fact, text: str) -> str:
    if fact.kind in NUMBERS:
        return _number(text)
    if fact.kind == Kind.DAY:
        return text.replace("/", "-").replace(".", "-")
    if fact.kind == Kind.FLAG:
        known = {"true": "true", "false": "false", _("yes").lower(): "true", _("no").lower(): "false"}
        return known.get(text.lower(), text)
    by_name = {str(name).lower(): key for key, name in fact.choices}
    return by_name.get(text.lower(), text)


def _number(text: str) -> str:
    """Without what only helps the eye."""
    plain = text.replace(",", "").replace("，", "").replace("%", "").replace("元", "").strip()
    for unit, factor in UNITS.items():
        if plain.endswith(unit):
            try:
                return f"{Decimal(plain[:-1].strip()) * factor:f}"
            except InvalidOperation:
                return text
    return plain


class CriterionRow(RowForm):
    """A condition over a fact."""

    significant: ClassVar[tuple[str, ...]] = ("fact", "values")
    fact = forms.ChoiceField(label=gettext_lazy("Fact"), choices=[])
    operator = forms.ChoiceField(label=gettext_lazy("Comparison"), choices=Criterion.Operator.choices)
    values = forms.CharField(label=gettext_lazy("Compared with"), max_length=1000, required=False)
    group = forms.IntegerField(
        label=gettext_lazy("Alternative"), min_value=0, max_value=20, required=False,
        widget=forms.NumberInput(attrs={"class": "slim"}),
    )  # fmt: skip
    hint = forms.CharField(label=gettext_lazy("What to do if it is not met"), max_length=300, required=False)
    hint_en = forms.CharField(label=gettext_lazy("The same in English"), max_length=400, required=False)
    field_order = ("fact", "operator", "values", "group", "hint", "hint_en", "remove")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["fact"]
        field.choices = [
            ("", "—"),
            *((fact.key, fact.label) for fact in matching.FACTS.values() if fact.is_offered),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        cleaned["group"] = cleaned.get("group") or 0
        cleaned["values"] = understood(matching.FACTS[cleaned["fact"]], cleaned["values"])
        wrong = matching.mistake(Criterion(**{k: v for k, v in cleaned.items() if k != "remove"}))
        if wrong:
            self.add_error("values", wrong)
        return cleaned


class TierRow(RowForm):
    """From which base on a share or an amount holds."""

    significant: ClassVar[tuple[str, ...]] = ("from_amount", "rate", "amount")
    from_amount = forms.DecimalField(
        label=gettext_lazy("From (yuan)"), min_value=Decimal(0), max_value=MOST_YUAN, decimal_places=2
    )
    rate = percent(gettext_lazy("Share (%)"))
    amount = forms.DecimalField(
        label=gettext_lazy("Amount (yuan)"), min_value=Decimal(0), max_value=MOST_YUAN, decimal_places=2,
        required=False,
    )  # fmt: skip
    field_order = ("from_amount", "rate", "amount", "remove")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and (cleaned.get("rate") is None) == (cleaned.get("amount") is None):
            self.add_error(None, _("A tier has either a share of 0 to 100 % or an amount."))
        if cleaned.get("rate") is not None:
            cleaned["rate"] = cleaned["rate"] / PERCENT
        return cleaned


class MaterialRow(RowForm):
    """A paper that a claim needs."""

    significant: ClassVar[tuple[str, ...]] = ("name", "name_en")
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=200, required=False)
    is_required = forms.BooleanField(label=gettext_lazy("required"), required=False, initial=True)
    used_once = forms.BooleanField(label=gettext_lazy("serves one claim only"), required=False)
    field_order = ("name", "name_en", "is_required", "used_once", "remove")


class PolicyDraftForm(SeenMixin, forms.ModelForm):  # type: ignore[type-arg]  # no runtime generics
    """A draft as a whole: words, window, money, conditions, papers; the second of two sees both versions."""

    rate = percent(gettext_lazy("Share (%)"), help_text=gettext_lazy("For “a share of the base”."))
    fixed_amount = yuan(gettext_lazy("Fixed amount (yuan)"), help_text=gettext_lazy("For “a fixed amount”."))
    base = forms.ChoiceField(
        label=gettext_lazy("Base"), required=False, help_text=gettext_lazy("For shares, tiers and steps.")
    )
    delivery = forms.ChoiceField(label=gettext_lazy("Way of delivery"), choices=Policy.Delivery.choices)
    excluded = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Not for the same period together with"), coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple, empty_value=[],
    )  # fmt: skip
    criteria = RowsField(CriterionRow, label=gettext_lazy("Conditions"))
    tiers = RowsField(TierRow, label=gettext_lazy("Tiers or steps"))
    materials = RowsField(MaterialRow, label=gettext_lazy("Papers of a claim"))

    class Meta:
        model = PolicyVersion
        fields = (
            "summary", "summary_en", "text", "source", "opens_on", "closes_on", "delivery", "budget",
            "period", "instalments", "method", "base", "rate", "fixed_amount", "cap_amount",
            "lifetime_cap_amount", "excluded",
        )  # fmt: skip
        widgets: ClassVar = {
            "summary": forms.Textarea(attrs={"rows": 3}),
            "summary_en": forms.Textarea(attrs={"rows": 3}),
            "text": forms.Textarea(attrs={"rows": 8}),
            "opens_on": DayInput(),
            "closes_on": DayInput(),
        }

    def __init__(self, *args: Any, rows: Mapping[str, Any], **kwargs: Any) -> None:
        draft: PolicyVersion = kwargs["instance"]
        share = draft.rate * PERCENT if draft.rate is not None else None
        kwargs["initial"] = {**rows, "rate": _short(share), "excluded": list(draft.excluded)}
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["base"].choices = [("", "—"), *matching.base_choices()]
        others = Policy.objects.exclude(pk=draft.policy_id).filter(active=True)
        fields["excluded"].choices = [(other.pk, other.label) for other in others]
        fields["budget"].queryset = Budget.objects.filter(closed_at=None)

    def clean_rate(self) -> Decimal | None:
        share: Decimal | None = self.cleaned_data["rate"]
        return share / PERCENT if share else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        method = cleaned.get("method")
        if method == Method.FIXED:
            cleaned |= {"base": "", "rate": None, "tiers": []}
            self._ask("fixed_amount", _("Say how much it is."))
        elif method:
            cleaned["fixed_amount"] = None
            self._ask("base", _("Say of what."))
        if method == Method.RATE:
            cleaned["tiers"] = []
            self._ask("rate", _("Say which share: above 0 and up to 100 %."))
        elif method in (Method.TIERS, Method.STEPS):
            cleaned["rate"] = None
            self._check_tiers(cleaned, "rate" if method == Method.TIERS else "amount")
        return cleaned

    def _ask(self, name: str, text: str) -> None:
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, text)

    def _check_tiers(self, cleaned: dict[str, Any], wanted: str) -> None:
        tiers = cleaned.get("tiers") or []
        if "tiers" in self.errors:
            return
        if not tiers:
            self.add_error("tiers", _("There is no tier yet."))
        if any(tier[wanted] is None for tier in tiers):
            said = _("Tiers need shares.") if wanted == "rate" else _("Steps need amounts.")
            self.add_error("tiers", said)
        if len({tier["from_amount"] for tier in tiers}) < len(tiers):
            self.add_error("tiers", _("Two tiers begin with the same base."))

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """The rows as `actions.change_draft` keeps them."""
        numbered = {
            name: [{"position": n, **row} for n, row in enumerate(self.cleaned_data[name], start=1)]
            for name in ("criteria", "materials")
        }
        tiers = sorted(self.cleaned_data["tiers"], key=lambda tier: tier["from_amount"])
        return {**numbered, "tiers": [dict(tier) for tier in tiers]}


def _short(number: Decimal | None) -> str | None:
    """15, not 15.000000."""
    return None if number is None else f"{number.normalize():f}"


class PolicyForm(SeenMixin, forms.ModelForm):  # type: ignore[type-arg]
    """What does not change from version to version."""

    class Meta:
        model = Policy
        fields = ("title", "title_en", "level", "kind", "team", "active")

    def __init__(self, *args: Any, teams: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team: Any = self.fields["team"]
        team.queryset, team.required = teams, True
        team.initial = team.initial or (teams[0].pk if len(teams) == 1 else None)


class NewPolicyForm(PolicyForm):
    """A policy that there is not yet."""

    class Meta(PolicyForm.Meta):
        fields = ("code", "title", "title_en", "level", "kind", "team")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code: Any = self.fields["code"]
        code.validators.append(
            RegexValidator(
                r"^[\w.〔〕()（）\[\]-]+$", _("Letters, digits, points, dashes and brackets only.")
            )
        )


class PublishPolicyForm(forms.Form):
    """Why a policy changes; `seen` marks the draft that was looked at."""

    note = forms.CharField(label=gettext_lazy("Why it changes"), max_length=300)
    seen = forms.CharField(max_length=16, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))


def keeping_teams(actor_teams: frozenset[int] | None) -> Any:
    """Departments that can look after a policy: all of them (None), or one's own."""
    found = Team.objects.filter(active=True, kind__in=(Team.Kind.DEPARTMENT, Team.Kind.FINANCE))
    return found if actor_teams is None else found.filter(pk__in=actor_teams)
