"""The memory that an import needs does not grow with its rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from portal.park.models import Enterprise, MonthlyIndicator
from tests.ledgers.measuring import lines, usccs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
SMALL, LARGE = 5_000, 30_000
# A kept row would cost 500 bytes and more: 12 MB for the rows that the large file has more. (A million
# rows are measured by the benchmark.)
MOST_GROWTH_KB = 5 * 1024
MOST_KB = 300 * 1024


def imported(*paths: Path) -> list[dict[str, Any]]:
    """Import in a process of its own, on the test database."""
    database = connection.settings_dict
    login = f"{database['USER']}:{database['PASSWORD']}" if database["PASSWORD"] else database["USER"]
    url = f"postgres://{login}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    done = subprocess.run(
        [sys.executable, "-m", "tests.ledgers.measuring", *map(str, paths)],
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "portal.settings"},
        cwd=settings.BASE_DIR, capture_output=True, text=True, check=True, timeout=280,
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_many_times_the_rows_need_no_more_memory(tmp_path: Path) -> None:
    codes = usccs(2000)
    Enterprise.objects.bulk_create(Enterprise(uscc=c, name=c, industry="机械", size="small") for c in codes)
    paths = []
    for rows in (SMALL, LARGE):
        paths.append(tmp_path / str(rows) / "monthly_indicators.csv")
        paths[-1].parent.mkdir()
        with paths[-1].open("w") as file:
            file.writelines(lines(codes, rows))
    small, large = imported(*paths)
    for told, rows in ((small, SMALL), (large, LARGE)):
        count = told["counts"]["monthly_indicators"]
        assert (told["written"], count["read"], count["rejected"]) == (True, rows, 0)
    assert MonthlyIndicator.objects.count() == LARGE
    assert large["peak_kb"] - small["peak_kb"] < MOST_GROWTH_KB
    assert large["peak_kb"] < MOST_KB
