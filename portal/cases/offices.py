"""Offices that the rules name. They are teams like any other, known by a fixed code."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.cases.errors import Refused
from portal.park.models import Team

NAMES: dict[str, Promise] = {
    "supervision": _("supervision office"),
    "discipline": _("discipline inspection office"),
    "enterprise_service": _("enterprise service centre"),
}


def office(code: str) -> Team:
    """The active team with this code. Raises Refused when the park has none."""
    found = Team.objects.filter(code=code, active=True).first()
    if found is None:
        raise Refused(
            gettext("The park has no %(office)s (team code %(code)s): ask the administrator to add one.")
            % {"office": NAMES[code], "code": code}
        )
    return found
