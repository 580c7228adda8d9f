"""Periodic jobs of funds. Fetch, call, return."""

from celery import shared_task

from funds import matching
from portal import schedule
from portal.jobs.recording import recorded
from portal.worktime.now import now


@shared_task
def match_policies() -> int:
    """Find anew which policies fit whom."""
    return recorded("funds.match", schedule.DAILY, lambda: matching.match_all(now()))


@shared_task
def tell_of_policies() -> int:
    """Tell owners of policies that fit, and of windows that close."""
    return recorded("funds.tell", schedule.DAILY, lambda: matching.tell(now()))
