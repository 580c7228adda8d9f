"""Who was told of a case, by which way, and whether it arrived; and which alerts the sweep raised.

For staff only. A colleague is named; who acts for the enterprise is named to the team that has the
case, and is "agent of the enterprise" to everybody else. Addresses are never shown.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.models import Duty, DutyGrant, User
from portal.cases.access import RULES
from portal.cases.models import Case
from portal.cases.presenting.words import short_moment
from portal.cases.standards import standard
from portal.notices.models import Delivery, Endpoint, Notice
from portal.notices.texts import MATTERS, render
from portal.park.acting import Actor
from portal.park.models import Agency, Membership

SHOWN = 300
LIGHTS = {
    Delivery.State.SENT: "ok",
    Delivery.State.DEAD: "late",
    Delivery.State.GIVEN_UP: "late",
}


@dataclass(frozen=True)
class Way:
    """One channel of one notice to one addressee."""

    channel: str
    light: str
    state: str
    detail: str = ""


@dataclass(frozen=True)
class Told:
    """One addressee of one matter."""

    who: str
    role: str
    ways: list[Way]


@dataclass
class Matter:
    """One thing that was told, with everybody it was told to."""

    what: str
    line: str
    when: str
    urgent: bool
    told: list[Told] = field(default_factory=list)

    @property
    def lost(self) -> int:
        return sum(way.light == "late" for told in self.told for way in told.ways)


@dataclass(frozen=True)
class Raised:
    """One alert of the sweep."""

    level: int
    when: str
    due: str
    meant: str
    told: int


def context(case: Case, actor: Actor) -> dict[str, Any]:
    """Everything that the fragment shows. At most eight statements, whatever there is to show."""
    found = Notice.objects.filter(case_id=case.pk).select_related("recipient", "endpoint")
    notices = list(found.prefetch_related("deliveries").order_by("-created_at", "-pk")[:SHOWN])
    roles = _Roles(case, actor, {n.recipient_id for n in notices if n.recipient_id is not None})
    matters = _matters(notices, roles)
    return {
        "case": case,
        "matters": matters,
        "raised": _raised(case, notices),
        "lost": sum(matter.lost for matter in matters),
        "more": len(notices) == SHOWN,
    }


def _matters(notices: list[Notice], roles: _Roles) -> list[Matter]:
    """What was told at one moment in the same words is one matter, whoever heard of it."""
    out: dict[tuple[datetime, str, str], Matter] = {}
    for notice in notices:
        line = render(notice.key, notice.params, notice.case_id).body
        at = (notice.created_at, notice.key, str(notice.params.get("transition", "")))
        if at not in out:
            out[at] = Matter(_what(notice), line, short_moment(notice.created_at), notice.urgent)
        who, role = roles.of(notice)
        out[at].told.append(Told(who, role, _ways(notice)))
    for matter in out.values():
        matter.told.sort(key=lambda told: (told.role, told.who))
    return list(out.values())


def _what(notice: Notice) -> str:
    matter = MATTERS.get(notice.key)
    return str(matter.template(notice.params).label) if matter else _("Notice")


def _ways(notice: Notice) -> list[Way]:
    ways = [] if notice.endpoint_id else [_in_portal(notice)]
    return ways + [_way(row) for row in notice.deliveries.all()]


def _in_portal(notice: Notice) -> Way:
    channel = _("in the portal")
    if not notice.in_app:
        return Way(channel, "hold", _("not wanted"))
    if notice.read_at is None:
        return Way(channel, "warn", _("unread"))
    return Way(channel, "ok", _("read"), short_moment(notice.read_at))


def _way(row: Delivery) -> Way:
    state = Delivery.State(row.state)
    retried = state == Delivery.State.PENDING and row.tries > 0
    light = "warn" if retried else LIGHTS.get(state, "hold")
    return Way(str(row.get_channel_display()), light, str(state.label), _detail(row))


def _detail(row: Delivery) -> str:
    """Moment, tries and the last error in words; what the server said is for administrators."""
    parts = []
    if row.state == Delivery.State.SENT:
        parts.append(short_moment(row.sent_at))
    if row.tries > 1 or (row.tries and row.problem):
        parts.append(ngettext("%(n)s try", "%(n)s tries", row.tries) % {"n": row.tries})
    if row.problem:
        parts.append(str(row.get_problem_display()))
    if row.next_try_at is not None:
        parts.append(_("next: %(time)s") % {"time": short_moment(row.next_try_at)})
    return " · ".join(parts)


def _raised(case: Case, notices: list[Notice]) -> list[Raised]:
    told: dict[datetime, int] = defaultdict(int)
    for notice in notices:
        # A case that stands on a rung from the start tells of it by its opening.
        if notice.key in ("case.alerted", "case.opened") and notice.recipient_id is not None:
            told[notice.created_at] += 1
    meant = {
        rung.level: " · ".join(str(RULES[word].label) for word in rung.tells if word in RULES)
        for rungs in standard(case.standard_id).rungs.values()
        for rung in rungs
    }
    return [
        Raised(
            alert.level,
            short_moment(alert.at),
            short_moment(alert.due_at),
            meant.get(alert.level, ""),
            told[alert.at],
        )
        for alert in case.alerts.order_by("-at", "-level")
    ]


class _Roles:
    """What people are to this case: three statements for all of them."""

    def __init__(self, case: Case, actor: Actor, ids: set[int]) -> None:
        self._case = case
        self._handling = case.team_id in actor.team_ids
        seats = Membership.objects.filter(user__in=ids).select_related("team").order_by("id")
        self._seats: dict[int, list[Membership]] = defaultdict(list)
        for seat in seats:
            self._seats[seat.user_id].append(seat)
        agencies = Agency.objects.filter(user__in=ids, enterprise=case.enterprise_id)
        self._agents = {agency.user_id: agency for agency in agencies}
        self._duties = dict(DutyGrant.objects.filter(user__in=ids).values_list("user_id", "duty"))

    def of(self, notice: Notice) -> tuple[str, str]:
        """Name (or what stands for it) and role."""
        if notice.endpoint is not None:
            return notice.endpoint.name, self._of_endpoint(notice.endpoint)
        user = notice.recipient
        if user is None:
            return "—", ""
        agency = self._agents.get(user.pk)
        if agency is not None:
            role = _("enterprise: %(role)s") % {"role": agency.get_role_display()}
            return (user.label if self._handling else _("not shown to other teams")), role
        return user.label, self._of_staff(user)

    def _of_staff(self, user: User) -> str:
        seats = self._seats.get(user.pk, [])
        own = [seat for seat in seats if seat.team_id == self._case.team_id]
        if own or seats:
            seat = (own or seats)[0]
            return f"{seat.team.label} · {seat.get_role_display()}"
        duty = self._duties.get(user.pk)
        return str(Duty(duty).label) if duty else ""

    @staticmethod
    def _of_endpoint(endpoint: Endpoint) -> str:
        return str(endpoint.get_channel_display())
