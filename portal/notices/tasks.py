"""Sending what waits in the outbox."""

from celery import shared_task

from portal import schedule
from portal.jobs.asking import begun
from portal.jobs.recording import recorded
from portal.notices import sending
from portal.worktime.now import now


@shared_task
def deliver() -> int:
    """Send every e-mail whose turn has come."""
    begun(deliver)
    return recorded("notices.deliver", schedule.EVERY_MINUTE, lambda: sending.deliver_due(now()))


@shared_task
def post() -> int:
    """Tell groups and systems: apart from e-mail, so that a slow receiver holds nobody else up."""
    begun(post)
    return recorded("notices.post", schedule.EVERY_MINUTE, lambda: sending.post_due(now()))
