"""`manage.py bench [--only NAME …] [--sizes 10000,100000] [--json]`: measure the budgets."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.test.utils import override_settings

from portal.cases import standards
from portal.worktime.clock import ZONE


class Command(BaseCommand):
    help = "Measure every budget in a database of its own; ends with 1 when one falls short."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--only", action="append", default=[], help="only budgets whose name has this word"
        )
        parser.add_argument("--sizes", default="10000,100000,1000000")
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        from portal.bench import budgets, loader

        sizes = sorted(int(size) for size in options["sizes"].split(","))
        settings.DATABASES["default"]["TEST"]["NAME"] = "portal_bench"
        connection.settings_dict["TEST"]["NAME"] = "portal_bench"
        before = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        short = 0
        loaded = 0
        try:
            standards.seed_all()
            enterprise, team = loader.people_and_places()

            def grow(size: int) -> None:
                nonlocal loaded
                begin = budgets.NOW.replace(month=10, day=20).astimezone(ZONE)
                loader.load(loaded + 1, size, enterprise=enterprise, team=team, begin=begin)
                loaded = size

            def grow_open(more: int) -> None:
                nonlocal loaded
                begin = budgets.NOW.replace(month=10, day=20).astimezone(ZONE)
                span = (loaded + 1, loaded + more)
                loader.load(*span, enterprise=enterprise, team=team, begin=begin, every=1)
                loaded += more

            with override_settings(ALLOWED_HOSTS=["*"], STORAGES=self._plain_storages()):
                for found in budgets.all_budgets(sizes, grow, grow_open):
                    if options["only"] and not any(word in found.name for word in options["only"]):
                        continue
                    short += not found.ok
                    self._print(found, as_json=options["json"])
        finally:
            connection.creation.destroy_test_db(before, verbosity=0)
        if short:
            sys.exit(1)

    @staticmethod
    def _plain_storages() -> dict[str, Any]:
        plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        return {**settings.STORAGES, "staticfiles": plain}

    def _print(self, found: Any, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(found.as_dict(), ensure_ascii=False))
            return
        mark = "ok   " if found.ok else "SHORT"
        self.stdout.write(
            f"{mark} {found.name:<44}{found.value:>12} {found.unit:<11}"
            f"yardstick {found.yardstick:>10}  ratio {found.ratio:>8}  budget {found.budget}"
        )
        self.stdout.flush()
