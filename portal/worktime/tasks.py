"""The calendar's yearly growth."""

from celery import shared_task
from django.utils import timezone

from portal import schedule
from portal.jobs.recording import recorded
from portal.worktime import calendar
from portal.worktime.now import now


@shared_task
def extend_calendar() -> int:
    """Add the years that are needed for long limits."""
    return recorded(
        "worktime.extend_calendar",
        schedule.DAILY,
        lambda: calendar.extend(timezone.localdate(now())),
    )
