"""What the notices about policies say."""

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


def register_all() -> None:
    """Called once, when the apps are loaded."""
    register(Matter(alerts.FITS, Kind.PROGRESS, (FITS,), _path))
    register(Matter(alerts.CLOSES, Kind.DEADLINE, (CLOSES,), _path))
