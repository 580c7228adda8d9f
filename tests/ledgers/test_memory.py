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
SMALL, LARGE = 20_000, 200_000
# A kept row would cost 500 bytes and more: 90 MB for the rows that the large file has more.
MOST_GROWTH_KB = 16 * 1024
MOST_KB = 300 * 1024


def imported(path: Path) -> dict[str, Any]:
    """Import in a process of its own, on the test database."""
    database = connection.settings_dict
    login = f"{database['USER']}:{database['PASSWORD']}" if database["PASSWORD"] else database["USER"]
    url = f"postgres://{login}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    done = subprocess.run(
        [sys.executable, "-m", "tests.ledgers.measuring", str(path)],
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "portal.settings"},
        cwd=settings.BASE_DIR, capture_output=True, text=True, check=True, timeout=280,
    )  # fmt: skip
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["written"]
    return told


def test_ten_times_the_rows_need_no_more_memory(tmp_path: Path) -> None:
    codes = usccs(2000)
    Enterprise.objects.bulk_create(Enterprise(uscc=c, name=c, industry="机械", size="small") for c in codes)
    path = tmp_path / "monthly_indicators.csv"
    peaks = {}
    for rows in (SMALL, LARGE):
        with path.open("w") as file:
            file.writelines(lines(codes, rows))
        told = imported(path)
        peaks[rows] = told["peak_kb"]
        count = told["counts"]["monthly_indicators"]
        assert (count["read"], count["rejected"]) == (rows, 0)
    assert MonthlyIndicator.objects.count() == LARGE
    assert peaks[LARGE] - peaks[SMALL] < MOST_GROWTH_KB
    assert peaks[LARGE] < MOST_KB
