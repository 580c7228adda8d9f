"""Access words of leads."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.cases.access import Rule, register
from portal.park.acting import Actor

LEAD = "investment.lead"


def registers_leads(actor: Actor) -> bool:
    """全员大招商: everybody who works in a team of the park (dossier, section 1, row 60)."""
    return bool(actor.memberships)


register(
    Rule(
        "any_staff",
        _("any member of staff"),
        lambda _a, _c: False,
        opens=lambda actor, _enterprise, _kind: registers_leads(actor),
    )
)
