"""Access words of leads."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Duty
from portal.cases.access import Rule, register
from portal.park.acting import Actor
from portal.park.models import Team

LEAD = "investment.lead"


def registers_leads(actor: Actor) -> bool:
    """全员大招商: everybody who works in a team of the park, and its leaders (dossier, section 1, row 60).

    Banks work with the park and not for it: they bring a lead to somebody.
    """
    return actor.holds(Duty.LEADER) or any(seat.kind != Team.Kind.BANK for seat in actor.seats)


register(
    Rule(
        "any_staff",
        _("any member of staff"),
        lambda _a, _c: False,
        opens=lambda actor, _enterprise, _kind: registers_leads(actor),
    )
)
