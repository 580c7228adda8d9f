"""A whole year's State Council notice, read from its text and entered at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from portal.worktime import notices
from portal.worktime.calendar import set_override
from portal.worktime.clock import Calendar, Limit, Unit
from portal.worktime.explain import explain
from portal.worktime.models import CalendarYear, DayOverride, WorkDay
from tests.people import at, handled

# The wording of the notices for 2025 and 2026, with the dates of the latter.
TEXT_2026 = """
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
"""


def flips(notice: notices.Notice) -> set[date]:
    return {d for d in notice.off if d.weekday() < 5} | {d for d in notice.working if d.weekday() > 4}


@pytest.mark.django_db
def test_the_text_of_the_notice_gives_the_calendar_that_the_library_knows() -> None:
    notice = notices.read(TEXT_2026, 2026)
    assert notice.doubts == []
    assert notice.off[date(2026, 10, 3)] == "国庆节"
    assert notices.ticked(2026) == flips(notice)


def test_dates_across_the_turn_of_the_year_and_plain_lists_are_read() -> None:
    notice = notices.read(
        "元旦：2026年12月31日（周四）至2027年1月2日（周六）放假。\n2027-02-13、2027-02-14 上班", 2027
    )
    assert notice.doubts == []
    assert list(notice.off) == [date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2)]
    assert notice.working == {date(2027, 2, 13), date(2027, 2, 14)}


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("国庆节：10月1日（周三）放假。", "2026-10-01"),
        ("国庆节：13月1日放假。", "13月1日"),
        ("国庆节：10月7日至1日放假。", "10月7日至1日"),
        ("国庆节：10月1日放假，10月2日上班", "10月1日"),
        ("国庆节：10月1日放假。10月1日上班。", "2026-10-01"),
    ],
)
def test_what_cannot_be_right_is_said_and_not_guessed(text: str, doubt: str) -> None:
    assert any(doubt in line for line in notices.read(text, 2026).doubts)


@pytest.mark.django_db
def test_a_notice_makes_the_year_final_and_redates_open_clocks(park: SimpleNamespace) -> None:
    case = handled(park, at("2026-12-28 09:00"))
    assert case.promise_due_at == at("2027-01-05 17:30")  # 1 January off by rule
    wanted = {date(2027, 1, 1), date(2027, 1, 4), date(2027, 1, 9)}
    assert notices.changes(2027, notices.ticked(2027) | wanted)[0].date == date(2027, 1, 4)
    every = notices.ticked(2027) | wanted
    assert notices.preview(2027, every) == 1
    moved = notices.enter(
        2027, every, source="国办发明电〔2026〕9号", names={date(2027, 1, 4): "元旦"}, by=park.administrator
    )
    assert moved == 1
    case.refresh_from_db()
    assert case.promise_due_at == at("2027-01-06 17:30")
    assert CalendarYear.objects.get(year=2027).announced
    assert WorkDay.objects.get(date=date(2027, 1, 4)).name_en == "New Year's Day"
    assert WorkDay.objects.get(date=date(2027, 1, 9)).is_working
    assert not WorkDay.objects.filter(date__year=2027, provisional=True).exists()
    assert notices.changes(2027, every) == []


@pytest.mark.django_db
def test_a_second_notice_replaces_the_first_and_the_parks_own_days_stand(park: SimpleNamespace) -> None:
    own = date(2027, 3, 10)
    set_override(own, is_working=False, reason="停电检修", kind="park_closing", by=park.administrator)
    base = notices.ticked(2027)
    notices.enter(2027, base | {date(2027, 5, 6)}, source="一号", names={}, by=park.administrator)
    notices.enter(2027, base | {date(2027, 5, 7)}, source="二号", names={}, by=park.administrator)
    assert set(DayOverride.objects.values_list("date", flat=True)) == {own, date(2027, 5, 7)}
    assert WorkDay.objects.get(date=date(2027, 5, 6)).is_working
    assert not WorkDay.objects.get(date=own).is_working


@pytest.mark.django_db
def test_an_explanation_names_make_up_working_days() -> None:
    why = explain(Calendar.current(), at("2026-02-12 09:00"), Limit(Decimal(3), Unit.WORKING_DAY))
    assert "2月14日 调休上班" in why.sentence
    marks = {mark.date: mark for mark in why.days}
    assert (marks[date(2026, 2, 14)].kind, marks[date(2026, 2, 14)].label) == ("makeup", "调休上班")
    assert marks[date(2026, 2, 13)].kind == "count"
