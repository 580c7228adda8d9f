"""`manage.py make_demo_ledgers`: make the files under portal/ledgers/demo anew (for developers)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.demonstration import ledgers


class Command(BaseCommand):
    help = "Makes the ledgers of the demonstration park; the same files each time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", default=str(ledgers.FOLDER))

    def handle(self, *_args: Any, **options: Any) -> None:
        for key, rows in ledgers.write(Path(options["folder"])).items():
            self.stdout.write(f"{key.ljust(20)}{rows:>8}")
