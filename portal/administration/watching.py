"""What the portal's own machinery looks like to an administrator: jobs, lock-outs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from axes.models import AccessAttempt
from celery.schedules import crontab
from django.conf import settings
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.jobs.models import JobRun
from portal.schedule import BEAT_SCHEDULE

LABELS: dict[str, Promise] = {
    "cases.sweep": _("Escalation of what is due"),
    "cases.lapse": _("End of waiting times"),
    "cases.pause_overrun": _("Alarm for pauses that outlast their plan"),
    "cases.absences": _("Work of people who are away"),
    "cases.batches": _("Batches that were interrupted"),
    "stations.notes": _("Reminders of missing progress notes"),
    "approvals.reviews": _("Opening of capacity reviews"),
    "approvals.vacancies": _("Alarm for vacant roles of key projects"),
    "approvals.days": _("Counting of the working days of permits and projects"),
    "funds.plans": _("Opening and closing of payment plans"),
    "funds.budgets": _("Claims that wait for their budget"),
    "funds.results": _("Booking of what the bank answered"),
    "investment.idle": _("Leads for which nobody does anything"),
    "investment.activities": _("Reports of investment activities"),
    "investment.bulletins": _("Drafts of weekly schedules and monthly bulletins"),
    "investment.commitments": _("Reminders of commitments by contract"),
    "funds.match": _("Matching of policies"),
    "funds.tell": _("Telling of policies that fit"),
    "cases.scan": _("Virus scan of papers"),
    "cases.paper_expiry": _("Reminders of papers that expire"),
    "cases.unnamed_files": _("Removal of stored files that belong to no paper"),
    "notices.deliver": _("Delivery of notices"),
    "ledgers.watch": _("Imports and exports of ledgers under way"),
    "ledgers.tidy": _("Removal of old import and export files"),
    "notices.post": _("Notices to groups and systems"),
    "worktime.extend_calendar": _("Calendar of the coming years"),
    "trust.send_letters": _("Sending of invitations"),
    "accounts.forget": _("Forgetting of old sign-ins"),
    "api.forget_answers": _("Kept answers of the interface for programs"),
}


@dataclass(frozen=True)
class Job:
    """A periodic job and its last run; `run` is None when it never ran."""

    name: str
    label: str | Promise
    run: JobRun | None
    late: bool


def jobs(moment: datetime) -> list[Job]:
    """Every periodic job of the schedule. One that never ran is late when its turn has passed twice."""
    runs = {run.name: run for run in JobRun.objects.all()}
    return [_job(name, runs.get(name), moment) for name in sorted(BEAT_SCHEDULE)]


def _job(name: str, run: JobRun | None, moment: datetime) -> Job:
    if run is None or run.succeeded_at is None:
        since = _set_up_at() if run is None else run.began_at
        every = interval(BEAT_SCHEDULE[name]["schedule"])
        late = since is None or moment - since > 2 * every + timedelta(minutes=1)
    else:
        late = run.is_late(moment)
    return Job(name, LABELS.get(name, name), run, late)


def interval(schedule: Any) -> timedelta:
    """How far apart the turns of a job are at most, on an ordinary day."""
    if not isinstance(schedule, crontab):
        return timedelta(seconds=schedule.total_seconds())
    return timedelta(days=1) / (len(schedule.minute) * len(schedule.hour))


def _set_up_at() -> datetime | None:
    """When the database was last migrated: before that no job can have run."""
    last: datetime | None = MigrationRecorder.Migration.objects.aggregate(last=Max("applied"))["last"]
    return last


def lock_outs(moment: datetime) -> QuerySet[AccessAttempt]:
    """Sign-ins that are refused now, after too many wrong passwords."""
    since = moment - timedelta(hours=settings.AXES_COOLOFF_TIME)
    found: QuerySet[AccessAttempt] = AccessAttempt.objects.filter(
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT, attempt_time__gte=since
    )
    return found.order_by("-attempt_time")
