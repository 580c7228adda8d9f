"""Why this date: every deadline in one sentence and one row of days, for staff and enterprise alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from portal.worktime.clock import Calendar, Limit, Span, Unit, at, local

LONGEST_STRIP = 45
SHORT_DAYS = (
    gettext_lazy("Mo"),
    gettext_lazy("Tu"),
    gettext_lazy("We"),
    gettext_lazy("Th"),
    gettext_lazy("Fr"),
    gettext_lazy("Sa"),
    gettext_lazy("Su"),
)


@dataclass(frozen=True)
class DayMark:
    """One day in the strip. `kind` is receipt, count, makeup, rest, pause or due."""

    date: date
    kind: str
    label: str
    weekday: str | Promise


@dataclass(frozen=True)
class Explanation:
    """A deadline explained. `provisional`: the calendar of that year is not announced yet."""

    sentence: str
    days: list[DayMark]
    provisional: bool


def _in_english() -> bool:
    return (get_language() or "").startswith("en")


def day_text(day: date) -> str:
    """A day without its year. Django's Chinese format would write 09月26日."""
    return date_format(day, "MONTH_DAY_FORMAT") if _in_english() else f"{day.month}月{day.day}日"


def days_text(first: date, last: date) -> str:
    """A run of days, the month told once: 10月1–8日, October 1–8."""
    if first == last:
        return day_text(first)
    if first.month != last.month:
        return f"{day_text(first)}–{day_text(last)}"
    return f"{day_text(first)}–{last.day}" if _in_english() else f"{first.month}月{first.day}–{last.day}日"


def moment_text(moment: datetime) -> str:
    here = local(moment)
    return f"{day_text(here.date())} {here:%H:%M}"


def amount_text(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def limit_text(limit: Limit) -> str:
    """A limit in words: "5 working days"."""
    number = amount_text(limit.amount)
    many = 1 if limit.amount == 1 else 2
    if limit.unit == Unit.WORKING_DAY:
        text = ngettext("%(n)s working day", "%(n)s working days", many)
    elif limit.unit == Unit.CALENDAR_DAY:
        text = ngettext("%(n)s calendar day", "%(n)s calendar days", many)
    elif limit.unit == Unit.SERVICE_HOUR and limit.amount < 1:
        number = amount_text(limit.amount * 60)
        text = ngettext("%(n)s minute of service hours", "%(n)s minutes of service hours", 2)
    elif limit.unit == Unit.SERVICE_HOUR:
        text = ngettext("%(n)s service hour", "%(n)s service hours", many)
    elif limit.amount < 1:
        number = amount_text(limit.amount * 60)
        text = ngettext("%(n)s minute", "%(n)s minutes", 2)
    else:
        text = ngettext("%(n)s hour", "%(n)s hours", many)
    return text % {"n": number}


def explain(calendar: Calendar, anchor: datetime, limit: Limit, spans: Sequence[Span] = ()) -> Explanation:
    """Explain the deadline that `Calendar.due_at` gives for the same facts."""
    due = calendar.due_at(anchor, limit, spans)
    in_days = limit.unit in (Unit.WORKING_DAY, Unit.CALENDAR_DAY)
    first = calendar.receipt_day(anchor) if in_days else local(anchor).date()
    last = local(due).date()
    marks = [_mark(calendar, day, first, last, limit, spans) for day in _dates(first, last)]
    parts = [
        _("Counts from %(from)s + %(limit)s")
        % {"from": day_text(first) if in_days else moment_text(anchor), "limit": limit_text(limit)}
    ]
    if in_days and first != local(anchor).date():
        came = _("Came in on %(day)s after the intake hour or on a rest day") % {"day": moment_text(anchor)}
        parts = [came, parts[0][:1].lower() + parts[0][1:]]  # no longer the start of the sentence
    parts += _holidays(calendar, first, last)
    parts += _makeup_days(calendar, first, last)
    paused = sum(1 for mark in marks if mark.kind == "pause")
    if paused:
        parts.append(
            ngettext("clock stopped for %(n)s day", "clock stopped for %(n)s days", paused) % {"n": paused}
        )
    parts.append(_("to be done by %(due)s") % {"due": moment_text(due)})
    provisional = any(calendar.day(day).provisional for day in _dates(first, last))
    sentence = _("; ").join(parts) + _(".")
    if provisional:
        sentence += _(" Provisional: the holidays of that year are not announced yet.")
    return Explanation(sentence, marks[:LONGEST_STRIP], provisional)


def _dates(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _mark(
    calendar: Calendar, day: date, first: date, last: date, limit: Limit, spans: Sequence[Span]
) -> DayMark:
    close = at(day, calendar.hours.closes_at)
    paused = any(s.from_at <= close and (s.to_at is None or close < s.to_at) for s in spans)
    if day == last:
        kind, label = "due", _("due")
    elif day == first:
        kind, label = "receipt", _("received")
    elif limit.unit != Unit.CALENDAR_DAY and not calendar.is_working(day):
        kind, label = "rest", calendar_name(calendar, day) or _("rest day")
    elif paused:
        kind, label = "pause", _("clock stopped")
    elif is_makeup(calendar, day):
        kind, label = "makeup", _("make-up working day")
    else:
        kind, label = "count", _("counts")
    return DayMark(day, kind, label, SHORT_DAYS[day.weekday()])


def calendar_name(calendar: Calendar, day: date) -> str:
    """The name of a holiday in the active language; empty for ordinary days."""
    found = calendar.day(day)
    return found.name_en if _in_english() else found.name


def is_makeup(calendar: Calendar, day: date) -> bool:
    """Whether a Saturday or Sunday is a working day (调休上班)."""
    return day.weekday() > 4 and calendar.is_working(day)


def _makeup_days(calendar: Calendar, first: date, last: date) -> list[str]:
    """The weekend days on which the park works: they surprise people as much as holidays do."""
    found = [day for day in _dates(first, last) if is_makeup(calendar, day)]
    if not found:
        return []
    days = _(", ").join(day_text(day) for day in found)
    text = ngettext("%(days)s is a make-up working day", "%(days)s are make-up working days", len(found))
    return [text % {"days": days}]


def _holidays(calendar: Calendar, first: date, last: date) -> list[str]:
    """Runs of days off that contain a weekday: the ones that surprise people."""
    out: list[str] = []
    run: list[date] = []
    for day in [*_dates(first, last), last + timedelta(days=1)]:
        if day <= last and not calendar.is_working(day):
            run.append(day)
            continue
        if any(d.weekday() < 5 for d in run):
            out.append(_("%(days)s off") % {"days": days_text(run[0], run[-1])})
        run = []
    return out
