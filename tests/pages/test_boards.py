"""Boards of those who lead: every number opens its cases."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from portal.cases import watch
from portal.park.models import Team
from tests.pages.test_pages import browser
from tests.people import at, file_request, handled

pytestmark = pytest.mark.django_db
LATE = at("2026-12-01 09:00")


def titles(page: str) -> list[str]:
    return re.findall(r'<a class="t"[^>]*>([^<]+)<', page)


def test_each_tile_and_each_number_of_the_load_opens_its_cases(park: SimpleNamespace) -> None:
    handled(park, title="迟了的")
    file_request(park, title="没人领的")
    watch.sweep(LATE)
    client = browser(park.leader)
    board = client.get("/team/").content.decode()
    tiles = dict(re.findall(r'class="card tile"\s+href="(\?show=\w+)".*?class="v">(\d+)<', board, re.S))
    assert set(tiles) == {f"?show={name}" for name in ("open", "late", "soon", "unclaimed", "unnoted")}
    for query, count in tiles.items():
        assert len(titles(client.get(f"/team/{query}").content.decode())) == int(count)
    assert "没人领的" in titles(client.get("/team/?show=unclaimed").content.decode())
    numbers = re.findall(r'href="(\?show=\w+&amp;team=\d+&amp;who=\w+)">(\d+)<', board)
    assert sum(int(count) for query, count in numbers if "show=open" in query) == int(tiles["?show=open"])
    for query, count in numbers:
        opened = client.get("/team/" + query.replace("&amp;", "&")).content.decode()
        assert len(titles(opened)) == int(count), query


@pytest.mark.parametrize(
    "query", ["?show=x", "?team=9&who=", "?team=x&who=1", "?who=²&team=²", "?after=1,2", "?level=²"]
)
def test_hostile_addresses_show_the_plain_board(park: SimpleNamespace, query: str) -> None:
    for page in ("/team/", "/escalations/"):
        assert browser(park.leader).get(page + query).status_code == 200


def test_a_case_that_climbs_stands_once_on_the_list_with_its_level(park: SimpleNamespace) -> None:
    case = handled(park, title="越级的")
    for day in ("2026-11-24 09:00", "2026-11-25 09:00", "2026-12-01 09:00"):
        watch.sweep(at(day))
    case.refresh_from_db()
    assert case.alert_level > 2
    client = browser(park.supervisor)
    page = client.get("/escalations/").content.decode()
    climbed = page[page.index('id="climbed"') :]
    assert titles(climbed).count("越级的") == 1
    assert titles(client.get(f"/escalations/?level={case.alert_level}").content.decode())[-1] == "越级的"
    assert "越级的" not in titles(client.get("/escalations/?level=2").content.decode())


def test_the_timeline_names_the_level_to_staff_only(park: SimpleNamespace) -> None:
    case = handled(park)
    watch.sweep(at("2026-11-24 09:00"))
    assert "第 2 级" in browser(park.handler).get(f"/cases/{case.pk}/").content.decode()
    assert "第 2 级" not in browser(park.owner).get(f"/cases/{case.pk}/").content.decode()


def test_names_follow_the_readers_language_and_the_record_keeps_the_parks(park: SimpleNamespace) -> None:
    Team.objects.filter(code="development").update(name_en="Development Bureau")
    case = handled(park)
    english = browser(park.handler, "en").get(f"/cases/{case.pk}/").content.decode()
    assert "Development Bureau" in english
    assert "Development Bureau" not in browser(park.handler).get(f"/cases/{case.pk}/").content.decode()
    browser(park.handler, "en").post(
        f"/cases/{case.pk}/op/transfer/", {"to_team": park.team["enterprise_service"].pk, "reason": "x"}
    )
    browser(park.service, "en").post(f"/cases/{case.pk}/op/accept_transfer/")
    event = case.events.get(verb="transfer_accepted")
    assert event.data["public"]["team"] == "企业服务中心"
