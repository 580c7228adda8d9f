"""What enterprises could have had and never asked for, out of rows, and opening to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from funds import matching
from tests.funds.building import MONDAY, do, file_claim, make_office, make_policy
from tests.funds.test_plan_pages import signed_in, text_of

pytestmark = pytest.mark.django_db
AFTER = MONDAY + timedelta(days=30)
KEY = "funds.never_claimed"
YEAR = "date_from=2026-01-01&date_to=2026-12-31"


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(MONDAY, tick=False) as moment:
        yield moment


def seen(park: SimpleNamespace, query: str = YEAR) -> set[tuple[str, str]]:
    """The rows as the API tells them; their number is the figure."""
    client = signed_in(park.leader)
    figures = client.get(f"/api/v1/indicators/?{query}").json()["results"]
    [value] = [figure["value"] for figure in figures if figure["key"] == KEY]
    rows = client.get(f"/api/v1/indicators/{KEY}/rows/?{query}").json()["results"]
    assert int(value) == len(rows)
    return {(cells[0], cells[1]) for cells in (list(row["cells"].values()) for row in rows)}


def test_what_fits_was_open_and_was_not_claimed_is_counted_row_by_row(
    park: SimpleNamespace, office: SimpleNamespace, clock: Any
) -> None:
    for enterprise in (park.ours, park.theirs):
        enterprise.size = "small"
        enterprise.save()
    small = [("size", "in", ["small"])]
    closing = make_policy(office, "A", closes_on="2026-11-30", criteria=small)
    make_policy(office, "OPEN", criteria=small)
    make_policy(office, "BIG", closes_on="2026-11-30", criteria=[("size", "in", ["large"])])
    make_policy(office, "LATER", closes_on="2027-11-30", criteria=small)
    drafted = make_policy(office, "D", closes_on="2026-11-30", criteria=small)
    taken = file_claim(park, closing)
    file_claim(park, drafted, signs=False)
    matching.match_all(MONDAY)
    assert seen(park) == set()  # the window is open still
    clock.move_to(AFTER)
    matching.match_all(AFTER)
    titles = {(row[0], row[1]) for row in seen(park)}
    ours, theirs = park.ours.name, park.theirs.name
    assert {row for row in titles if row[0].endswith(" D")} == {("研发奖补 D", ours), ("研发奖补 D", theirs)}
    assert {row for row in titles if row[0].endswith(" A")} == {("研发奖补 A", theirs)}
    assert not {row for row in titles if row[0].split()[-1] in ("OPEN", "BIG", "LATER")}
    assert seen(park, "date_from=2026-12-01&date_to=2026-12-31") == set()
    # What was filed was asked for, also when it is withdrawn; who came later could not have asked.
    do(park.owner, taken, "withdraw", AFTER)
    park.theirs.settled_on = "2026-12-05"
    park.theirs.save()
    assert seen(park) == {("研发奖补 D", ours)}


def test_its_page_opens_to_the_rows_within_few_statements(
    park: SimpleNamespace, office: SimpleNamespace, clock: Any
) -> None:
    for n in range(3):
        make_policy(office, f"P{n}", closes_on="2026-11-30")
    clock.move_to(AFTER)
    matching.match_all(AFTER)
    address = f"/reports/{KEY}/rows/?{YEAR}"
    client, counts = signed_in(park.leader), []
    for more in (0, 5):
        for n in range(more):
            make_policy(office, f"Q{n}", closes_on="2026-11-30")
        matching.match_all(AFTER)
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            page = text_of(client.get(address))
        counts.append(len(asked))
        assert "应享未享" in page
        assert park.theirs.name in page
    assert counts[0] == counts[1] <= 12
    head = text_of(signed_in(office.head).get(address))
    assert "研发奖补 P0" in head
