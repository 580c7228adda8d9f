"""The circle of a confidential case: the people who may know of it, named one by one.

Outside of its circle such a case does not exist: not for the team that holds it, nor for those who oversee
the park. Figures count it; its row shows nothing. Alerts reach the circle only, and no supervision order is
issued.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Min
from django.utils.translation import gettext as _

from portal.cases.errors import Refused
from portal.cases.models import Case, CircleMember, Participant
from portal.park.models import Membership, Team


def heads(team: Team) -> list[int]:
    """Who leads a team: they have to know what lies with it."""
    led = Membership.objects.filter(team=team, role=Membership.Role.HEAD)
    return list(led.values_list("user_id", flat=True))


def close(case: Case, user_ids: Iterable[int], now: datetime) -> None:
    """Make a case confidential: known to these people, its handler and who filed it, and to nobody else.

    The caller saves the case.
    """
    case.confidential = True
    known = (*user_ids, case.assignee_id, case.opened_by_id)
    let_in(case, [user_id for user_id in known if user_id is not None], now)


def let_in(case: Case, user_ids: Iterable[int], now: datetime) -> None:
    """Add people to the circle; nothing where the case is not confidential.

    A team of theirs takes part in it: its other people see nothing of that as long as the circle is closed.
    """
    if not case.confidential:
        return
    added = [CircleMember(case=case, user_id=user_id, added_at=now) for user_id in user_ids]
    CircleMember.objects.bulk_create(added, ignore_conflicts=True)
    taking_part = Participant.objects.filter(case=case).values("team")
    with_sight = Membership.objects.filter(team__in=taking_part).values("user")
    without = Membership.objects.filter(user__circles__case=case, team__active=True)
    teams = without.exclude(user__in=with_sight).values("user").annotate(first=Min("team"))
    rows = [Participant(case=case, team_id=row["first"]) for row in teams]
    Participant.objects.bulk_create(rows, ignore_conflicts=True)


def take_out(case: Case, user_id: int) -> None:
    """Take somebody out of the circle. Raises Refused for whoever handles the case, and for the last one."""
    if user_id == case.assignee_id:
        raise Refused(_("Who handles the case has to know of it: give it to somebody else first."))
    if not case.circle.exclude(user=user_id).exists():
        raise Refused(_("Somebody has to know of the case."))
    case.circle.filter(user=user_id).delete()


def disclose(case: Case) -> None:
    """Confidential no more. The caller saves the case."""
    case.confidential = False
    case.circle.all().delete()


def inherit(case: Case, now: datetime) -> None:
    """A part of a confidential case is confidential too: for the same people, and who leads its team."""
    if case.parent is not None and case.parent.confidential:
        above = case.parent.circle.values_list("user_id", flat=True)
        close(case, [*above, *heads(case.team)], now)
