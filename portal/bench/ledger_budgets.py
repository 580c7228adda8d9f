"""Budget 15: ledgers in bulk, how fast they come in and how much memory that takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import cycle, islice, product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from stdnum.cn import uscc

from portal.bench.measure import Line, at_least, at_most
from portal.demonstration.ledgers import FOLDER

if TYPE_CHECKING:
    from portal.bench.budgets import Bench

MOST_CASES, ENTERPRISES = 20_000, 20_000
# What getrusage says of memory includes the program that started this one.
_IMPORT = """
import json, sys, time
from pathlib import Path
import django
django.setup()
from portal.ledgers.importing import import_path
for name in sys.argv[1:]:
    begun = time.perf_counter()
    report = import_path(Path(name))
    took = time.perf_counter() - begun
    peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
    counts = {key: vars(count) for key, count in report.counts.items()}
    print(json.dumps({"took_s": took, "peak_kb": int(peak), "written": report.written, "counts": counts}))
"""


def imported(*paths: Path) -> list[dict[str, Any]]:
    """Import files one after the other in a process of its own, on the database of this one.

    What it says of each: seconds, the most memory that it has needed so far, and the counts.
    """
    database = connection.settings_dict
    login = f"{database['USER']}:{database['PASSWORD']}" if database["PASSWORD"] else database["USER"]
    address = f"postgres://{login}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT, *map(str, paths)],
        env={**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "portal.settings"},
        cwd=settings.BASE_DIR, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()]


def codes(count: int, region: str = "9143030") -> list[str]:
    """So many credit codes with their check digit."""
    return [body + uscc.calc_check_digit(body) for body in (f"{region}{n:010}" for n in range(count))]


def monthly_indicators(usccs: Sequence[str], rows: int) -> Iterator[str]:
    """So many rows of a register, month by month, the last month first."""
    yield "uscc,month,output_amount,tax_amount,employees,electricity_kwh,investment_amount,rd_amount\n"
    months = ((year, month) for year in range(2026, 1900, -1) for month in range(12, 0, -1))
    for n, ((year, month), code) in enumerate(islice(product(months, usccs), rows)):
        yield f"{code},{year}-{month:02},{n}.{n % 100:02},{n % 977}.5,{n % 400},{n % 9973},,{n % 31}\n"


def enterprises(usccs: Iterable[str]) -> Iterator[str]:
    """The enterprises of the demonstration park under other codes."""
    head, *lines = (FOLDER / "enterprises.csv").read_text(encoding="utf-8").splitlines()
    yield head + "\n"
    for code, line in zip(usccs, cycle(lines), strict=False):
        yield f"{code},{line.partition(',')[2]}\n"


def requests(count: int) -> Iterator[str]:
    """The requests of the demonstration park under other numbers, as often as it takes."""
    head, *lines = (FOLDER / "requests.csv").read_text(encoding="utf-8").splitlines()
    yield head + "\n"
    for n, line in enumerate(islice(cycle(lines), count)):
        yield f"BI{n:08},{line.partition(',')[2]}\n"


def imports(bench: Bench) -> Iterator[Line]:
    """15: rows of registers and cases a second, and the memory at as many rows as the park has cases."""
    usccs, rows, cases = codes(ENTERPRISES), bench.loaded.cases, min(MOST_CASES, bench.loaded.cases)
    with TemporaryDirectory() as folder:
        paths = [FOLDER / "teams.csv", FOLDER / "stations.csv", FOLDER / "enterprises.csv"]
        for name, lines in (
            ("enterprises", enterprises(usccs)),
            ("requests", requests(cases)),
            ("monthly_indicators", monthly_indicators(usccs[:2000], rows)),
        ):
            paths.append(Path(folder) / f"{name}.csv")
            with paths[-1].open("w", encoding="utf-8") as file:
                file.writelines(lines)
        *_places, register, lives, months = imported(*paths)
    if not all(told["written"] for told in (register, lives, months)):
        raise RuntimeError("a ledger was refused")
    for label, count, told, least in (
        ("enterprises", ENTERPRISES, register, 5_000),
        ("rows of a register", rows, months, 5_000),
        ("cases with their clocks", cases, lives, 1_000),
    ):
        yield at_least(f"import of {count} {label}", count / told["took_s"], "per second", 1, least)
    yield at_most(f"memory of an import of {rows} rows", months["peak_kb"] / 1024, "MB", 1, 300)


LAST = {"import": imports}
