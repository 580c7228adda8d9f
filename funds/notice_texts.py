"""What the notices about policies, and about the account of an enterprise, say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.matching import alerts
from portal.names import local_name
from portal.notices.models import Kind
from portal.notices.texts import Matter, Placeholder, Template, register

Params = Mapping[str, Any]
PLACES = (
    Placeholder("enterprise", _("the enterprise"), _("Demonstration Machinery Ltd")),
    Placeholder("policies", _("the policy, or how many"), _("“Reward for research (sample)”")),
)
UNTIL = Placeholder("until", _("last day of the window"), "2026-12-31")
FITS = Template(
    name=alerts.FITS,
    label=_("A policy fits"),
    title=_("Money that %(enterprise)s can have"),
    line=_("%(policies)s: it fits your enterprise. See what it comes to and what to do."),
    placeholders=PLACES,
    values=lambda params: _values(params),
)
CLOSES = Template(
    name=alerts.CLOSES,
    label=_("The window of a policy closes"),
    title=_("A window closes soon for %(enterprise)s"),
    line=_("%(policies)s: it fits your enterprise, and can be claimed until %(until)s."),
    placeholders=(*PLACES, UNTIL),
    values=lambda params: _values(params),
)

ACCOUNT = Template(
    name=alerts.PROPOSED,
    label=_("An account is proposed"),
    title=_("An account to confirm for %(enterprise)s"),
    line=_(
        "%(who)s proposes the account %(account)s, %(bank)s. The park pays there only once you have "
        "confirmed it."
    ),
    placeholders=(
        PLACES[0],
        Placeholder("who", _("the other person"), _("Li (sample)")),
        Placeholder("account", _("last digits of the account"), "**** 1234"),
        Placeholder("bank", _("the bank"), _("Demonstration Bank, park branch")),
    ),
    values=lambda params: {
        "enterprise": local_name(str(params.get("enterprise") or ""), str(params.get("enterprise_en") or "")),
        **{name: str(params.get(name) or "") for name in ("who", "account", "bank")},
    },
)


def _values(params: Params) -> dict[str, str]:
    def named(name: str) -> str:
        return local_name(str(params.get(name) or ""), str(params.get(f"{name}_en") or ""))

    count = int(params.get("count", 1))
    told = {"title": named("title"), "n": count}
    policies = "“%(title)s”"
    if count > 1:
        policies = gettext("“%(title)s” and others, %(n)s policies in all")
    return {
        "enterprise": named("enterprise"),
        "policies": policies % told,
        "until": str(params.get("until") or ""),
    }


def _path(_params: Params, _case_id: int | None) -> str:
    return reverse("funds:entitlements")


def _account_path(_params: Params, _case_id: int | None) -> str:
    return reverse("funds:account_view")


def register_all() -> None:
    """Called once, when the apps are loaded."""
    register(Matter(alerts.FITS, Kind.PROGRESS, (FITS,), _path))
    register(Matter(alerts.CLOSES, Kind.DEADLINE, (CLOSES,), _path))
    register(Matter(alerts.PROPOSED, Kind.WORK, (ACCOUNT,), _account_path))
