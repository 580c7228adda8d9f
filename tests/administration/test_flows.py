"""Pages of flows: a drawing from the declaration, live counts, lists within sight."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import pytest
from django.urls import reverse

from portal.administration import diagram
from portal.cases.declaration import FLOWS
from tests.pages.test_pages import browser
from tests.people import MONDAY, actor, at, file_request, filing, handled

pytestmark = pytest.mark.django_db
KINDS = sorted(FLOWS)
REQUEST = "stations.request"


@pytest.mark.parametrize("kind", KINDS)
def test_every_flow_is_drawn_without_boxes_over_one_another_or_outside(kind: str) -> None:
    drawn = diagram.draw(FLOWS[kind])
    places = {(box.x, box.y) for box in drawn.boxes}
    assert len(places) == len(FLOWS[kind].steps)
    for box in drawn.boxes:
        assert 0 <= box.x <= drawn.width - diagram.BOX_W
        assert 0 <= box.y <= drawn.height - box.h
    for edge in drawn.edges:
        points = [tuple(map(int, point.split(","))) for point in edge.points.split()]
        assert all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in points)


@pytest.mark.parametrize("kind", KINDS)
def test_no_line_crosses_a_box_that_it_does_not_join(kind: str) -> None:
    drawn = diagram.draw(FLOWS[kind])
    for edge in drawn.edges:
        points = [tuple(map(int, point.split(","))) for point in edge.points.split()]
        for (x1, y1), (x2, y2) in itertools.pairwise(points):
            for box in drawn.boxes:
                if box in (edge.source, edge.target):
                    continue
                apart = (
                    max(x1, x2) <= box.x
                    or min(x1, x2) >= box.end
                    or max(y1, y2) <= box.y
                    or min(y1, y2) >= box.below
                )
                assert apart, (edge.names, box.step.name)


@pytest.mark.parametrize("kind", KINDS)
def test_no_label_lies_on_another(kind: str) -> None:
    drawn = diagram.draw(FLOWS[kind])
    labels = [(edge.label, edge.label_x, edge.label_y, edge.anchor) for edge in drawn.edges if edge.label] + [
        (text, x, y, "end") for text, x, y in drawn.notes
    ]
    spans = [
        (text, x - (w if anchor == "end" else 0), x + (0 if anchor == "end" else w), y)
        for text, x, y, anchor in labels
        for w in [diagram._wide(text)]
    ]
    for (one, left, right, y), (other, left2, right2, y2) in itertools.combinations(spans, 2):
        assert abs(y - y2) >= 12 or right <= left2 or right2 <= left, (one, other)


def test_layers_follow_the_longest_way() -> None:
    layers = {box.step.name: box.layer for box in diagram.draw(FLOWS[REQUEST]).boxes}
    assert layers["received"] == 0
    order = ["received", "triage", "signing", "planning", "handling", "feedback", "verifying", "closed"]
    assert [layers[name] for name in order] == sorted(layers[name] for name in order)


def test_the_page_counts_open_cases_by_step_and_light(park: SimpleNamespace) -> None:
    handled(park)
    handled(park, at("2026-11-09 09:00"))
    page = browser(park.auditor).get(reverse("administration:flow_view", args=[REQUEST]))
    line = next(m for m in page.context["steps"] if m["step"].name == "handling")
    assert line["open"] == 2
    assert "办理中" in page.content.decode()
    assert 'href="/administration/flows/stations.request/handling/"' in page.content.decode()


def test_an_administrator_sees_numbers_and_no_cases(park: SimpleNamespace) -> None:
    handled(park)
    client = browser(park.administrator)
    page = client.get(reverse("administration:flow_view", args=[REQUEST])).content.decode()
    assert "/flows/stations.request/handling/" not in page
    listed = client.get(reverse("administration:flow_cases", args=[REQUEST, "handling"]))
    assert listed.context["rows"] == []


def test_lists_and_counts_of_others_hold_only_what_they_see(park: SimpleNamespace) -> None:
    handled(park)
    data = filing(park, category="conduct", accused_team=park.team["development"].pk)
    from portal.cases import engine

    engine.open_case(REQUEST, by=actor(park.owner), enterprise=park.ours, data=data, now=MONDAY)
    address = reverse("administration:flow_cases", args=[REQUEST, "received"])
    assert browser(park.auditor).get(address).context["rows"] == []
    assert len(browser(park.inspector).get(address).context["rows"]) == 1
    other = reverse("administration:flow_view", args=[REQUEST])
    lines = browser(park.other_steward).get(other).context["steps"]
    assert sum(line["open"] for line in lines) == 0


def test_enterprises_have_no_business_here_and_unknown_flows_do_not_exist(park: SimpleNamespace) -> None:
    file_request(park)
    assert browser(park.owner).get(reverse("administration:flow_list")).status_code == 403
    client = browser(park.administrator)
    assert client.get(reverse("administration:flow_list")).status_code == 200
    assert client.get("/administration/flows/nonsense/").status_code == 404
    assert client.get(f"/administration/flows/{REQUEST}/nonsense/").status_code == 404
