"""`manage.py indicators --date-from … --date-to … [--key KEY …] --json`."""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.reports.api import answers
from portal.reports.declaration import INDICATORS, Period


class Command(BaseCommand):
    help = "Print the figures of a period."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date-from", type=date.fromisoformat)
        parser.add_argument("--date-to", type=date.fromisoformat)
        parser.add_argument("--key", action="append", default=[])
        parser.add_argument("--json", action="store_true", help="the same list as the API, nothing else")

    def handle(self, *_args: Any, **options: Any) -> None:
        unknown = set(options["key"]) - set(INDICATORS)
        if unknown:
            raise CommandError(f"There is no indicator {', '.join(sorted(unknown))}.")
        period = Period(options["date_from"], options["date_to"])
        chosen = [i for k, i in INDICATORS.items() if not options["key"] or k in options["key"]]
        results = answers(chosen, period, None)
        if options["json"]:
            self.stdout.write(json.dumps({"results": results}, ensure_ascii=False, indent=1))
            return
        for line in results:
            self.stdout.write(f"{line['key']:<36}{line['value']!s:>14} {line['unit']}")
