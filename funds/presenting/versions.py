"""A version of a policy in words, and two of them beside one another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from funds import matching
from funds.matching.runs import Forecast
from funds.models import Policy, PolicyVersion
from funds.models.policies import rate_words
from funds.presenting import conditions
from funds.presenting.amounts import base_words, tier_words
from portal.money import money

NOTHING = "—"


@dataclass(frozen=True)
class Difference:
    """One thing that two versions say differently."""

    what: str
    old: list[str]
    new: list[str]


def said(version: PolicyVersion) -> list[tuple[str, list[str]]]:
    """Everything that a version says, each in lines."""
    names = dict(Policy.objects.values_list("pk", "title"))
    return [
        (_("In plain words"), [version.summary]),
        (_("In plain words, in English"), [version.summary_en]),
        (_("Text of the policy"), version.text.splitlines()),
        (_("Issued by and document number"), [version.source]),
        (_("Applications from"), [f"{version.opens_on:%Y-%m-%d}"]),
        (
            _("Applications until"),
            [f"{version.closes_on:%Y-%m-%d}" if version.closes_on else _("without an end")],
        ),
        (_("Way of delivery"), [version.get_delivery_display() if version.delivery else ""]),
        (_("Budget"), [version.budget.label if version.budget else ""]),
        (_("Period"), [version.get_period_display()]),
        (_("Way of reckoning"), [version.get_method_display()]),
        (_("Base"), [base_words(version) if version.base else ""]),
        (_("Share"), [rate_words(version.rate) if version.rate is not None else ""]),
        (_("Fixed amount"), [_yuan(version.fixed_amount)]),
        (_("Tiers or steps"), tier_words(version)),
        (_("Cap of one claim"), [_yuan(version.cap_amount)]),
        (_("Cap of all claims of an enterprise"), [_yuan(version.lifetime_cap_amount)]),
        (_("Instalments"), [str(version.instalments)]),
        (_("Conditions"), [_criterion(c) for c in version.criteria.all()]),
        (_("Papers of a claim"), [_material(m) for m in version.materials.all()]),
        (_("Not for the same period together with"), [names.get(pk, "") for pk in sorted(version.excluded)]),
    ]


def _yuan(amount: Any) -> str:
    return money(amount) if amount is not None else ""


def _criterion(criterion: Any) -> str:
    text = conditions.asked(criterion)
    if criterion.group:
        text = _("%(text)s (alternative %(n)s)") % {"text": text, "n": criterion.group}
    return f"{text} · {criterion.hint}" if criterion.hint else text


def _material(material: Any) -> str:
    name = material.label
    if not material.is_required:
        name = _("%(name)s (if there is one)") % {"name": name}
    return _("%(name)s · serves one claim only") % {"name": name} if material.used_once else name


def compared(old: PolicyVersion, new: PolicyVersion) -> list[Difference]:
    """What `new` says otherwise than `old`."""
    pairs = zip(said(old), said(new), strict=True)
    return [
        Difference(what, _lines(before), _lines(after))
        for (what, before), (_what, after) in pairs
        if before != after
    ]


def _lines(found: list[str]) -> list[str]:
    return [line for line in found if line] or [NOTHING]


@dataclass(frozen=True)
class Simulation:
    """Whom a draft would hit, what it would cost, and what should be thought of before it is published."""

    forecast: Forecast
    warnings: list[str]

    @property
    def cost_words(self) -> str:
        """From what is sure to what is possible."""
        found = self.forecast
        if not found.open_ended:
            return money(found.cost)
        if found.most is None:
            return _("%(cost)s, and what is spent, without a cap") % {"cost": money(found.cost)}
        return _("%(cost)s to %(most)s") % {"cost": money(found.cost), "most": money(found.most)}


def simulated(version: PolicyVersion, today: date) -> Simulation | None:
    """None where a condition cannot be asked."""
    criteria = list(version.criteria.all())
    if any(matching.mistake(criterion) for criterion in criteria):
        return None
    found = matching.forecast(version, criteria, today)
    return Simulation(found, _warnings(version, found, today))


def _warnings(version: PolicyVersion, found: Forecast, today: date) -> list[str]:
    texts = []
    if not version.criteria.exists():
        texts.append(_("There is no condition: it fits every enterprise of the park."))
    if not found.met:
        texts.append(_("It fits nobody by what is known today."))
    if version.closes_on is not None and version.closes_on < today:
        texts.append(_("The window is closed already: nobody could claim."))
    if version.budget is None:
        texts.append(_("No budget is named: what is approved could not be paid."))
        return texts
    free = version.budget.free_amount
    told = {"free": money(free), "cost": money(found.cost)}
    if found.cost > free:
        texts.append(_("The budget has %(free)s left, those that fit come to %(cost)s.") % told)
    elif found.most is None or found.most > free:
        texts.append(
            _("The budget has %(free)s left: it could be exceeded by what enterprises spend.") % told
        )
    return texts
