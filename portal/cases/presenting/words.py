"""Moments and clocks in words."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from portal.cases.models import Case, Holder, Light
from portal.worktime.clock import Calendar, local
from portal.worktime.now import now

WEEKDAYS = (
    gettext_lazy("Mon"),
    gettext_lazy("Tue"),
    gettext_lazy("Wed"),
    gettext_lazy("Thu"),
    gettext_lazy("Fri"),
    gettext_lazy("Sat"),
    gettext_lazy("Sun"),
)


def short_moment(moment: datetime | None) -> str:
    """ "11-26 Thu 17:30": for tables. The year is named when it is another one."""
    if moment is None:
        return "—"
    here = local(moment)
    same_year = here.year == local(now()).year
    day = here.strftime("%m-%d" if same_year else "%Y-%m-%d")
    return f"{day} {_weekdays(get_language())[here.weekday()]} {here:%H:%M}"


@cache
def _weekdays(_language: str | None) -> tuple[str, ...]:
    """The short names in this language: a list names a hundred of them."""
    return tuple(map(str, WEEKDAYS))


def time_left(case: Case, moment: datetime, calendar: Calendar, *, inside: bool = True) -> str:
    """What the light says beside its shape, to staff or (not `inside`) to the enterprise."""
    if case.closed_at is not None:
        return outcome_label(case)
    if getattr(case, "is_asked", False):
        return _("Waiting for supplements") if inside else _("Your turn")
    if case.paused_at is not None:
        return _("Clock stopped")
    if case.holder == Holder.ENTERPRISE:
        return _("Waiting for the enterprise") if inside else _("Your turn")
    if case.holder == Holder.THIRD_PARTY:
        return _("Waiting for a third party")
    if case.due_at is None:
        return _("No deadline")
    left = calendar.days_left(case.due_at, moment)
    if case.due_at < moment:
        late = calendar.working_days_between(local(case.due_at).date(), local(moment).date())
        if late < 1:
            return _("Overdue since %(time)s") % {"time": local(case.due_at).strftime("%H:%M")}
        return ngettext("Overdue by %(n)s working day", "Overdue by %(n)s working days", late) % {"n": late}
    if left == 0:
        return _("Today by %(time)s") % {"time": local(case.due_at).strftime("%H:%M")}
    return ngettext("%(n)s working day left", "%(n)s working days left", left) % {"n": left}


def outcome_label(case: Case) -> str:
    return str(case.flow.outcomes.get(case.outcome, case.outcome)) or _("Done")


def light_label(light: Light) -> str:
    return str(light.label)
