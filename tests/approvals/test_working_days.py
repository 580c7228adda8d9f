"""Net working days: what the database counts is what a child would count on the calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.models import Permit, Project, ServiceItem
from approvals.reports.days import PermitDays, ProjectDays
from portal.cases.models import Case, Pause
from portal.ledgers.importing import import_path
from portal.worktime import calendar as changes
from portal.worktime.clock import Calendar, at
from portal.worktime.models import DayOverride
from tests.approvals.test_project_ledgers import put

pytestmark = pytest.mark.django_db
BEGIN, OPENS, CLOSES = date(2024, 9, 9), time(8, 30), time(17, 30)
PRESENT = datetime(2024, 11, 20, 12, 0).astimezone()
CALENDARS = {
    "of the state": {},
    "with closing days": {BEGIN + timedelta(days=n): False for n in (1, 2, 9, 17, 31)},
    "with days worked in": {BEGIN + timedelta(days=n): True for n in (5, 6, 12, 22, 24, 40)},
}
days = st.integers(0, 60)


@dataclass(frozen=True)
class Clock:
    """One permit: the days of its acceptance and its decision, and its pauses, as days from `BEGIN` on."""

    accepted: int
    decided: int | None
    pauses: tuple[tuple[int, int], ...]
    counts: bool

    def runs_on(self, number: int, last: int, calendar: Calendar) -> bool:
        """Whether it runs on a day: after acceptance (what is accepted on a day of rest counts as accepted on
        the next working day), until it was decided, and not paused."""
        received = self.accepted
        while not calendar.is_working(day(received)):
            received += 1
        until = last if self.decided is None else self.decided
        return received < number <= until and not any(a <= number <= b for a, b in self.pauses)


@st.composite
def clocks(draw: st.DrawFn) -> Clock:
    accepted = draw(days)
    decided = draw(st.none() | st.integers(accepted, 65))
    marks = sorted(draw(st.sets(days, max_size=6)))
    pairs = tuple(zip(marks[::2], marks[1::2], strict=False))
    return Clock(accepted, decided, pairs, draw(st.booleans() | st.just(value=True)))


def day(n: int) -> date:
    return BEGIN + timedelta(days=n)


def keep(permit: Permit, clock: Clock) -> None:
    """Make a permit that of the clock; the moments within a day do not matter."""
    Pause.objects.filter(case=permit.case_id).delete()
    Pause.objects.bulk_create(
        Pause(
            case_id=permit.case_id,
            reason="supplement",
            from_at=at(day(a), time.min),
            to_at=at(day(b + 1), time.min),
        )
        for a, b in clock.pauses
    )
    Case.objects.filter(pk=permit.case_id).update(pause_count=len(clock.pauses))
    decided = at(day(clock.decided), CLOSES) if clock.decided is not None else None
    Permit.objects.filter(pk=permit.pk).update(
        item=ServiceItem.objects.get(code="GD-008" if clock.counts else "QT-1"),
        accepted_at=at(day(clock.accepted), OPENS),
        decided_at=decided,
        decision="granted" if decided else "",
    )


@pytest.fixture
def permits(park: SimpleNamespace, tmp_path: Path) -> list[Permit]:
    """Four permits of one project, all of them open."""
    lines = tuple(f"X1,GD-008,{n},2024-09-20,,," for n in range(1, 5))
    import_path(put(tmp_path, park, permits=lines, pauses=()))
    bare = "code,name,stage,team_code,is_delegated,counts_in_total\nQT-1,不计入总用时,other,development,0,0\n"
    (tmp_path / "service_items.csv").write_text(bare, encoding="utf-8")
    assert import_path(tmp_path / "service_items.csv").written
    found = list(Permit.objects.order_by("sequence"))
    for number, permit in enumerate(found, start=100):  # an item may change without a number being taken
        Permit.objects.filter(pk=permit.pk).update(sequence=number)
    return found


@pytest.mark.parametrize("overrides", CALENDARS.values(), ids=CALENDARS)
def test_the_database_counts_as_python_does_and_as_one_counts_day_by_day(
    permits: list[Permit], overrides: dict[date, bool]
) -> None:
    for on, works in overrides.items():
        kind = DayOverride.Kind.CORRECTION
        changes.set_override(on, is_working=works, reason="校正", kind=kind, by=None)
    calendar = Calendar.current()
    last = (PRESENT.date() - BEGIN).days - 1  # today has not closed yet

    @settings(max_examples=60, deadline=None)
    @given(st.lists(clocks(), min_size=4, max_size=4), st.none() | st.tuples(days, days))
    def agree(told: list[Clock], above: tuple[int, int] | None) -> None:
        for permit, clock in zip(permits, told, strict=True):
            keep(permit, clock)
        project = Project.objects.get(case__number="X1")
        Pause.objects.filter(case=project.pk).delete()
        stopped = (min(above), max(above)) if above else (1, 0)
        if above:
            Pause.objects.create(
                case_id=project.pk,
                reason="force_majeure",
                from_at=at(day(stopped[0]), time.min),
                to_at=at(day(stopped[1] + 1), time.min),
            )
        Case.objects.filter(pk=project.pk).update(pause_count=1 if above else 0)
        counted = [clock for clock in told if clock.counts]
        by_day = [
            n
            for n in range(200)
            if calendar.is_working(day(n))
            and not stopped[0] <= n <= stopped[1]
            and any(clock.runs_on(n, last, calendar) for clock in counted)
        ]
        rows = Project.objects.annotate(net=ProjectDays(moment=PRESENT)).values_list("net", flat=True)
        assert rows.get(pk=project.pk) == len(by_day)
        own = dict(Permit.objects.annotate(net=PermitDays(moment=PRESENT)).values_list("pk", "net"))
        for permit, clock in zip(permits, told, strict=True):
            ran = [n for n in range(200) if calendar.is_working(day(n)) and clock.runs_on(n, last, calendar)]
            assert own[permit.pk] == len(ran)

    agree()


def test_a_pause_that_still_runs_has_no_end_and_today_counts_when_it_has_closed(
    permits: list[Permit],
) -> None:
    for permit in permits[1:]:
        keep(permit, Clock(60, 60, (), counts=True))
    keep(permits[0], Clock(0, None, (), counts=True))  # accepted on Monday, 9 September

    def net(moment: datetime) -> int:
        return Project.objects.annotate(net=ProjectDays(moment=moment)).get(case__number="X1").net

    assert net(at(day(2), time(17, 30))) == 1
    assert net(at(day(2), time(17, 31))) == 2
    Pause.objects.create(case_id=permits[0].pk, reason="supplement", from_at=at(day(2), time(9)))
    Case.objects.filter(pk=permits[0].pk).update(pause_count=1)
    assert net(at(day(9), time(18))) == 1


def test_what_was_never_accepted_takes_no_time(permits: list[Permit]) -> None:
    Permit.objects.update(accepted_at=None)
    project = Project.objects.annotate(net=ProjectDays(moment=PRESENT)).get(case__number="X1")
    assert project.net == 0
