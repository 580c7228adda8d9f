"""A year's State Council notice as a whole: reading its text, what it changes, entering it.

The text is the well-known one, a line to each holiday:
"国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。"
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from portal.worktime import calendar, redating
from portal.worktime.models import CalendarYear, DayOverride, WorkDay

if TYPE_CHECKING:
    from portal.accounts.models import User

DATE = re.compile(
    r"(?:(?P<year>\d{4})[年\-/.])?(?:(?P<month>\d{1,2})[月\-/.])?(?P<day>\d{1,2})(?:[日号]|(?=\s|[（(、,，至到~–—]|$))"
    r"\s*(?:[（(][^（）()]*?(?:周|星期)(?P<weekday>[一二三四五六日天])[^（）()]*[)）]|[（(][^（）()]*[)）])?"
)
RANGE = re.compile(r"^\s*(?:至|到|~|–|—|－|-)\s*$")
COUNT = re.compile(r"共\s*\d+\s*天|放假\s*\d+\s*天")
NUMBERING = re.compile(r"^\s*(?:[（(]?[一二三四五六七八九十]+[）)]?[、.．]|\d+[、.．])\s*")
WEEKDAYS = "一二三四五六日"


@dataclass
class Notice:
    """What a notice says: days off with the name of their holiday, make-up working days, doubts."""

    off: dict[date, str] = field(default_factory=dict)
    working: set[date] = field(default_factory=set)
    doubts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Change:
    """A day whose verdict the notice changes."""

    date: date
    is_working: bool


def by_weekday(day: date) -> bool:
    """The verdict without any notice."""
    return day.weekday() < 5


def read(text: str, year: int) -> Notice:
    """Read a pasted notice. What cannot be right is a doubt, in words; nothing is guessed."""
    found = Notice()
    for line in text.splitlines():
        line = NUMBERING.sub("", line.strip())
        name, colon, rest = line.partition("：")
        if not colon:
            name, rest = "", line
        for clause in re.split(r"[。；;]", rest):
            _clause(found, clause, name.strip()[:60], year)
    both = found.working & set(found.off)
    found.doubts += [
        _("%(day)s is named as a day off and as a working day.") % {"day": d} for d in sorted(both)
    ]
    return found


def _clause(found: Notice, clause: str, name: str, year: int) -> None:
    works, rests = "上班" in clause, "放假" in clause or "休息" in clause
    if works == rests:
        if works:
            found.doubts.append(_("This part says both off and working: %(text)s") % {"text": clause.strip()})
        return
    for day, weekday in _days(COUNT.sub("", clause), year, found):
        if weekday and WEEKDAYS.index("日" if weekday == "天" else weekday) != day.weekday():
            found.doubts.append(
                _("%(day)s is not the weekday that the text says (%(weekday)s).")
                % {"day": day, "weekday": f"周{weekday}"}
            )
        if works:
            found.working.add(day)
        else:
            found.off[day] = name


def _days(clause: str, year: int, found: Notice) -> Iterator[tuple[date, str]]:
    """The dates of a clause with the weekday that the text gives them; a range day by day."""
    before: date | None = None
    month, end = 0, 0
    for match in DATE.finditer(clause):
        month = int(match["month"] or month)
        try:
            day = date(int(match["year"] or (before.year if before else year)), month, int(match["day"]))
        except ValueError:
            found.doubts.append(_("This is not a date: %(text)s") % {"text": match[0].strip()})
            continue
        if before is not None and RANGE.match(clause[end : match.start()]):
            if not 0 < (day - before).days <= 31:
                found.doubts.append(_("The range ends before it begins: %(text)s") % {"text": clause.strip()})
                continue
            for n in range(1, (day - before).days):
                yield before + timedelta(days=n), ""
        yield day, match["weekday"] or ""
        before, end = day, match.end()


# What it changes -----------------------------------------------------------------------------------


def ticked(year: int) -> set[date]:
    """The days of a year that are not what their weekday says, the park's own decisions left out."""
    own = (WorkDay.Source.PARK, WorkDay.Source.OVERRIDE)
    days = WorkDay.objects.filter(date__year=year).exclude(source__in=own)
    return {day.date for day in days if day.is_working != by_weekday(day.date)}


def verdicts(year: int, flipped: Iterable[date]) -> dict[date, bool]:
    """Every day of the year, and days of its neighbours that are named, as the notice wants them."""
    wanted = set(flipped)
    day, out = date(year, 1, 1), {}
    while day.year == year:
        out[day] = by_weekday(day) != (day in wanted)
        day += timedelta(days=1)
    return {**out, **{other: not by_weekday(other) for other in wanted if other.year != year}}


def changes(year: int, flipped: Iterable[date]) -> list[Change]:
    """The days whose verdict would change. The park's own decisions stand."""
    wanted = verdicts(year, flipped)
    standing = _own_decisions(wanted)
    known = dict(WorkDay.objects.filter(date__in=list(wanted)).values_list("date", "is_working"))
    return [
        Change(day, works)
        for day, works in sorted(wanted.items())
        if day not in standing and known.get(day, by_weekday(day)) != works
    ]


def _own_decisions(days: Iterable[date]) -> set[date]:
    own = DayOverride.objects.filter(date__in=list(days)).exclude(kind=DayOverride.Kind.STATE_NOTICE)
    return set(own.values_list("date", flat=True))


def preview(year: int, flipped: Iterable[date]) -> int:
    """How many open clocks the notice would re-date at most."""
    moved = changes(year, flipped)
    return redating.preview(moved[0].date) if moved else 0


def enter(
    year: int, flipped: Iterable[date], *, source: str, names: Mapping[date, str], by: User | None
) -> int:
    """Enter a notice as a whole: its days are final, every open clock is re-dated; the number moved."""
    wanted = verdicts(year, flipped)
    with transaction.atomic():
        calendar.hold_changes()
        moved = changes(year, flipped)
        CalendarYear.objects.update_or_create(year=year, defaults={"announced": True, "source": source})
        standing = _own_decisions(wanted)
        years = sorted({day.year for day in wanted})
        by_rule = {day.date: day.is_working for y in years for day in calendar.days_of(y, announced=True)}
        differing = {day for day, works in wanted.items() if by_rule[day] != works and day not in standing}
        former = DayOverride.objects.filter(kind=DayOverride.Kind.STATE_NOTICE, date__in=list(wanted))
        former.exclude(date__in=differing).delete()
        for day in sorted(differing):
            values = {
                "is_working": wanted[day],
                "reason": names.get(day) or source,
                "kind": DayOverride.Kind.STATE_NOTICE,
                "created_by": by,
            }
            DayOverride.objects.update_or_create(date=day, defaults=values)
        calendar.fill(years)
        return redating.apply(moved[0].date if moved else date(year, 1, 1))
