"""Filing, the jobs of a night, and ledgers in bulk, at the largest number of projects."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from approvals import actions
from approvals.bench.loader import projects
from approvals.models import Permit, Project
from portal.bench.budgets import PLAIN, Bench, Budget
from portal.bench.ledger_budgets import imported
from portal.bench.loader import NOW
from portal.bench.measure import Line, at_least, at_most, counting, in_turn, sql, timed

_EXPORT = """
import json, sys, time
import django
django.setup()
from portal.ledgers.exporting import export_path
for name in sys.argv[2:]:
    begun = time.perf_counter()
    rows = export_path(sys.argv[1], ledgers=[name], xlsx=False)[name]
    took = time.perf_counter() - begun
    peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(json.dumps({"took_s": took, "peak_kb": int(peak), "rows": rows}))
"""


def opening(bench: Bench) -> Iterator[Line]:
    """8: an enterprise begins a project by page, beside one bare row by page."""
    found = projects(bench)
    owner, client = Client(), bench.client()
    owner.force_login(found.builder)
    address = reverse("approvals:project_file")
    data = {
        "name": "新建厂房", "procedure": found.version.procedure_id, "investment_amount": "500000000",
        "is_new_construction": "on", "site_address": "示范大道 8 号",
    }  # fmt: skip

    def ours() -> None:
        if owner.post(address, data).status_code != 302:
            raise RuntimeError("the project was not opened")
        owner.cookies.pop("messages", None)  # the page that comes next shows it

    numbers = iter(range(1_000_000))

    def bare() -> None:
        more = {"number": f"p{bench.loaded.cases}-{next(numbers)}", "title": "x", **bench.loaded.bare()}
        if client.post("/bench/create/", more).status_code != 200:
            raise RuntimeError("the bare row was not made")

    ours()
    with counting() as seen:
        ours()
    meant = [text for text in seen if not text.startswith(("SAVEPOINT", "RELEASE"))]
    yield at_most("opening a project, statements", len(meant), "statements", 1, 30)
    took, yardstick = in_turn(ours, bare, 21)
    yield at_least("opening a project, speed", yardstick, "ms", took, 0.4)


def nightly(bench: Bench) -> Iterator[Line]:
    """What a night brings: reviews whose day has come, key projects with a vacant role, days to count."""
    client = bench.client()
    client.get(PLAIN)
    plain = timed(lambda: client.get(PLAIN), 9)
    for name, work in (
        ("capacity reviews", actions.open_reviews),
        ("alarms of vacancies", actions.alarm_vacancies),
    ):
        begun = time.perf_counter()
        done = work(NOW)
        each = (time.perf_counter() - begun) * 1000 / max(done, 1)
        # A move with its notices, and what is read to find it.
        yield at_most(f"{done} {name}, each", each, "ms", plain, 2.0)
        yield _idle(f"{name}, nothing due", work)
    Permit.objects.update(held_days=None)
    Project.objects.update(held_days=None)
    begun = time.perf_counter()
    done = actions.count_days(NOW)
    yield at_least(f"working days of {done}", done / (time.perf_counter() - begun), "per second", 1, 2000)
    yield _idle("working days, nothing to count", actions.count_days)


def _idle(name: str, work: Callable[[datetime], int]) -> Line:
    idle, one = in_turn(lambda: work(NOW), lambda: sql("SELECT 1"), 5)
    return at_most(name, idle, "ms", one, 200)


def _exported(folder: str, *names: str) -> list[dict[str, float]]:
    """Give ledgers out in a process of its own, on the database of this one."""
    database = connection.settings_dict
    login = f"{database['USER']}:{database['PASSWORD']}" if database["PASSWORD"] else database["USER"]
    address = f"postgres://{login}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    done = subprocess.run(
        [sys.executable, "-c", _EXPORT, folder, *names],
        env={**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "portal.settings"},
        cwd=settings.BASE_DIR, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()]


def ledgers(bench: Bench) -> Iterator[Line]:
    """15: projects and permits given out, and taken in again under other numbers."""
    names = ("projects", "permits")
    with TemporaryDirectory() as folder:
        given = _exported(folder, *names)
        for name, told in zip(names, given, strict=True):
            yield at_least(
                f"export of {told['rows']} {name}", told["rows"] / told["took_s"], "per second", 1, 5000
            )
        yield at_most("memory of an export", given[-1]["peak_kb"] / 1024, "MB", 1, 300)
        paths = [Path(folder) / f"{name}.csv" for name in names]
        for path in paths:
            text = path.read_text(encoding="utf-8").replace("BX", "BY")
            path.write_text(text, encoding="utf-8")
        taken = imported(*paths)
    if not all(told["written"] for told in taken):
        raise RuntimeError("a ledger was refused")
    for name, told, rows in zip(names, taken, (one["rows"] for one in given), strict=True):
        yield at_least(f"import of {rows} {name}", rows / told["took_s"], "per second", 1, 1000)
    yield at_most("memory of an import of permits", taken[-1]["peak_kb"] / 1024, "MB", 1, 300)


LAST: dict[str, Budget] = {"project-opening": opening, "project-jobs": nightly, "project-ledgers": ledgers}
