"""Which team is the office that a rule speaks of ("the land office"): data, edited by administrators.

A domain declares the offices that its rules know, each with the code of the team that it is where nobody has
said another one.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from portal.keeping import Kept
from portal.park.acting import Actor
from portal.park.models import Office, Team


@dataclass(frozen=True)
class Role:
    """An office that rules speak of. `code`: of the team that it is by default."""

    name: str
    label: str | Promise
    code: str


ROLES: dict[str, Role] = {}


def register(role: Role) -> Role:
    """Make an office known. Called in a domain's `access.py`."""
    ROLES[role.name] = role
    return role


class _Offices(Kept[dict[str, str]]):
    """The codes of the teams."""

    def read(self) -> dict[str, str]:
        return dict(Office.objects.values_list("role", "team__code"))


OFFICES = _Offices()


def code_of(role: Role) -> str:
    """The code of the team that is the office."""
    return OFFICES.now().get(role.name, role.code)


def team_of(role: Role) -> Team | None:
    """The team that is the office; None when there is none, or none that works."""
    return Team.objects.filter(code=code_of(role), active=True).first()


def sits_in(actor: Actor, role: Role) -> bool:
    """Whether the person works in the office."""
    code = code_of(role)
    return any(seat.team_code == code for seat in actor.seats)
