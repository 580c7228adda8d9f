"""Who held what when: one lane per permit over the days of the project. Lengths in pixels.

Bars are drawn by the moment; rest days are shaded; a stop of the clock lies hatched over the lane in the
colour of whom the park waits for. The table says the same in working days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.utils.translation import gettext as _

from approvals.presenting.project import promised
from approvals.presenting.reading import Shown, Whole
from approvals.presenting.states import State, name_of
from portal.cases.models import Holder, Pause
from portal.cases.presenting.page import WAITS_FOR, Share, shares
from portal.worktime.clock import local

LANE, TOP, BAR = 36, 58, 16  # a lane; the head with months and milestones; a bar in the lane
WIDEST, NARROWEST, ROOM = 28, 2, 1400  # pixels of a day, at most and at least; of all days where they fit
AHEAD_DAYS = 14  # so much of the future is always shown
MONTH = 56  # room that the name of a month takes
MOST_AHEAD_DAYS = 120  # and no more, however far away a promised day lies


@dataclass(frozen=True)
class Bar:
    """Somebody held it from here to there; `y` from the top of the picture."""

    x: float
    y: int
    width: float
    height: int
    holder: str
    hatched: bool
    says: str
    after: bool = False  # the decision has fallen: the certificate is made


@dataclass(frozen=True)
class Lane:
    """A permit: its bars, and its row of the table."""

    title: str
    state: State
    y: int
    bars: Sequence[Bar]
    decided: float | None
    begun: str
    ended: str
    held: Sequence[Share]
    net_days: int | None
    promised_days: int | None
    elapsed_days: int
    calendar_days: int


@dataclass(frozen=True)
class Mark:
    """A day that stands out: a milestone, or the first of a month."""

    x: float
    says: str
    short: str = ""


@dataclass(frozen=True)
class Gantt:
    lanes: Sequence[Lane]
    rests: Sequence[tuple[float, float]]  # x, width
    months: Sequence[Mark]
    milestones: Sequence[Mark]
    later: Sequence[Mark]  # milestones beyond the picture, to be told in words
    today: float | None
    width: int
    height: int


class _Scale:
    """Where a moment lies between the first and the last day of the picture."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first, last
        self.days = (last - first).days + 1
        self.step = min(WIDEST, max(NARROWEST, ROOM / self.days))

    def day(self, on: date) -> float:
        return round((on - self.first).days * self.step, 1)

    def at(self, moment: datetime) -> float:
        here = local(moment)
        part = (here.hour * 60 + here.minute) / 1440
        return round(((here.date() - self.first).days + part) * self.step, 1)

    @property
    def width(self) -> int:
        return round(self.days * self.step)


def gantt(whole: Whole) -> Gantt | None:
    """The calendar of a project; None while it has no permit."""
    if not whole.permits:
        return None
    milestones = _milestones(whole)
    scale = _scale(whole, [on for on, _says in milestones])
    lanes = [_lane(one, whole, scale, TOP + n * LANE) for n, one in enumerate(whole.permits)]
    today = local(whole.now).date()
    shown = [
        Mark(scale.day(on) + scale.step / 2, says, f"{on:%m-%d}")
        for on, says in milestones
        if on <= scale.last
    ]
    return Gantt(
        lanes,
        _rests(whole, scale),
        _months(scale),
        shown,
        [Mark(0, says, f"{on:%Y-%m-%d}") for on, says in milestones if on > scale.last],
        scale.at(whole.now) if today <= scale.last else None,
        scale.width,
        TOP + len(lanes) * LANE,
    )


def _scale(whole: Whole, milestones: Sequence[date]) -> _Scale:
    """From when the first permit could be filed (or the contract was signed) to a little after today."""
    begun = [local(_begun(one)).date() for one in whole.permits]
    ended = [local(_ended(one, whole)).date() for one in whole.permits]
    first = min([*begun, *(on for on in milestones if on >= min(begun) - timedelta(days=60))])
    last = max(ended)
    if whole.case.is_open:
        last = max(last, local(whole.now).date())
        soon = last + timedelta(days=MOST_AHEAD_DAYS)
        due = [local(c.due_at).date() for one in whole.permits if (c := one.permit.case).is_open and c.due_at]
        near = [on for on in (*due, *milestones) if on <= soon]
        last = max([last + timedelta(days=AHEAD_DAYS), *near])
    return _Scale(first - timedelta(days=1), last + timedelta(days=1))


def _begun(one: Shown) -> datetime:
    accepted, opened = one.permit.accepted_at, one.permit.case.opened_at
    return min(accepted, opened) if accepted else opened


def _ended(one: Shown, whole: Whole) -> datetime:
    """When the decision fell; else when the case was closed; else now."""
    return one.permit.decided_at or one.permit.case.closed_at or whole.now


def _lane(one: Shown, whole: Whole, scale: _Scale, top: int) -> Lane:
    begun, ended = _begun(one), _ended(one, whole)
    days = whole.calendar
    elapsed = days.working_days_between(local(begun).date(), local(ended).date())
    closed = one.permit.decided_at is not None or not one.permit.case.is_open
    return Lane(
        name_of(one.permit),
        one.state,
        top,
        _bars(one, whole, scale, top + (LANE - BAR) // 2),
        scale.at(one.permit.decided_at) if one.permit.decided_at else None,
        f"{local(begun):%Y-%m-%d}",
        f"{local(ended):%Y-%m-%d}" if closed else "",
        shares(one.permit.case, list(one.stays), list(one.pauses), whole.now, days),
        one.net_days if one.clock else None,
        promised(one.permit),
        elapsed,
        days.elapsed_days(begun, ended),
    )


def _bars(one: Shown, whole: Whole, scale: _Scale, y: int) -> list[Bar]:
    """Each stay, then the stops of the clock over them."""
    decided = one.permit.decided_at
    found = [
        _bar(scale, y, stay.holder, stay.entered_at, stay.left_at or whole.now, "", decided)
        for stay in one.stays
        if stay.left_at or one.permit.case.is_open
    ]
    for pause in one.pauses:
        if pause.reason != Pause.Reason.TURN:
            holder = WAITS_FOR.get(pause.reason, Holder.THIRD_PARTY).value
            until = pause.to_at or whole.now
            found.append(_bar(scale, y, holder, pause.from_at, until, str(pause.get_reason_display())))
    return found


def _bar(
    scale: _Scale,
    y: int,
    holder: str,
    since: datetime,
    until: datetime,
    stopped: str,
    decided: datetime | None = None,
) -> Bar:
    x = scale.at(since)
    says = _("%(who)s, %(since)s to %(until)s") % {
        "who": Holder(holder).label,
        "since": f"{local(since):%m-%d}",
        "until": f"{local(until):%m-%d}",
    }
    after = decided is not None and since >= decided
    low = (holder == Holder.ENTERPRISE or after) and not stopped
    return Bar(
        x,
        y + (4 if low else 0),
        max(round(scale.at(until) - x, 1), 2.0),
        BAR - 8 if low else BAR,
        holder,
        bool(stopped),
        f"{says} · {stopped}" if stopped else says,
        after,
    )


def _rests(whole: Whole, scale: _Scale) -> list[tuple[float, float]]:
    """Weekends and holidays, those side by side as one."""
    found: list[tuple[float, float]] = []
    for n in range(scale.days):
        on = scale.first + timedelta(days=n)
        if whole.calendar.is_working(on):
            continue
        x = scale.day(on)
        if found and abs(found[-1][0] + found[-1][1] - x) < 0.2:
            found[-1] = (found[-1][0], round(x + scale.step - found[-1][0], 1))
        else:
            found.append((x, round(scale.step, 1)))
    return found


def _months(scale: _Scale) -> list[Mark]:
    """The first day, and the first of each month, where there is room for the words."""
    days = [scale.first] + [
        on for n in range(1, scale.days) if (on := scale.first + timedelta(days=n)).day == 1
    ]
    marks = [Mark(scale.day(on), f"{on:%Y-%m}") for on in days]
    ends = Mark(float(scale.width), "")
    cramped = {a.says for a, b in pairwise([*marks, ends]) if b.x - a.x < MONTH}
    return [mark for mark in marks if mark.says not in cramped]


def _milestones(whole: Whole) -> list[tuple[date, str]]:
    """What the contract names, and when the stages were reached; in the order of the days."""
    project = whole.project
    found = [
        (project.signed_on, _("contract signed")),
        (project.committed_start_on, _("promised start of work")),
        (project.committed_completion_on, _("promised completion")),
        (project.committed_capacity_on, _("promised full production")),
    ]
    return sorted((on, says) for on, says in found if on is not None)
