"""Late jobs, and decisions on days that two administrators make at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from celery.schedules import crontab
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse
from django.utils import timezone

from portal.administration import watching
from portal.jobs.models import JobRun
from portal.worktime import calendar
from portal.worktime.models import CalendarYear, DayOverride
from tests.pages.test_pages import browser
from tests.people import at

pytestmark = pytest.mark.django_db


def late(moment: datetime) -> set[str]:
    return {job.name for job in watching.jobs(moment) if job.late}


def test_a_fresh_portal_is_not_late_until_its_jobs_had_their_turn(db: None) -> None:
    set_up_at = MigrationRecorder.Migration.objects.latest("applied").applied
    assert late(set_up_at + timedelta(minutes=1)) == set()
    assert "cases.sweep" in late(set_up_at + timedelta(hours=1))
    assert "worktime.extend_calendar" not in late(set_up_at + timedelta(hours=1))
    assert "worktime.extend_calendar" in late(set_up_at + timedelta(days=3))


def test_a_job_that_began_and_never_succeeded_is_late_after_two_turns(db: None) -> None:
    JobRun.objects.create(name="cases.sweep", every_s=60, began_at=timezone.now())
    assert "cases.sweep" not in late(timezone.now() + timedelta(minutes=2))
    assert "cases.sweep" in late(timezone.now() + timedelta(minutes=4))


def test_the_turns_of_a_job_are_read_from_its_schedule() -> None:
    assert watching.interval(crontab(minute="*")) == timedelta(minutes=1)
    assert watching.interval(crontab(minute="*/10")) == timedelta(minutes=10)
    assert watching.interval(crontab(minute="30", hour="0")) == timedelta(days=1)


def test_a_decision_that_somebody_else_made_meanwhile_is_not_overwritten(park: SimpleNamespace) -> None:
    client = browser(park.administrator, "en")
    address = reverse("administration:calendar")
    data = {"day": "2026-11-20", "is_working": "0", "kind": "park_closing", "reason": "停电检修"}
    mark = client.post(address, data).context["replaces"]
    day = at("2026-11-20 00:00").date()
    calendar.set_override(day, is_working=False, reason="消防演练", kind="park_closing", by=park.leader)
    page = client.post(address, {**data, "confirm": "1", "replaces": mark})
    assert "Somebody has decided on this day meanwhile" in page.content.decode()
    assert "消防演练" in page.content.decode()
    assert DayOverride.objects.get().reason == "消防演练"
    client.post(address, {**data, "confirm": "1", "replaces": page.context["replaces"]})
    assert DayOverride.objects.get().reason == "停电检修"


def test_the_calendar_says_its_holidays_in_words(park: SimpleNamespace) -> None:
    page = browser(park.administrator).get(f"{reverse('administration:calendar')}?year=2026")
    assert "国庆节" in page.content.decode()
    assert at("2026-02-14 00:00").date() in page.context["makeup"]


def test_a_year_is_not_announced_without_the_name_of_its_notice(park: SimpleNamespace) -> None:
    address = reverse("administration:calendar_announce", args=[2027])
    answer = browser(park.administrator).post(address, {"source": " "})
    assert answer.status_code == 302
    assert not CalendarYear.objects.get(year=2027).announced
