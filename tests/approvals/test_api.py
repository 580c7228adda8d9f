"""The catalogue and the windows for programs."""

from __future__ import annotations

import base64
import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import ComprehensiveWindow
from tests.api.conftest import Program, program
from tests.approvals.catalogue import make_catalogue, make_item

pytestmark = pytest.mark.django_db
ITEMS, WINDOWS = "service-items/", "windows/"


@pytest.fixture
def known(park: SimpleNamespace) -> SimpleNamespace:
    return make_catalogue(park)


def codes(asker: Program, query: str = "") -> list[str]:
    return [row["code"] for row in asker.get(f"{ITEMS}{query}").json()["results"]]


@pytest.mark.parametrize("role", ["owner", "rival", "handler", "leader", "administrator"])
def test_everybody_who_has_signed_in_reads_it(
    park: SimpleNamespace, known: SimpleNamespace, role: str
) -> None:
    asker = program(getattr(park, role), ["read"])
    assert codes(asker) == ["KG-012", "QT-002"]
    assert [w["code"] for w in asker.get(WINDOWS).json()["results"]] == ["window_project", "window_start"]


def test_nobody_reads_it_without(known: SimpleNamespace) -> None:
    for path in (ITEMS, f"{ITEMS}{known.permit.pk}/", WINDOWS):
        assert Program().get(path).status_code == 401


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=施工", ["KG-012"]),
        ("?code=QT-002", ["QT-002"]),
        ("?stage=other", ["QT-002"]),
        ("?window=window_project", ["KG-012"]),
        ("?window=nowhere", []),
        ("?delegated=true", ["KG-012"]),
        ("?delegated=false", ["QT-002"]),
        ("?sort=-code", ["QT-002", "KG-012"]),
        ("?sort=name", ["QT-002", "KG-012"]),
        ("?sort=-name", ["KG-012", "QT-002"]),
    ],
)
def test_filters_and_orders(
    park: SimpleNamespace, known: SimpleNamespace, query: str, found: list[str]
) -> None:
    assert codes(program(park.owner), query) == found


def test_the_items_of_a_team(park: SimpleNamespace, known: SimpleNamespace) -> None:
    assert codes(program(park.owner), f"?team={park.team['development'].pk}") == ["KG-012"]


@pytest.mark.parametrize(
    "query", ["?sort=team__leader", "?stage=x", "?delegated=1", "?unknown=1", "?limit=0", "?q=%00", "?team=x"]
)
def test_what_is_not_on_the_list_is_refused(
    park: SimpleNamespace, known: SimpleNamespace, query: str
) -> None:
    answer = program(park.owner).get(f"{ITEMS}{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"]


@pytest.mark.parametrize("order", ["code", "-code", "name", "-name"])
def test_pages_go_through_everything_once(park: SimpleNamespace, order: str) -> None:
    for n in range(7):
        make_item(f"KG-{n:03}", name=f"事项{n % 3}")
    asker, path, seen = program(park.owner), f"{ITEMS}?limit=3&sort={order}", []
    while path:
        body = asker.get(path).json()
        seen += [(row["code"] if "code" in order else row["name"], row["id"]) for row in body["results"]]
        path = (body["next"] or "").removeprefix("/api/v1/")
    assert len(seen) == len({pk for _value, pk in seen}) == 7
    assert seen == sorted(seen, reverse=order.startswith("-"))


@pytest.mark.parametrize(
    "mark",
    [
        ["name", "x", 1],
        ["code", 1, 1],
        ["code", "x"],
        ["code", "x\x00", 1],
        ["code", "\ud800", 1],
        ["code", "x", -1],
    ],
)
def test_a_cursor_that_was_not_given_out_here_is_refused(park: SimpleNamespace, mark: list[Any]) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(mark).encode()).decode().rstrip("=")
    assert program(park.owner).get(f"{ITEMS}?after={cursor}").status_code == 400


def test_one_item_says_all_that_the_guide_says(park: SimpleNamespace, known: SimpleNamespace) -> None:
    body = program(park.owner).get(f"{ITEMS}{known.permit.pk}/").json()
    assert body["team"] == {
        "id": park.team["development"].pk, "code": "development", "name": "开发建设局", "name_en": "",
    }  # fmt: skip
    assert (body["statutory_days"], body["statutory_unit"]) == (7, "cd")
    assert (body["promised_days"], body["promised_unit"]) == (1, "wd")
    assert (body["is_delegated"], body["mode"], body["is_default"]) == (True, "granted", False)
    assert [window["code"] for window in body["windows"]] == ["window_project"]
    first, second = body["materials"]
    assert first["form"] == f"/approvals/forms/{known.application.pk}/"
    assert (second["form"], second["is_key"], second["copies"]) == (None, False, 2)
    ComprehensiveWindow.objects.update(active=False)
    assert program(park.owner).get(f"{ITEMS}{known.permit.pk}/").json()["windows"] == []
    assert program(park.owner).get(f"{ITEMS}{known.gone.pk}/").status_code == 404


def test_a_list_costs_the_same_however_long(park: SimpleNamespace, known: SimpleNamespace) -> None:
    asker = program(park.owner)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            asker.get(ITEMS)
        return len(queries)

    cost()
    before = cost()
    for n in range(30):
        make_item(f"KG-1{n:02}")
    assert cost() == before
