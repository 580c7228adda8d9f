"""What the notices about agents, ownership and one's own account say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.notices.models import Kind
from portal.notices.texts import Matter, Placeholder, Template, register

Params = Mapping[str, Any]
ENTERPRISE = Placeholder("enterprise", _("the enterprise"), _("Demonstration Machinery Ltd"))
WHO = Placeholder("who", _("the other person"), _("Li (sample)"))
FROM_ENTERPRISE = _("%(enterprise)s")


class Line(NamedTuple):
    """One text: its name for the administration, subject, line, and the page it leads to."""

    label: Promise
    title: Promise
    line: Promise
    page: str
    places: tuple[Placeholder, ...] = (ENTERPRISE, WHO)


LINES: dict[str, Line] = {
    "trust.accepted": Line(
        _("Invitation accepted"),
        FROM_ENTERPRISE,
        _("%(who)s has accepted and acts for the enterprise now."),
        "trust:people",
    ),
    "trust.declined": Line(
        _("Invitation declined"), FROM_ENTERPRISE, _("%(who)s has declined the invitation."), "trust:people"
    ),
    "trust.changed": Line(
        _("Scope of an agent changed"),
        FROM_ENTERPRISE,
        _("The owner has changed what you may do for the enterprise."),
        "home",
        (ENTERPRISE,),
    ),
    "trust.ended": Line(
        _("Agency ended"),
        FROM_ENTERPRISE,
        _("You do not act for this enterprise any more."),
        "home",
        (ENTERPRISE,),
    ),
    "trust.ownership_offered": Line(
        _("Enterprise offered"),
        FROM_ENTERPRISE,
        _("%(who)s offers to hand the enterprise over to you. Please accept or decline."),
        "trust:ownership",
    ),
    "trust.ownership_accepted": Line(
        _("Enterprise handed over"),
        FROM_ENTERPRISE,
        _("%(who)s has accepted and owns the enterprise now; you stay as an agent."),
        "home",
    ),
    "trust.ownership_declined": Line(
        _("Handing over declined"),
        FROM_ENTERPRISE,
        _("%(who)s does not want to take the enterprise over."),
        "trust:people",
    ),
    "account.factor_reset": Line(
        _("Second factor reset"),
        _("Your second factor was reset"),
        _(
            "An administrator (%(who)s) has removed the second factor of your account and signed you out "
            "everywhere. If you did not ask for this, tell the administrator at once."
        ),
        "accounts:security",
        (WHO,),
    ),
}


def _values(params: Params) -> dict[str, str]:
    return {name: str(params.get(name, "")) for name in ("enterprise", "who")}


def _matter(key: str, line: Line) -> Matter:
    def path(params: Params, _case_id: int | None) -> str:
        return reverse(line.page, args=[params["offer"]] if "offer" in params else [])

    template = Template(key, line.label, line.line, line.places, _values, line.title)
    return Matter(key, Kind.MESSAGE, (template,), path)


def register_all() -> None:
    """Called once, when the apps are loaded."""
    for key, line in LINES.items():
        register(_matter(key, line))
