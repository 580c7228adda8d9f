"""`manage.py stopservices`: stop the embedded PostgreSQL and Redis of this folder."""

from typing import Any

from django.core.management.base import BaseCommand

from portal import embedded


class Command(BaseCommand):
    help = "Stop the embedded servers of this folder."
    requires_system_checks = ()  # it must run while the database is down

    def handle(self, *_args: Any, **_options: Any) -> None:
        embedded.stop()
