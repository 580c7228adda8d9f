"""How a permit stands, at a glance: a light with its shape, its words, and whose turn it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from approvals.models import Permit, ProcedureItem
from portal.cases.models import Holder, Light, Pause
from portal.cases.presenting.page import WAITS_FOR
from portal.cases.presenting.words import outcome_label, short_moment, time_left
from portal.worktime.clock import Calendar, local

# The light's shape where there is only text (in drawings); never the colour alone.
MARKS = {
    "ahead": "○",
    "turn": "▷",
    "ok": "●",
    "warn": "▲",
    "late": "◆",
    "hold": "‖",
    "done": "✓",
    "ended": "✕",
}


@dataclass(frozen=True)
class State:
    """`light` is one of MARKS. `holder` is whose turn it is, empty when nobody's."""

    light: str
    says: str
    holder: str = ""
    by: str = ""  # until when

    @property
    def mark(self) -> str:
        return MARKS[self.light]


def ahead() -> State:
    return State("ahead", _("Not its turn yet"))


def state_of(
    permit: Permit, pause: Pause | None, now: datetime, calendar: Calendar, *, inside: bool
) -> State:
    """How the permit stands now; `pause` is the one that runs."""
    case = permit.case
    if permit.revoked_at is not None:
        return State("ended", _("Revoked"))
    if permit.decision == Permit.Decision.GRANTED and permit.decided_at is not None:
        says = _("Granted %(day)s") % {"day": f"{local(permit.decided_at):%m-%d}"}
        return State("done", says, Holder.DEPARTMENT.value if case.is_open else "")
    if not case.is_open:
        return State("ended", outcome_label(case))
    if pause is not None:
        waits = WAITS_FOR.get(pause.reason, Holder.THIRD_PARTY).value
        if waits == Holder.ENTERPRISE and not inside:
            return State("turn", _("Something is missing: please supply it"), waits)
        return State("hold", str(pause.get_reason_display()), waits, _planned(pause))
    if case.holder == Holder.ENTERPRISE:
        return State("turn", _("To be filed") if inside else _("You can file it now"), case.holder)
    light = case.light(now)
    if light == Light.HOLD:
        return State("hold", time_left(case, now, calendar, inside=inside), case.holder)
    return State(light.value, time_left(case, now, calendar, inside=inside), case.holder, _by(permit))


def _by(permit: Permit) -> str:
    case = permit.case
    return short_moment(case.due_at) if case.is_open and case.due_at is not None else ""


def _planned(pause: Pause) -> str:
    return short_moment(pause.planned_until_at) if pause.planned_until_at is not None else ""


def running(pauses: list[Pause]) -> Pause | None:
    """The pause that stands the clock still now; not the enterprise's own turn."""
    return next((p for p in pauses if p.to_at is None and p.reason != Pause.Reason.TURN), None)


def name_of(item: ProcedureItem | Permit) -> str:
    """An item of a procedure, or a permit, in the reader's language, with its phase or building."""
    if isinstance(item, Permit):
        label = item.phase_label
    else:
        label = _("phase %(n)s") % {"n": item.phase} if item.phase else ""
    if not label:
        return item.item.label
    return _("%(item)s (%(part)s)") % {"item": item.item.label, "part": label}
