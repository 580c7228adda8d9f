"""How much a policy gives, in one sentence and in lines for whoever reads the rules."""

from __future__ import annotations

from itertools import pairwise

from django.utils.translation import gettext as _

from funds import matching
from funds.models import PolicyVersion
from funds.models.policies import rate_words
from portal.money import money

Method = PolicyVersion.Method


def base_words(version: PolicyVersion) -> str:
    """What the amount is reckoned from."""
    return str(dict(matching.base_choices()).get(version.base, version.base))


def amount_words(version: PolicyVersion) -> str:
    """How much, in one sentence: "实际支出的 10 %，最高 20 万元"."""
    text = _of_method(version)
    if version.cap_amount is None or version.method == Method.FIXED:
        return text
    return _("%(rule)s, up to %(most)s") % {"rule": text, "most": money(version.cap_amount)}


def _of_method(version: PolicyVersion) -> str:
    if version.method == Method.FIXED:
        amounts = (a for a in (version.fixed_amount, version.cap_amount) if a is not None)
        return money(min(amounts))
    base = base_words(version)
    if version.method == Method.RATE:
        return _("%(rate)s of: %(base)s") % {"rate": rate_words(version.rate or 0), "base": base}  # type: ignore[arg-type]
    if version.method == Method.TIERS:
        return _("Shares by tiers of: %(base)s") % {"base": base}
    return _("Amounts by steps of: %(base)s") % {"base": base}


def tier_words(version: PolicyVersion) -> list[str]:
    """Each tier or step in a line."""
    rows = sorted(version.tiers.all(), key=lambda tier: tier.from_amount)
    lines = []
    for tier, above in pairwise([*rows, None]):
        if tier is None:
            break
        told = {"from": money(tier.from_amount), "to": money(above.from_amount) if above else ""}
        if tier.rate is not None:
            told["what"] = rate_words(tier.rate)
        else:
            told["what"] = money(tier.amount) if tier.amount is not None else ""
        text = _("from %(from)s up to %(to)s: %(what)s") if above else _("from %(from)s on: %(what)s")
        lines.append(text % told)
    return lines


def estimate_words(found: matching.Estimate, version: PolicyVersion) -> str:
    """What an enterprise can expect, as one answer."""
    if found.amount is not None:
        return _("about %(amount)s") % {"amount": money(found.amount)}
    if version.method == Method.DECIDED:
        if found.at_most is None:
            return _("as decided case by case")
        return _("as decided case by case, up to %(most)s") % {"most": money(found.at_most)}
    if version.base == matching.CLAIMED and version.method != Method.FIXED:
        return _("%(rule)s of what you spend") % {"rule": _share(version, found)}
    if found.at_most is not None:
        return _("up to %(most)s") % {"most": money(found.at_most)}
    return _("cannot be told yet: figures are missing")


def _share(version: PolicyVersion, found: matching.Estimate) -> str:
    rate = rate_words(version.rate) if version.rate is not None else _("a share by tiers")
    if found.at_most is None:
        return rate
    return _("%(rate)s (up to %(most)s)") % {"rate": rate, "most": money(found.at_most)}
