"""The library of policies for programs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from funds.models import Policy
from tests.api.conftest import Program, program
from tests.funds.building import make_office, make_policy
from tests.people import MONDAY

pytestmark = pytest.mark.django_db
POLICIES = "policies/"


@pytest.fixture
def known(park: SimpleNamespace, time_machine: Any) -> list[Policy]:
    time_machine.move_to(MONDAY, tick=False)
    office = make_office(park)
    return [
        make_policy(office, "A", title="研发奖补", level="city", summary="研发").policy,
        make_policy(office, "B", closes_on="2026-01-31", criteria=[("industry", "is", ["电池"])]).policy,
        make_policy(office, "C", delivery="automatic", materials=["报告"]).policy,
    ]


def codes(asker: Program, query: str = "") -> list[str]:
    return [row["code"] for row in asker.get(f"{POLICIES}{query}").json()["results"]]


@pytest.mark.parametrize("role", ["owner", "rival", "handler", "leader", "administrator"])
def test_everybody_who_has_signed_in_reads_them(
    park: SimpleNamespace, known: list[Policy], role: str
) -> None:
    assert codes(program(getattr(park, role), ["read"])) == ["A", "B", "C"]
    assert Program().get(POLICIES).status_code == 401


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=研发 A", ["A"]), ("?level=city", ["A"]), ("?delivery=automatic", ["C"]), ("?kind=subsidy", []),
        ("?open=true", ["A", "C"]), ("?industry=材料", ["A", "C"]), ("?industry=电池", ["A", "B", "C"]),
    ],
)  # fmt: skip
def test_filters(park: SimpleNamespace, known: list[Policy], query: str, found: list[str]) -> None:
    assert codes(program(park.owner, ["read"]), query) == found


@pytest.mark.parametrize("query", ["?level=nowhere", "?open=1", "?size=5", "?after=x"])
def test_a_wrong_parameter_is_told(park: SimpleNamespace, known: list[Policy], query: str) -> None:
    assert program(park.owner, ["read"]).get(f"{POLICIES}{query}").status_code == 400


def test_pages_walk_over_all_and_one_says_everything(park: SimpleNamespace, known: list[Policy]) -> None:
    asker, seen, address = program(park.owner, ["read"]), [], f"{POLICIES}?limit=1"
    while address:
        page = asker.get(address).json()
        seen += [row["code"] for row in page["results"]]
        address = (page["next"] or "").removeprefix("/api/v1/")
    assert seen == ["A", "B", "C"]
    one = asker.get(f"{POLICIES}{known[1].pk}/").json()
    assert one["criteria"] == [
        {
            "position": 1,
            "group": 0,
            "fact": "industry",
            "operator": "is",
            "values": ["电池"],
            "hint": "",
            "hint_en": "",
        }
    ]
    assert (one["rate"], one["cap_amount"], one["team"]) == ("0.100000", "200000.00", "科创局")
    Policy.objects.filter(pk=known[1].pk).update(active=False)
    assert asker.get(f"{POLICIES}{known[1].pk}/").status_code == 404
