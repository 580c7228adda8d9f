"""Running a job so that its success or failure is on record."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from portal.jobs.models import JobRun


def recorded(name: str, every: timedelta, work: Callable[[], int]) -> int:
    """Run `work` and keep when it ran and how many rows it did; an error is recorded and raised.

    Uses the real clock even where tests move the portal's: it watches the machine, not the park.
    """
    began = timezone.now()
    defaults = {"every_s": int(every.total_seconds()), "began_at": began}
    JobRun.objects.update_or_create(name=name, defaults=defaults)
    clock = time.monotonic()
    run = JobRun.objects.filter(name=name)
    try:
        rows = work()
    except Exception as error:
        run.update(failed_at=timezone.now(), error=f"{type(error).__name__}: {error}"[:500])
        raise
    took = int((time.monotonic() - clock) * 1000)
    run.update(succeeded_at=timezone.now(), duration_ms=took, rows=rows, error="")
    return rows
