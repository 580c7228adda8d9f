"""`manage.py bench [--only NAME …] [--sizes 10000,100000] [--json]`: measure the budgets."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.test.utils import override_settings
from django.utils.module_loading import autodiscover_modules

from portal.cases import standards


class Command(BaseCommand):
    help = "Measure every budget in a database of its own; ends with 1 when one falls short."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--only",
            action="append",
            default=[],
            help="only these budgets: working-day, queue, case, counts, search, project-page, figures, …",
        )
        parser.add_argument("--sizes", default="10000,100000,1000000")
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        from portal.bench import budgets, domains, loader

        autodiscover_modules("bench")
        sizes = sorted(int(size) for size in options["sizes"].split(","))
        settings.DATABASES["default"]["TEST"]["NAME"] = "portal_bench"
        connection.settings_dict["TEST"]["NAME"] = "portal_bench"
        before = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        short = 0

        def wanted(chosen: Mapping[str, budgets.Budget]) -> list[budgets.Budget]:
            only = options["only"]
            return [work for name, work in chosen.items() if not only or name in only]

        def measure(chosen: Mapping[str, budgets.Budget], label: str = "") -> int:
            missed = 0
            for work in wanted(chosen):
                for found in work(bench):
                    shown = dataclasses.replace(found, name=f"{found.name}{label}")
                    missed += not found.ok
                    self._print(shown, as_json=options["json"])
            return missed

        try:
            standards.seed_all()
            bench = budgets.Bench(loader.Loaded())
            call_command("collectstatic", interactive=False, verbosity=0)  # pages name them by their hashes
            with override_settings(ROOT_URLCONF="portal.bench.yardsticks", ALLOWED_HOSTS=["*"]):
                short += measure(budgets.SMALL)
                for size in sizes:
                    bench.loaded.grow(size)
                    short += measure(budgets.EACH, f", {size} cases")
                    for domain in domains.DOMAINS:
                        rows = max(1, size // domains.CASES_PER_ROW)
                        if wanted({**domain.each, **domain.last}):
                            domain.grow(bench, rows)
                        short += measure(domain.each, f", {rows} {domain.rows}")
                short += measure(budgets.LAST)
                for domain in domains.DOMAINS:
                    short += measure(domain.last)
        finally:
            connection.creation.destroy_test_db(before, verbosity=0)
        if short:
            sys.exit(1)

    def _print(self, found: Any, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(found.as_dict(), ensure_ascii=False))
            return
        mark = "ok   " if found.ok else "SHORT"
        self.stdout.write(
            f"{mark} {found.name:<58}{found.value:>12} {found.unit:<11}"
            f"yardstick {found.yardstick:>10}  ratio {found.ratio:>8}  budget {found.budget}"
        )
        self.stdout.flush()
