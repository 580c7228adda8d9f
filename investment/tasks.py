"""Periodic jobs of investment. Fetch, call, return."""

from celery import shared_task

from investment.actions import activities, bulletins, idling, reminding
from portal import schedule
from portal.jobs.recording import recorded
from portal.worktime.now import now


@shared_task
def tend_idle_leads() -> int:
    """Tell of leads that idle, and give back to the pool what has idled too long."""
    return recorded("investment.idle", schedule.DAILY, lambda: idling.tend(now()))


@shared_task
def hold_activities() -> int:
    """Ask for the reports of activities that have taken place."""
    return recorded("investment.activities", schedule.DAILY, lambda: activities.hold(now()))


@shared_task
def draft_bulletins() -> int:
    """Draft the schedule of the week and the bulletin of the month that are over."""
    return recorded("investment.bulletins", schedule.DAILY, lambda: bulletins.draft_due(now()))


@shared_task
def remind_of_commitments() -> int:
    """Tell of commitments of either side that fall due, and of those that are overdue."""
    return recorded("investment.commitments", schedule.DAILY, lambda: reminding.remind(now()))
