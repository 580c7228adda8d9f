"""Run as a process of its own: import files, and say after each how much memory it has needed at most so far.

`python -m tests.ledgers.measuring FILE …`, with DATABASE_URL set.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path


def lines(usccs: list[str], rows: int) -> Iterator[str]:
    """So many rows of monthly indicators, month by month, the last month first."""
    months = ((year, month) for year in range(2026, 1900, -1) for month in range(12, 0, -1))
    yield "uscc,month,output_amount,tax_amount,employees,electricity_kwh,investment_amount,rd_amount\n"
    for n, ((year, month), uscc) in enumerate(product(months, usccs)):
        if n >= rows:
            return
        yield f"{uscc},{year}-{month:02},{n}.{n % 100:02},{n % 977}.5,{n % 400},{n % 9973},,{n % 31}\n"


def usccs(count: int) -> list[str]:
    """Codes with a right check digit."""
    from stdnum.cn import uscc as numbers

    bodies = (f"9143030{n:010}" for n in range(count))
    return [body + numbers.calc_check_digit(body) for body in bodies]


def peak_kb() -> int:
    """The most memory of this program so far. (What getrusage says includes the one that started it.)"""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def main(paths: list[Path]) -> None:
    import django

    django.setup()
    from portal.ledgers.importing import import_path

    for path in paths:
        report = import_path(path)
        counts = {key: vars(count) for key, count in report.counts.items()}
        told = {"peak_kb": peak_kb(), "written": report.written, "counts": counts}
        sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
