"""The clock of one case: from its facts (anchor, limits, pauses) to its moments.

Moments are always recomputed from the facts, never moved by a difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from portal.cases.models import Case, Holder, Pause, StepLog, Trigger
from portal.cases.standards import Standard
from portal.worktime.clock import Calendar, Limit, Span, Unit


def spans(pauses: Sequence[Pause]) -> list[Span]:
    return [Span(p.from_at, p.to_at) for p in pauses]


def step_spans(pauses: Sequence[Pause]) -> list[Span]:
    """The pauses that stop the clock of a step too: not the enterprise's own turn."""
    return [Span(p.from_at, p.to_at) for p in pauses if p.reason != Pause.Reason.TURN]


def stay_limit(stay: StepLog) -> Limit | None:
    return Limit(stay.limit_amount, Unit(stay.limit_unit)) if stay.limit_amount is not None else None


def promise_limit(case: Case) -> Limit | None:
    if case.promise_amount is None:
        return None
    return Limit(case.promise_amount, Unit(case.promise_unit))


def wind(
    case: Case, stay: StepLog, pauses: Sequence[Pause], *, calendar: Calendar, standard: Standard
) -> None:
    """Set every moment of an open case and of its open stay from the facts.

    The nearer of the step's own limit and the promise rules; while the case waits for somebody
    outside the park, or stays where the promise stands still, only the step's. A new deadline
    starts the ladder anew; an old one that still rules keeps the level it has reached.
    """
    before = case.due_at
    promise_due, promise_warn = _promise_moments(case, pauses, calendar)
    own = stay_limit(stay)
    stay.due_at = own_warn = None
    if own is not None:
        stay.due_at = calendar.due_at(stay.entered_at, own, step_spans(pauses))
        own_warn = calendar.warn_at(stay.entered_at, own, step_spans(pauses))
    case.promise_due_at = promise_due
    candidates = [(stay.due_at, own_warn)]
    declared = case.step_declared
    if case.holder == Holder.DEPARTMENT and declared.counts:
        candidates.append((promise_due, promise_warn))
    ruling = min(((due, warn) for due, warn in candidates if due is not None), default=(None, None))
    case.due_at, case.warn_at = ruling
    if case.due_at is None or (before is not None and case.due_at > before):
        case.alert_level = 0
    case.lapses_at = stay.due_at if declared.lapse and case.paused_at is None else None
    case.next_alert_at = next_alert_at(case, calendar=calendar, standard=standard)


def _promise_moments(
    case: Case, pauses: Sequence[Pause], calendar: Calendar
) -> tuple[datetime | None, datetime | None]:
    limit = promise_limit(case)
    if limit is None or case.clock_from_at is None:
        return None, None
    return (
        calendar.due_at(case.clock_from_at, limit, spans(pauses)),
        calendar.warn_at(case.clock_from_at, limit, spans(pauses)),
    )


def next_alert_at(case: Case, *, calendar: Calendar, standard: Standard) -> datetime | None:
    """When the ladder has its next rung; None when paused, closed, without deadline or at the top."""
    if case.closed_at is not None or case.paused_at is not None or case.due_at is None:
        return None
    rung = standard.next_rung(case.holder, case.alert_level)
    if rung is None:
        return None
    if rung.trigger == Trigger.WARN:
        moment = case.warn_at or case.due_at
    else:
        moment = calendar.rung_at(case.due_at, rung.offset_days)
    return moment if case.urgent else calendar.next_alert_moment(moment)


def net_days(case: Case, pauses: Sequence[Pause], until: datetime, calendar: Calendar) -> Decimal:
    """Working days on which the park's clock ran, from acceptance (or filing) until a moment."""
    anchor = case.clock_from_at or case.opened_at
    return calendar.used(anchor, until, Unit.WORKING_DAY, spans(pauses))


def close_stay(
    stay: StepLog,
    pauses: Sequence[Pause],
    *,
    at: datetime,
    via: str,
    by_id: int | None,
    calendar: Calendar,
) -> None:
    """End a stay: when, by what, by whom, how long it took net, and whether its limit was met."""
    stay.left_at = at
    stay.left_via = via
    stay.left_by_id = by_id
    stay.used_days = calendar.used(stay.entered_at, at, Unit.WORKING_DAY, step_spans(pauses))
    stay.met = None if stay.due_at is None else at <= stay.due_at
