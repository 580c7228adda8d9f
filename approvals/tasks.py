"""Periodic jobs of approvals. Fetch, call, return."""

from celery import shared_task

from approvals import actions
from portal import schedule
from portal.jobs.recording import recorded
from portal.worktime.now import now


@shared_task
def open_reviews() -> int:
    """Open the capacity reviews whose day has come."""
    return recorded("approvals.reviews", schedule.DAILY, lambda: actions.open_reviews(now()))


@shared_task
def alarm_vacancies() -> int:
    """Tell of key projects without a leader, a task force or a butler."""
    return recorded("approvals.vacancies", schedule.DAILY, lambda: actions.alarm_vacancies(now()))


@shared_task
def count_days() -> int:
    """Keep the working days of permits and projects that have ended."""
    return recorded("approvals.days", 5 * schedule.EVERY_MINUTE, lambda: actions.count_days(now()))
