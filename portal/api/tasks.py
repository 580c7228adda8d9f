"""Periodic work of the API."""

from celery import shared_task
from django.utils import timezone

from portal import schedule
from portal.api import idempotency
from portal.jobs.recording import recorded


@shared_task
def forget_answers() -> int:
    """Delete kept answers that are a day old."""
    return recorded("api.forget_answers", schedule.HOURLY, lambda: idempotency.forget(timezone.now()))
