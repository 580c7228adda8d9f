"""「我能享受什么」: each policy as it stands for one enterprise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Sum
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from funds import matching
from funds.matching import Verdict
from funds.matching.alerts import CLOSING_DAYS
from funds.models import Claim, Policy, PolicyVersion, Profile
from funds.presenting import amounts, conditions
from funds.presenting.calculation import Told, explained
from portal.money import money


@dataclass(frozen=True)
class Window:
    """When a policy takes claims, as of a day. `state`: open, closing, ahead or closed."""

    state: str
    says: str

    @property
    def is_open(self) -> bool:
        return self.state in ("open", "closing")

    @property
    def light(self) -> str:
        return {"open": "ok", "closing": "warn", "ahead": "hold", "closed": "hold"}[self.state]


def window(version: PolicyVersion, today: date) -> Window:
    """When claims are taken, in words."""
    opens, closes = version.opens_on, version.closes_on
    if today < opens:
        return Window("ahead", _("opens on %(day)s") % {"day": f"{opens:%Y-%m-%d}"})
    if closes is None:
        return Window("open", _("open, without an end"))
    left = (closes - today).days
    told = {"day": f"{closes:%Y-%m-%d}", "n": left}
    if left < 0:
        return Window("closed", _("closed on %(day)s") % told)
    if left == 0:
        return Window("closing", _("closes today"))
    if left <= CLOSING_DAYS:
        text = ngettext("closes on %(day)s, %(n)s day left", "closes on %(day)s, %(n)s days left", left)
        return Window("closing", text % told)
    return Window("open", _("open until %(day)s") % told)


@dataclass(frozen=True)
class Entitlement:
    """A policy for one enterprise: verdict, conditions, amount with its lines, and what to do now."""

    version: PolicyVersion
    verdict: Verdict
    groups: Sequence[conditions.Group]
    amount: Decimal | None
    amount_words: str
    lines: Sequence[Told]
    window: Window
    claim: Claim | None
    start: str

    @property
    def policy(self) -> Policy:
        return self.version.policy

    @property
    def light(self) -> str:
        return conditions.LIGHTS[self.verdict]

    @property
    def is_automatic(self) -> bool:
        return self.policy.delivery == Policy.Delivery.AUTOMATIC

    @property
    def missing(self) -> list[str]:
        """What to supply, and where, each once."""
        lines = (line for group in self.groups for line in group.lines)
        return list(dict.fromkeys(one.advice for one in lines if one.verdict == Verdict.UNKNOWN))

    @property
    def claim_page(self) -> str:
        return reverse("cases:case_view", args=[self.claim.pk]) if self.claim else ""


def entitlements(
    versions: Iterable[PolicyVersion], profile: Profile, today: date, *, may_act: bool
) -> list[Entitlement]:
    """Every policy as it stands for the enterprise; what closes first, and what comes to most, first."""
    claims, granted = _claims(profile.enterprise_id)
    found = []
    for version in versions:
        criteria = matching.conditions_of(version)
        if any(matching.mistake(criterion) for criterion in criteria):
            continue  # nothing that could be said of it would be sure
        before = granted.get(version.policy_id, Decimal(0))
        found.append(
            _entitlement(version, profile, today, claims.get(version.policy_id), before, may_act=may_act)
        )
    return sorted(found, key=_order)


def _entitlement(
    version: PolicyVersion,
    profile: Profile,
    today: date,
    claim: Claim | None,
    before: Decimal,
    *,
    may_act: bool,
) -> Entitlement:
    lines = matching.evaluate(matching.conditions_of(version), profile)
    verdict, opened = matching.verdict_of(lines), window(version, today)
    expected = matching.estimate(version, profile, before)
    taken = claim is not None and version.period == PolicyVersion.Period.ONCE
    # What comes without application is given to whom the park has found, and to nobody else.
    automatic = version.policy.delivery == Policy.Delivery.AUTOMATIC
    fits = verdict == Verdict.MET or (verdict == Verdict.UNKNOWN and not automatic)
    begins = may_act and opened.is_open and fits and not taken
    return Entitlement(
        version,
        verdict,
        conditions.standing(lines, profile),
        expected.amount,
        amounts.estimate_words(expected, version),
        explained(expected.lines),
        opened,
        claim,
        claim_file(version) if begins else "",
    )


def _order(one: Entitlement) -> tuple[bool, bool, Decimal, str]:
    return (
        not one.window.is_open,
        one.window.state != "closing",
        -(one.amount or Decimal(0)),
        one.policy.code,
    )


def _claims(enterprise: int) -> tuple[dict[int, Claim], dict[int, Decimal]]:
    """By policy: the last claim that lives, and what all of them come to."""
    live = Claim.objects.filter(enterprise=enterprise, live=True)
    last = {c.policy_id: c for c in live.select_related("case").order_by("pk")}
    sums = live.order_by().values_list("policy").annotate(total=Sum("calculated_amount"))
    return last, {policy: total or Decimal(0) for policy, total in sums}


def claim_file(version: PolicyVersion) -> str:
    """The address of the page where a claim under it is filed."""
    try:
        page = reverse("funds:claim_file")
    except NoReverseMatch:
        page = "/funds/claims/new/"
    return f"{page}?{urlencode({'version': version.pk})}"


def in_all(found: Iterable[Entitlement]) -> str:
    """What can be had now in all, as far as it can be told; empty: nothing."""
    total = sum(
        (e.amount or Decimal(0) for e in found if e.start and e.verdict == Verdict.MET and not e.claim),
        Decimal(0),
    )
    return money(total) if total else ""
