"""What the notices about agents, ownership and one's own account say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.notices.texts import Text, register

Params = Mapping[str, Any]


def _people(title: str, body: str, params: Params) -> Text:
    return Text(title, body % {"who": params.get("who", "")}, reverse("trust:people"))


def _accepted(p: Params, _case: int | None) -> Text:
    return _people(str(p["enterprise"]), _("%(who)s has accepted and acts for the enterprise now."), p)


def _declined(p: Params, _case: int | None) -> Text:
    return _people(str(p["enterprise"]), _("%(who)s has declined the invitation."), p)


def _changed(p: Params, _case: int | None) -> Text:
    return Text(str(p["enterprise"]), _("The owner has changed what you may do for the enterprise."), "/")


def _ended(p: Params, _case: int | None) -> Text:
    return Text(str(p["enterprise"]), _("You do not act for this enterprise any more."), "/")


def _offered(p: Params, _case: int | None) -> Text:
    body = _("%(who)s offers to hand the enterprise over to you. Please accept or decline.")
    path = reverse("trust:ownership", args=[p["offer"]])
    return Text(str(p["enterprise"]), body % {"who": p["who"]}, path)


def _taken(p: Params, _case: int | None) -> Text:
    body = _("%(who)s has accepted and owns the enterprise now; you stay as an agent.")
    return Text(str(p["enterprise"]), body % {"who": p["who"]}, "/")


def _not_taken(p: Params, _case: int | None) -> Text:
    return _people(str(p["enterprise"]), _("%(who)s does not want to take the enterprise over."), p)


def _factor_reset(p: Params, _case: int | None) -> Text:
    body = _(
        "An administrator (%(who)s) has removed the second factor of your account and signed you out "
        "everywhere. If you did not ask for this, tell the administrator at once."
    )
    return Text(_("Your second factor was reset"), body % {"who": p["who"]}, reverse("accounts:security"))


def register_all() -> None:
    register("trust.accepted", _accepted)
    register("trust.declined", _declined)
    register("trust.changed", _changed)
    register("trust.ended", _ended)
    register("trust.ownership_offered", _offered)
    register("trust.ownership_accepted", _taken)
    register("trust.ownership_declined", _not_taken)
    register("account.factor_reset", _factor_reset)
