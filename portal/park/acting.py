"""Who is acting: one person with all memberships, agencies and duties, read once per request."""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import connection

from portal.accounts.models import Duty
from portal.composed import Shaped
from portal.names import local_name
from portal.park.models import Agency, Membership
from portal.prepared import Prepared
from portal.worktime.clock import local
from portal.worktime.now import now

if TYPE_CHECKING:
    from portal.accounts.models import User


_READ = Prepared(
    "read_actor",
    """
SELECT
    (SELECT coalesce(
        json_agg(json_build_array(g.enterprise_id, g.role, g.read_only, g.kinds) ORDER BY g.id), '[]')
     FROM park_agency g
     WHERE g.user_id = %(user)s AND (g.expires_on IS NULL OR g.expires_on >= %(today)s)),
    (SELECT coalesce(json_agg(json_build_array(t.id, m.role, t.kind, t.name, t.name_en, t.code)
        ORDER BY m.id), '[]')
     FROM park_membership m JOIN park_team t ON t.id = m.team_id
     WHERE m.user_id = %(user)s AND t.active),
    (SELECT coalesce(json_agg(d.duty), '[]') FROM accounts_dutygrant d WHERE d.user_id = %(user)s)
""",
)


@dataclass(frozen=True)
class Seat:
    """A place in a team."""

    team_id: int
    role: str
    kind: str
    team_name: str
    team_name_en: str
    team_code: str

    @property
    def team_label(self) -> str:
        """The team's name in the reader's language."""
        return local_name(self.team_name, self.team_name_en)


@dataclass(frozen=True)
class Mandate:
    """What a person may do for one enterprise. No kinds: all kinds."""

    enterprise_id: int
    role: str
    read_only: bool
    kinds: list[str]

    def covers(self, kind: str | None) -> bool:
        """Whether the kind of case lies within the scope (None: anything of the enterprise)."""
        return not self.kinds or kind is None or kind in self.kinds


class Actor(Shaped):
    """A signed-in person as the access rules see them. Costs one query, when first asked."""

    def __init__(self, user: User, *, enterprise_id: int | None = None) -> None:
        self.user = user
        self._chosen_enterprise_id = enterprise_id

    @cached_property
    def _read(
        self,
    ) -> tuple[list[tuple[int, str, bool, list[str]]], list[tuple[int, str, str, str, str, str]], list[str]]:
        with connection.cursor() as cursor:
            _READ.run(cursor, {"user": self.user.pk, "today": local(now()).date()})
            agencies, seats, duties = (_parsed(cell) for cell in cursor.fetchone())
        return agencies, seats, duties

    @cached_property
    def mandates(self) -> dict[int, Mandate]:
        """Enterprise id → what the person may do for it, without the agencies that have expired."""
        return {row[0]: Mandate(*row) for row in self._read[0]}

    @cached_property
    def agencies(self) -> dict[int, str]:
        """Enterprise id → role, without the agencies that have expired."""
        return {pk: mandate.role for pk, mandate in self.mandates.items()}

    def shape(self) -> Hashable:
        """All that a scope may depend on but the numbers themselves (`portal.composed`)."""
        mandates = [(m.role, m.read_only, tuple(m.kinds)) for m in self.mandates.values()]
        seats = {seat.team_id: (seat.role, seat.kind) for seat in self.seats}
        return tuple(mandates), self._acts_for, tuple(seats.values()), self.duties

    @property
    def _acts_for(self) -> int | None:
        """Which of the enterprises is the one acted for."""
        return list(self.mandates).index(self.enterprise_id) if self.enterprise_id is not None else None

    def numbers(self) -> list[int]:
        """The person, the enterprises, the teams."""
        return [self.user.pk, *self.mandates, *self.memberships]

    def stand_in(self, numbers: Sequence[int]) -> Actor:
        """Somebody else with the same roles in other enterprises and teams."""
        user, *places = numbers
        enterprises, teams = places[: len(self.mandates)], places[len(self.mandates) :]
        chosen = enterprises[self._acts_for] if self._acts_for is not None else None
        made = Actor(self.user.__class__(pk=user), enterprise_id=chosen)
        mandates = [(m.role, m.read_only, m.kinds) for m in self.mandates.values()]
        seats = {seat.team_id: (seat.role, seat.kind, "", "", seat.team_code) for seat in self.seats}
        made._read = (
            [(pk, *mandate) for pk, mandate in zip(enterprises, mandates, strict=True)],
            [(pk, *seat) for pk, seat in zip(teams, seats.values(), strict=True)],
            list(self.duties),
        )
        return made

    def may_see_of(self, enterprise_id: int | None, kind: str | None = None) -> bool:
        """Whether the person's agency reaches cases of this kind of the enterprise."""
        mandate = self.mandates.get(enterprise_id or 0)
        return mandate is not None and mandate.covers(kind)

    def may_act_for(self, enterprise_id: int | None, kind: str | None = None) -> bool:
        """Whether the person may also act there: file, answer, rate, upload."""
        return self.may_see_of(enterprise_id, kind) and not self.mandates[enterprise_id or 0].read_only

    def owns(self, enterprise_id: int | None) -> bool:
        return self.agencies.get(enterprise_id or 0) == Agency.Role.OWNER

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
