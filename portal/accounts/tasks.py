"""Forgetting what need not be kept."""

from celery import shared_task
from django.utils import timezone

from portal import schedule
from portal.accounts import history
from portal.jobs.recording import recorded


@shared_task
def forget() -> int:
    """Once a night: sign-ins of more than a year ago, dead sessions."""
    return recorded("accounts.forget", schedule.DAILY, lambda: history.forget(timezone.now()))
