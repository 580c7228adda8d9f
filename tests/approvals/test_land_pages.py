"""Pages of land: staff look and begin, enterprises see their own cases in plain words and nothing else."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from approvals.models import LandApproval, Parcel, Project, Recovery
from tests.approvals.building import do, make_office, open_project
from tests.approvals.land import (
    begin_land_approval,
    begin_recovery,
    idle_parcel,
    line,
    make_parcel,
    recovery_data,
    track,
)
from tests.approvals.test_land_recovery import SPRING, agreed
from tests.pages.test_pages import browser
from tests.people import MONDAY, at

pytestmark = pytest.mark.django_db
PAGES = ("approvals:parcel_list", "approvals:parcel_match", "approvals:land_task_list")


def shown(user: Any, name: str, *args: Any, query: str = "", language: str = "zh-hans") -> str:
    answer = browser(user, language).get(reverse(name, args=args) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_parcels_are_found_by_word_status_and_area(park: SimpleNamespace) -> None:
    make_parcel("A-1", "10")
    make_parcel("B-2", "30", "in_use", holder=park.theirs)
    idle_parcel(park, "C-3")
    found = {
        "?q=云栖": ["B-2"],
        "?status=available": ["A-1"],
        "?least=20&most=50": ["B-2"],
        "?q=号地块": ["A-1", "B-2", "C-3"],
        "?q=无此地块": [],
        "?status=nonsense&least=x": ["A-1", "B-2", "C-3"],
    }
    for query, codes in found.items():
        page = shown(park.handler, "approvals:parcel_list", query=query)
        assert [code for code in ("A-1", "B-2", "C-3") if f">{code}<" in page] == codes, query


def test_paging_walks_every_parcel_once_in_both_directions(park: SimpleNamespace) -> None:
    for n in range(65):
        make_parcel(f"P-{n:03}")
    client, seen, address = browser(park.handler), [], reverse("approvals:parcel_list")
    pages = []
    query = "?status=available"
    while query:
        answer: Any = client.get(address + query)
        rows = [parcel.code for parcel, _light, _words in answer.context["rows"]]
        pages.append(rows)
        seen += rows
        query, earlier = answer.context["later"], answer.context["earlier"]
    assert seen == [f"P-{n:03}" for n in range(65)]
    back: Any = client.get(address + earlier)
    assert [parcel.code for parcel, _light, _words in back.context["rows"]] == pages[-2]


def test_the_map_shows_those_whose_place_is_known(park: SimpleNamespace) -> None:
    make_parcel("A-1", longitude="112.91", latitude="27.87")
    corners = [[112.92, 27.88], [112.93, 27.88], [112.93, 27.87]]
    make_parcel("B-2", "30", "in_use", outline=corners)
    make_parcel("C-3")
    page: Any = browser(park.handler).get(reverse("approvals:parcel_list"))
    assert [shape.parcel.code for shape in page.context["shapes"]] == ["A-1", "B-2"]
    assert "B-2 B-2 号地块, 在用" in page.content.decode()
    for shape in page.context["shapes"]:
        assert 0 <= shape.x <= 720
        assert 0 <= shape.y <= 360


def test_a_parcel_says_what_became_of_it(park: SimpleNamespace) -> None:
    parcel = idle_parcel(park)
    case = begin_recovery(park, parcel)
    do(park.handler, agreed(park, case), "hand_over", SPRING, delivered_on="2027-02-24")
    page = shown(park.handler, "approvals:parcel_view", parcel.pk)
    for words in (
        "提前 126 天交付",
        "116.40",
        "77600 m²",
        "4,400\N{NO-BREAK SPACE}万元",
        "协议收回",
        case.number,
    ):
        assert words in page, words
    # Idle, being recovered, recovered: its history, the youngest first.
    answer: Any = browser(park.handler).get(reverse("approvals:parcel_view", args=[parcel.pk]))
    assert len(answer.context["history"]) == 3
    english = shown(park.handler, "approvals:parcel_view", parcel.pk, language="en")
    assert "handed over 126 days early" in english


@pytest.mark.parametrize("name", PAGES)
def test_land_is_for_staff(park: SimpleNamespace, name: str) -> None:
    assert browser(park.owner).get(reverse(name)).status_code == 403
    for language in ("zh-hans", "en"):
        shown(park.handler, name, language=language)


def test_the_land_office_begins_a_recovery_by_page(park: SimpleNamespace) -> None:
    parcel = idle_parcel(park)
    address = reverse("approvals:recovery_open", args=[parcel.pk])
    for person, status in ((park.owner, 403), (park.steward, 403), (park.leader, 403)):
        assert browser(person).get(address).status_code == status
        assert browser(person).post(address, recovery_data(parcel)).status_code == status
    client = browser(park.handler)
    wrong = client.post(address, recovery_data(parcel, planned_delivery_on="2020-01-01"))
    assert wrong.status_code == 422
    assert "合同约定开工日已过" in wrong.content.decode()
    token = "00000000-0000-4000-8000-000000000001"
    data = recovery_data(parcel, planned_delivery_on="2099-01-01", token=token)
    first, second = client.post(address, data), client.post(address, data)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Recovery.objects.count() == 1


def test_a_land_approval_is_begun_by_page_and_its_lines_show(park: SimpleNamespace) -> None:
    parcel = make_parcel("BP-1")
    client = browser(park.handler)
    assert client.post(reverse("approvals:land_approval_open", args=[parcel.pk])).status_code == 302
    case = LandApproval.objects.get().case
    do(park.handler, case, "add_lines", MONDAY, **line("勘测定界", park.team["development"], "2026-11-18"))
    page = shown(park.handler, "approvals:land_task_list")
    assert "勘测定界" in page
    assert "BP-1" in page
    assert "勘测定界" not in shown(park.steward, "approvals:land_task_list")


def test_a_parcel_is_assigned_from_the_page_that_matches(park: SimpleNamespace) -> None:
    office = make_office(park)
    case = open_project(park, office, land_mu="15.5")
    parcel = make_parcel("HD-01")
    make_parcel("HD-02", "12")
    page = shown(office.clerk, "approvals:parcel_match")
    assert "需 15.5 亩，余 4.5 亩" in page
    assert "HD-02" not in page
    back = reverse("approvals:parcel_match")
    answer = browser(office.clerk).post(
        reverse("cases:case_perform", args=[case.pk, "assign_parcel"]), {"parcel": parcel.pk, "next": back}
    )
    assert answer["Location"].startswith(back)
    assert Project.objects.get(pk=case.pk).parcel == parcel
    assert "没有等地的项目" in shown(office.clerk, "approvals:parcel_match")


def test_the_holder_reads_its_case_without_the_figures_of_the_talks(park: SimpleNamespace) -> None:
    case = begin_recovery(park, idle_parcel(park))
    do(park.handler, case, "begin_agreement", MONDAY)
    found = track(case, "agreement")
    do(park.handler, found, "value", MONDAY, valued_amount="45000001", valued_by="示范评估公司")
    do(park.handler, found, "note_talk", MONDAY, note="底价不超过四千五百万")
    do(park.handler, found, "propose_price", MONDAY, amount="44000002")
    inside = shown(park.handler, "cases:case_view", found.pk)
    outside = shown(park.owner, "cases:case_view", found.pk) + shown(park.owner, "cases:case_view", case.pk)
    for secret in ("4,500.0001", "4,400.0002", "底价不超过"):
        assert secret in inside
        assert secret not in outside
    assert "园区正在审定价格" in outside
    assert browser(park.rival).get(reverse("cases:case_view", args=[found.pk])).status_code == 404


def test_the_minutes_show_on_the_land_approval(park: SimpleNamespace) -> None:
    case = begin_land_approval(park, make_parcel("BP-1"))
    minutes = {"held_on": "2026-11-16", "present": "开发建设局", "decided": "本周完成组卷"}
    do(park.handler, case, "hold_dispatch", MONDAY, **minutes)
    assert "本周完成组卷" in shown(park.handler, "cases:case_view", case.pk)


def test_an_outline_that_is_none_is_refused_in_the_register(park: SimpleNamespace) -> None:
    parcel = make_parcel("A-1")
    client = browser(park.administrator)
    address = reverse("admin:approvals_parcel_change", args=[parcel.pk])
    seen: Any = client.get(address)
    data = {
        "seen": seen.context["seen"],
        "code": "A-1",
        "name": "一号",
        "area_mu": "20",
        "status": "available",
    }
    wrong = client.post(address, {**data, "outline": "[[1, 2], [3, 400], [5, 6]]"})
    assert wrong.status_code == 200
    assert "角点" in wrong.content.decode()
    assert client.post(address, {**data, "outline": "[[1, 2], [3, 40], [5, 6]]"}).status_code == 302
    assert Parcel.objects.get().outline == [[1, 2], [3, 40], [5, 6]]
    assert len(Parcel.pgh_event_model.objects.filter(pgh_obj=parcel.pk)) == 2  # type: ignore[attr-defined]


def test_the_checklist_says_whose_each_line_is_and_how_it_stands(park: SimpleNamespace) -> None:
    case = begin_land_approval(park, make_parcel("BP-1"))
    both = line("勘测定界", park.team["development"], "2026-11-18") | line(
        "组卷上报", park.team["development"], "2026-12-18", 2
    )
    do(park.handler, case, "add_lines", MONDAY, **both)
    with time_machine.travel(at("2026-11-20 10:00"), tick=False):
        html = " ".join(shown(park.handler, "cases:case_view", case.pk).split())
    first, second = html.split("勘测定界")[1], html.split("组卷上报")[1]
    assert '<span class="light late">' in first[:900]
    assert '<span class="light ok">' in second[:900]
    assert "2026-12-18" in second[:900]


def test_a_line_that_is_reported_is_late_no_more(park: SimpleNamespace) -> None:
    case = begin_land_approval(park, make_parcel("BP-1"))
    do(park.handler, case, "add_lines", MONDAY, **line("勘测定界", park.team["development"], "2026-11-18"))
    task = case.children.get()
    with time_machine.travel(at("2026-11-20 10:00"), tick=False):
        assert "晚 2 天" in shown(park.handler, "approvals:land_task_list")
        do(park.handler, task, "report", at("2026-11-20 10:00"), result="已办理")
        html = shown(park.handler, "approvals:land_task_list")
    assert "勘测定界" in html
    assert "晚 2 天" not in html
