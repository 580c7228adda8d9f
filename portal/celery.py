"""The Celery application: workers and beat run from here."""

import os
from typing import Any

from celery import Celery, signals

from portal import tracing
from portal.schedule import BEAT_SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = BEAT_SCHEDULE
app.autodiscover_tasks()


# Celery's own hooks (there is no other place around its log lines "succeeded" and "raised"): the
# number of the request that asked for a task travels in the headers of its message.
@signals.before_task_publish.connect
def hand_on_number(headers: dict[str, Any] | None = None, **_kwargs: Any) -> None:
    if headers is not None and tracing.current():
        headers["request_id"] = tracing.current()


@signals.task_prerun.connect
def take_number(task_id: str = "", task: Any = None, **_kwargs: Any) -> None:
    """A task of no request (beat's, say) is known by its own id."""
    tracing.bind(tracing.accepted(getattr(task.request, "request_id", None) or task_id))


@signals.task_postrun.connect
def drop_number(**_kwargs: Any) -> None:
    tracing.bind("")
