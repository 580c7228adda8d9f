"""Access words of the station request."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.cases.access import Rule, members, register
from portal.cases.models import Case
from portal.park.acting import Actor
from portal.park.models import Enterprise, Team


def _takes(actor: Actor, case: Case) -> bool:
    return case.request.first_team_id in actor.team_ids


_FIRST_TEAM = "(SELECT r.first_team_id FROM stations_request r WHERE r.case_id = m.id)"


def _at_a_desk(actor: Actor) -> bool:
    """Members of a station file for an enterprise that walks in or phones."""
    return any(seat.kind == Team.Kind.STATION for seat in actor.seats)


def _files_for(actor: Actor, enterprise: Enterprise | None, _kind: str) -> bool:
    return enterprise is not None and _at_a_desk(actor)


# 首问负责: the first taker keeps the case until the handler has signed, and verifies the closing.
register(Rule("first_taker", _("the station that took it"), _takes, members(_FIRST_TEAM)))
register(
    Rule(
        "steward",
        _("station steward"),
        lambda _a, _c: False,
        opens=_files_for,
        at_desk=_at_a_desk,
    ),
)
