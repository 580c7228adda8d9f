"""`manage.py load_demonstration`: fill an empty portal with the demonstration park."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.demonstration import loading
from portal.worktime.now import now


class Command(BaseCommand):
    help = "Loads the demonstration park into an empty portal; run again, it changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="also into a portal that has enterprises")
        parser.add_argument("--yes", action="store_true", help="also where DEMONSTRATION is not set")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not (settings.DEMONSTRATION or options["yes"]):
            raise CommandError(
                "This makes accounts with a known password. Set DEMONSTRATION=1, or add --yes, "
                "if this is meant to be a demonstration."
            )
        if not (loading.is_empty() or loading.is_loaded() or options["force"]):
            raise CommandError("This portal has enterprises of its own. Add --force if you are sure.")
        try:
            done = loading.load(now())
        except loading.NotLoaded as error:
            raise CommandError(f"the ledgers were refused: {error}") from error
        for name, count in done.items():
            self.stdout.write(f"{name.ljust(20)}{count:>8}")
