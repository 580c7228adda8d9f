"""The memory that an import needs does not grow with its rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.bench.ledger_budgets import codes, imported, monthly_indicators
from portal.park.models import Enterprise, MonthlyIndicator

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
SMALL, LARGE = 5_000, 30_000
# A kept row would cost 500 bytes and more: 12 MB for the rows that the large file has more. (A million
# rows are measured by the benchmark.)
MOST_GROWTH_KB = 5 * 1024
MOST_KB = 300 * 1024


def test_many_times_the_rows_need_no_more_memory(tmp_path: Path) -> None:
    usccs = codes(2000)
    Enterprise.objects.bulk_create(Enterprise(uscc=c, name=c, industry="机械", size="small") for c in usccs)
    paths = []
    for rows in (SMALL, LARGE):
        paths.append(tmp_path / str(rows) / "monthly_indicators.csv")
        paths[-1].parent.mkdir()
        with paths[-1].open("w") as file:
            file.writelines(monthly_indicators(usccs, rows))
    small, large = imported(*paths)
    for told, rows in ((small, SMALL), (large, LARGE)):
        count = told["counts"]["monthly_indicators"]
        assert (told["written"], count["read"], count["rejected"]) == (True, rows, 0)
    assert MonthlyIndicator.objects.count() == LARGE
    assert large["peak_kb"] - small["peak_kb"] < MOST_GROWTH_KB
    assert large["peak_kb"] < MOST_KB
