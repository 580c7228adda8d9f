"""Who is acting: one person with all memberships, agencies and duties, read once per request."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from portal.accounts.models import Duty
from portal.park.models import Membership

if TYPE_CHECKING:
    from portal.accounts.models import User


class Actor:
    """A signed-in person as the access rules see them. Costs three queries, when first asked."""

    def __init__(self, user: User, *, enterprise_id: int | None = None) -> None:
        self.user = user
        self._chosen_enterprise_id = enterprise_id

    @cached_property
    def agencies(self) -> dict[int, str]:
        """Enterprise id → role, without the agencies that have expired."""
        today = timezone.localdate()
        rows = self.user.agencies.filter(Q(expires_on=None) | Q(expires_on__gte=today))
        return dict(rows.order_by("id").values_list("enterprise_id", "role"))

    @cached_property
    def memberships(self) -> dict[int, str]:
        """Team id → role, of active teams."""
        rows = self.user.memberships.filter(team__active=True)
        return dict(rows.order_by("id").values_list("team_id", "role"))

    @cached_property
    def duties(self) -> frozenset[str]:
        return frozenset(self.user.duty_grants.values_list("duty", flat=True))

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
