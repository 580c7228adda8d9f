"""Loads the demonstration park: ledgers through the importer, people, live cases through the engine."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.apps import apps as django_apps
from django.db import transaction
from django.db.models import F
from django.utils.module_loading import autodiscover_modules

from portal.accounts.models import User
from portal.demonstration import PARTS, Part, ledgers, people
from portal.ledgers.importing import Report, import_path
from portal.notices.models import Notice
from portal.park.models import Enterprise

READ_AFTER = timedelta(days=2)


class NotLoaded(Exception):
    """The ledgers of the demonstration park were refused; `report` says why."""

    def __init__(self, report: Report) -> None:
        super().__init__("; ".join(f"{p.file} {p.row} {p.column}: {p.reason}" for p in report.problems[:5]))
        self.report = report


def is_loaded() -> bool:
    return User.objects.filter(is_demonstration=True).exists()


def is_empty() -> bool:
    return not Enterprise.objects.exists()


def load(now: datetime) -> dict[str, int]:
    """Load what is missing, all or nothing; a second call changes nothing. Raises NotLoaded."""
    with transaction.atomic():
        first = not is_loaded()
        report = import_path(ledgers.FOLDER)
        if not report.written:
            raise NotLoaded(report)
        done = {key: count.created for key, count in report.counts.items()}
        done["people"] = people.create()
        if first:
            done["live cases"] = _live(now)
    return done


def _app_of(part: Part) -> str:
    return part.__module__.partition(".")[0]


def _live(now: datetime) -> int:
    autodiscover_modules("demonstration")
    # In the order of the apps, whoever was imported first: what a later one needs is there.
    apps = [config.name for config in django_apps.get_app_configs()]
    made = sum(part(now) for part in sorted(PARTS, key=lambda part: apps.index(_app_of(part))))
    # Old notices have been read, so that what is unread is news.
    Notice.objects.filter(created_at__lt=now - READ_AFTER).update(
        read_at=F("created_at") + timedelta(hours=1)
    )
    return made
