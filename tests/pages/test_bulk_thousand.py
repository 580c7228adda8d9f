"""A thousand cases in one batch, 37 of them not allowed: what is shown is what is done, and it can be undone."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from portal.cases import bulk, engine
from portal.cases.models import Batch, Case, Event
from portal.ledgers.importing import import_path
from tests.pages.test_bulk import begin, page
from tests.pages.test_pages import browser
from tests.people import MONDAY, actor, works_in

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
ALL, REFUSED = 1000, 37


def open_requests(park: SimpleNamespace, folder: Path) -> list[Case]:
    """Requests that came to the first station, by ledger: the quickest honest way to have a thousand."""
    head = "number,uscc,station_code,category,channel,title,received_at\n"
    row = f"{{0:04}},{park.ours.uscc},jinrong,utilities,station,移交 {{0}},2026-11-16 09:00\n"
    (folder / "requests.csv").write_text(head + "".join(row.format(n) for n in range(ALL)), encoding="utf-8")
    assert import_path(folder).written
    return list(Case.objects.order_by("pk"))


def test_a_thousand_are_moved_but_for_those_that_may_not_be(park: SimpleNamespace, tmp_path: Path) -> None:
    here, there = park.team["jinrong"], park.team["zhongnan"]
    works_in(park.station_head, there, "head")
    cases = open_requests(park, tmp_path)
    elsewhere = {"to_team": park.team["development"].pk, "reason": "x"}
    offered = {case.pk for case in cases[:: ALL // REFUSED][:REFUSED]}
    for pk in offered:
        engine.transfer(pk, by=actor(park.station_head), data=elsewhere, now=MONDAY)
    client = browser(park.station_head)

    address = begin(client, "transfer", "view=team", to_team=there.pk, reason="片区调整")
    batch = Batch.objects.get()
    bulk.work(batch.pk, now=MONDAY)  # so many are the worker's
    assert f"{ALL - REFUSED} 件将办理" in page(client, address)
    excluded = set(batch.items.filter(state="excluded").values_list("case", flat=True))
    assert excluded == offered
    assert set(Case.objects.values_list("team", flat=True)) == {here.pk}, "the check leaves nothing behind"

    client.post(f"{address}run/")
    bulk.work(batch.pk, now=MONDAY)
    moved = set(Case.objects.filter(team=there).values_list("pk", flat=True))
    assert moved == {case.pk for case in cases} - offered
    assert len(moved) == ALL - REFUSED
    recorded = Event.objects.filter(data__batch=str(batch.pk))
    assert set(recorded.values_list("case", flat=True)) == moved
    assert recorded.filter(verb="transfer_accepted").count() == len(moved)

    client.post(f"{address}undo/")
    bulk.work(batch.pk, now=MONDAY)
    assert set(Case.objects.values_list("team", flat=True)) == {here.pk}
    assert batch.items.filter(state="undone").count() == ALL - REFUSED
