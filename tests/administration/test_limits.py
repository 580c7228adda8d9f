"""Limits and ladders: rungs come and go, versions compare, open cases keep theirs, days of start hold."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from portal.cases import standards
from portal.cases.models import ServiceStandard
from tests.pages.test_pages import browser
from tests.people import at, handled

pytestmark = pytest.mark.django_db
KIND = "stations.request"
ADDRESS = "/administration/standards/stations.request/"


def filled(client: Client) -> dict[str, Any]:
    """The form as the page shows it, with a reason."""
    page = client.get(ADDRESS)
    form = page.context["form"]
    data = {name: field.initial for name, field in form.fields.items() if name != "note"}
    return {**data, "note": "调整", "version": str(page.context["newest"])}


def ladder(version: int) -> list[tuple[str, int, str, int]]:
    row = ServiceStandard.objects.get(kind=KIND, version=version)
    return [(r.holder, r.level, r.trigger, r.offset_days) for r in row.rungs.order_by("holder", "level")]


def test_a_rung_is_added_and_takes_its_place_by_when_it_comes(park: SimpleNamespace) -> None:
    standards.seed_all()
    client = browser(park.administrator)
    data = filled(client)
    spare = len(ladder(1))
    data |= {f"tells_{spare}": ["heads"], f"offset_{spare}": "2"}
    assert client.post(ADDRESS, data).status_code == 302
    department = [line[1:] for line in ladder(2) if line[0] == "department"]
    assert [(level, offset) for level, _t, offset in department] == [
        (1, 0), (2, 0), (3, 1), (4, 2), (5, 3), (6, 5), (7, 10),
    ]  # fmt: skip


def test_a_rung_is_removed(park: SimpleNamespace) -> None:
    standards.seed_all()
    client = browser(park.administrator)
    data = filled(client)
    last = next(n for n, line in enumerate(ladder(1)) if line[3] == 10)
    assert client.post(ADDRESS, {**data, f"remove_{last}": "on"}).status_code == 302
    assert len(ladder(2)) == len(ladder(1)) - 1
    assert all(line[3] != 10 for line in ladder(2))


def test_a_rung_that_tells_nobody_or_warns_twice_is_refused(park: SimpleNamespace) -> None:
    standards.seed_all()
    client = browser(park.administrator)
    data = filled(client)
    assert client.post(ADDRESS, {**data, "tells_0": []}).status_code == 422
    assert client.post(ADDRESS, {**data, "trigger_1": "warn"}).status_code == 422
    assert ServiceStandard.objects.filter(kind=KIND).count() == 1


def test_a_version_holds_from_its_day_on(park: SimpleNamespace) -> None:
    with time_machine.travel(at("2026-11-16 09:00"), tick=False):
        standards.seed_all()
        client = browser(park.administrator)
        data = filled(client)
        assert client.post(ADDRESS, {**data, "starts_on": "2026-11-01"}).status_code == 422
        assert client.post(ADDRESS, {**data, "starts_on": "2026-11-18"}).status_code == 302
        assert [v["state"] for v in client.get(ADDRESS).context["versions"]] == ["ahead", "now"]
        assert handled(park).standard.version == 1
    with time_machine.travel(at("2026-11-18 09:00"), tick=False):
        assert handled(park, at("2026-11-18 09:00")).standard.version == 2
        page = browser(park.administrator, "en").get(ADDRESS)
        assert [(v["state"], v["open"]) for v in page.context["versions"]] == [("now", 1), ("past", 1)]
        assert "1 open case keeps it" in page.content.decode()


def test_versions_are_compared_side_by_side(park: SimpleNamespace) -> None:
    standards.seed_all()
    client = browser(park.administrator)
    data = filled(client)
    n = next(
        i for i, m in enumerate(client.get(ADDRESS).context["form"].limits) if (m.step, m.grade) == ("", "")
    )
    client.post(ADDRESS, {**data, f"amount_{n}": "3"})
    address = reverse("administration:standard_compare", args=[KIND])
    page = client.get(f"{address}?old=1&new=2")
    differing = [line for line in page.context["limits"] if line["differs"]]
    assert [(line["old"], line["new"]) for line in differing] == [("5 个工作日", "3 个工作日")]
    assert not any(line["differs"] for line in page.context["rungs"])
    for wrong in ("", "?old=1&new=9", "?old=x&new=2"):
        assert client.get(address + wrong).status_code == 404
