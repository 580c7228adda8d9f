"""`manage.py import_ledgers PATH`: bring ledgers in, all or nothing."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.ledgers.importing import Report, import_path


class Command(BaseCommand):
    help = "Imports a folder, .zip, .csv or .xlsx of ledgers. With a rejected row nothing is written."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", help="a folder or .zip of <ledger>.csv, one .csv, or an .xlsx workbook")
        parser.add_argument("--dry-run", action="store_true", help="check and count, write nothing")
        parser.add_argument(
            "--good-rows", action="store_true", help="leave rejected rows out, write the rest"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        report = import_path(options["path"], dry_run=options["dry_run"], good_rows=options["good_rows"])
        self._print(report)
        if report.rejected and not report.written:
            self.stderr.write("Nothing was written.")
            sys.exit(1)
        if not report.written:
            self.stdout.write("Dry run: nothing was written.")

    def _print(self, report: Report) -> None:
        columns = ("read", "created", "updated", "unchanged", "rejected")
        self.stdout.write("".join(f"{name:>12}" for name in ("ledger".ljust(20), *columns)))
        for key, count in report.counts.items():
            self.stdout.write(key.ljust(20) + "".join(f"{getattr(count, name):>12}" for name in columns))
        for problem in report.problems:
            self.stderr.write(
                f"{problem.file}, row {problem.row}, {problem.column or '-'} = "
                f"{problem.value!r}: {problem.reason}"
            )
        missing = report.rejected - len({(p.file, p.row) for p in report.problems})
        if missing > 0:
            self.stderr.write(f"… and {missing} more.")
