"""Whose turn it is, and what is asked: the first sentence of the page of a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.cases.models import Case, Holder, MissingItem, Pause
from portal.cases.presenting.words import time_left
from portal.worktime.clock import Calendar, local
from portal.worktime.explain import moment_text
from portal.worktime.now import now as present


@dataclass(frozen=True)
class Turn:
    """`mine`: the reader is the enterprise and has to act. `says`: what then, and until when."""

    title: str
    says: str = ""
    mine: bool = False


def turn(
    case: Case,
    now: datetime,
    calendar: Calendar,
    *,
    pause: Pause | None,
    items: Sequence[MissingItem],
    inside: bool,
) -> Turn:
    """The clock in one line, and what stands still or is waited for."""
    if case.closed_at is not None:
        return Turn(_("Closed on %(time)s") % {"time": _moment(case.closed_at)})
    if pause is not None:
        return _stopped(pause, [item for item in items if item.supplied_at is None], inside=inside)
    if case.holder == Holder.ENTERPRISE and not inside:
        step = case.step_declared
        return Turn(_("It is your turn: %(step)s") % {"step": step.plain or step.label}, _until(case), True)
    left = time_left(case, now, calendar)
    if case.due_at is None:  # then what it waits for says more than that nothing is due
        step = case.step_declared
        return Turn(str((not inside and step.plain) or step.label), left)
    due = {"left": left, "due": _moment(case.due_at)}
    if case.due_at == case.promise_due_at:
        return Turn(_("%(left)s · by %(due)s") % due)
    of_step = _("%(left)s · this step by %(due)s") % due
    return Turn(of_step, _goes_on(case) if case.holder == Holder.ENTERPRISE else _whole(case))


def _whole(case: Case) -> str:
    """Where the present step is due before the whole: until when that is promised."""
    if case.promise_due_at is None:
        return ""
    return _("The whole case by %(due)s.") % {"due": _moment(case.promise_due_at)}


def _until(case: Case) -> str:
    if case.due_at is None:
        return ""
    due = _("Please answer by %(due)s; your time does not count as ours.") % {"due": _moment(case.due_at)}
    return f"{due} {_goes_on(case)}".strip()


def _goes_on(case: Case) -> str:
    """What happens when nobody answers."""
    lapse = case.step_declared.lapse
    if not lapse:
        return ""
    target = case.flow.step(case.flow.transition(lapse).target)
    return _("Without an answer by then it goes on: %(step)s.") % {"step": target.plain or target.label}


def _stopped(pause: Pause, missing: Sequence[MissingItem], *, inside: bool) -> Turn:
    planned = ""
    if pause.planned_until_at is not None:
        planned = _("Planned until %(time)s.") % {"time": _moment(pause.planned_until_at)}
    since = _("Clock stopped since %(time)s") % {"time": _moment(pause.from_at)}
    reason = f"{pause.get_reason_display()} · {pause.basis}" if pause.basis else pause.get_reason_display()
    if not missing:
        return Turn(since, f"{reason} · {planned}" if planned else reason)
    n = len(missing)
    if inside:
        waits = ngettext("%(n)s thing is still missing", "%(n)s things are still missing", n) % {"n": n}
        return Turn(f"{since} · {waits}", f"{reason} · {planned}" if planned else reason)
    title = ngettext(
        "It is your turn: please supply %(n)s thing",
        "It is your turn: please supply %(n)s things",
        n,
    ) % {"n": n}
    return Turn(title, _("The clock stands still until then; when all is here, it runs on by itself."), True)


def _moment(moment: datetime) -> str:
    """A moment with its year where that is another one: a review may be put right within a year."""
    said, year = moment_text(moment), local(moment).year
    return (
        said if year == local(present()).year else _("%(moment)s (%(year)s)") % {"moment": said, "year": year}
    )
