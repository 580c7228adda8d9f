"""Who is acting: one person with all memberships, agencies and duties, read once per request."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone

from portal.accounts.models import Duty
from portal.names import local_name
from portal.park.models import Membership

if TYPE_CHECKING:
    from portal.accounts.models import User


_READ = """
SELECT
    (SELECT coalesce(json_agg(json_build_array(g.enterprise_id, g.role) ORDER BY g.id), '[]')
     FROM park_agency g
     WHERE g.user_id = %(user)s AND (g.expires_on IS NULL OR g.expires_on >= %(today)s)),
    (SELECT coalesce(json_agg(json_build_array(t.id, m.role, t.kind, t.name, t.name_en) ORDER BY m.id), '[]')
     FROM park_membership m JOIN park_team t ON t.id = m.team_id
     WHERE m.user_id = %(user)s AND t.active),
    (SELECT coalesce(json_agg(d.duty), '[]') FROM accounts_dutygrant d WHERE d.user_id = %(user)s)
"""


@dataclass(frozen=True)
class Seat:
    """A place in a team."""

    team_id: int
    role: str
    kind: str
    team_name: str
    team_name_en: str

    @property
    def team_label(self) -> str:
        """The team's name in the reader's language."""
        return local_name(self.team_name, self.team_name_en)


class Actor:
    """A signed-in person as the access rules see them. Costs one query, when first asked."""

    def __init__(self, user: User, *, enterprise_id: int | None = None) -> None:
        self.user = user
        self._chosen_enterprise_id = enterprise_id

    @cached_property
    def _read(self) -> tuple[list[tuple[int, str]], list[tuple[int, str, str, str, str]], list[str]]:
        with connection.cursor() as cursor:
            cursor.execute(_READ, {"user": self.user.pk, "today": timezone.localdate()})
            agencies, seats, duties = (_parsed(cell) for cell in cursor.fetchone())
        return agencies, seats, duties

    @cached_property
    def agencies(self) -> dict[int, str]:
        """Enterprise id → role, without the agencies that have expired."""
        return dict(self._read[0])

    @cached_property
    def seats(self) -> list[Seat]:
        """The places in active teams."""
        return [Seat(*row) for row in self._read[1]]

    @cached_property
    def memberships(self) -> dict[int, str]:
        """Team id → role, of active teams."""
        return {seat.team_id: seat.role for seat in self.seats}

    @cached_property
    def duties(self) -> frozenset[str]:
        return frozenset(self._read[2])

    @property
    def enterprise_id(self) -> int | None:
        """The enterprise that the person acts for now; None for staff."""
        if self._chosen_enterprise_id in self.agencies:
            return self._chosen_enterprise_id
        return next(iter(self.agencies), None)

    @property
    def team_ids(self) -> frozenset[int]:
        return frozenset(self.memberships)

    @property
    def headed_team_ids(self) -> frozenset[int]:
        """Teams in which the person leads: as head or as section head."""
        return frozenset(t for t, role in self.memberships.items() if role != Membership.Role.MEMBER)

    @property
    def is_staff_side(self) -> bool:
        return bool(self.memberships or self.duties)

    def holds(self, *duties: Duty) -> bool:
        return not self.duties.isdisjoint(duties)


def _parsed(cell: Any) -> Any:
    """JSON as the driver gives it: text, or already read."""
    return json.loads(cell) if isinstance(cell, str) else cell
