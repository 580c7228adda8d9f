"""`manage.py export_ledgers PATH`: give every ledger out, as the importer reads it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.ledgers.declaration import LEDGERS
from portal.ledgers.exporting import export_path


class Command(BaseCommand):
    help = "Exports ledgers into a folder as CSV, or into one workbook. Sealed requests are included."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", help="the folder, or the workbook with --xlsx")
        parser.add_argument("--ledger", nargs="+", action="extend", metavar="NAME", help="only these ledgers")
        parser.add_argument("--xlsx", action="store_true", help="write one workbook instead of CSV files")

    def handle(self, *_args: Any, **options: Any) -> None:
        unknown = sorted(set(options["ledger"] or ()) - LEDGERS.keys())
        if unknown:
            raise CommandError(f"no such ledger: {', '.join(unknown)}. There are: {', '.join(LEDGERS)}")
        counts = export_path(options["path"], ledgers=options["ledger"], xlsx=options["xlsx"])
        for key, rows in counts.items():
            self.stdout.write(f"{key.ljust(20)}{rows:>12}")
