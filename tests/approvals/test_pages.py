"""The guide, as anybody, an enterprise and staff read it; and its blank forms."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.models import ComprehensiveWindow, Intake, Material, ServiceItem
from portal.cases import drafts
from portal.park.models import Agency
from tests.approvals.building import do, make_office, open_project, permit
from tests.approvals.catalogue import make_catalogue, make_item
from tests.pages.test_pages import PDF, browser
from tests.people import MONDAY, at

pytestmark = pytest.mark.django_db
LIST, WINDOWS = "/approvals/", "/approvals/windows/"


@pytest.fixture
def known(park: SimpleNamespace) -> SimpleNamespace:
    return make_catalogue(park)


def visitor(language: str = "zh-hans") -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE=language)
    client.cookies["django_language"] = language
    return client


def page(path: str, client: Client | None = None) -> str:
    answer = (client or visitor()).get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def shown(query: str = "") -> list[str]:
    """The codes of the items on a page of the list, in order."""
    return re.findall(r">([A-Z]+-\d+)<", page(LIST + query))


def item_page(item: ServiceItem) -> str:
    return reverse("approvals:item_view", args=[item.pk])


def test_anybody_reads_the_guide_without_signing_in(known: SimpleNamespace) -> None:
    assert shown() == ["KG-012", "QT-002"]
    text = page(LIST)
    assert "1 个工作日" in text
    assert "登录" in text
    assert "已取消事项" not in text
    assert "Construction permit" in page(LIST, visitor("en"))


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("?q=施工", ["KG-012"]),
        ("?q=变更", ["QT-002"]),
        ("?q=企业服务中心", ["QT-002"]),
        ("?stage=construction", ["KG-012"]),
        ("?window=window_project", ["KG-012"]),
        ("?window=window_start", []),
        ("?delegated=1", ["KG-012"]),
        ("?delegated=1&stage=other", []),
        ("?q=没有这个", []),
        ("?stage=nowhere&window=none&delegated=2&page=-1", ["KG-012", "QT-002"]),
        ("?page=99", ["KG-012", "QT-002"]),
        ("?q=%00", ["KG-012", "QT-002"]),
    ],
)
def test_the_guide_is_searched_and_narrowed(known: SimpleNamespace, query: str, codes: list[str]) -> None:
    assert shown(query) == codes


def test_chips_say_how_many_and_keep_the_other_filters(known: SimpleNamespace) -> None:
    answer = visitor().get(f"{LIST}?q=企业&delegated=1")
    stages = {chip["label"]: chip for chip in answer.context["stages"]}
    assert [chip["count"] for chip in stages.values()] == [0]
    answer = visitor().get(f"{LIST}?q=-0")
    chips = {str(chip["label"]): (chip["count"], chip["href"]) for chip in answer.context["stages"]}
    assert chips == {
        "全部阶段": (2, "?q=-0"),
        "开工即配套": (1, "?q=-0&stage=construction"),
        "其他事项": (1, "?q=-0&stage=other"),
    }
    chosen = visitor().get(f"{LIST}?delegated=1").context["others"]
    assert [(chip["current"], chip["href"]) for chip in chosen[:2]] == [
        (True, "?"),
        (False, "?window=window_project&delegated=1"),
    ]


def test_the_list_goes_on_page_by_page(park: SimpleNamespace) -> None:
    for n in range(65):
        make_item(f"QT-{n:03}", name=f"事项{n}", stage="other")
    seen: list[str] = []
    query = ""
    while True:
        seen += shown(query)
        later = re.search(r'href="(\?[^"]*)" rel="next"', page(LIST + query))
        if later is None:
            break
        query = later[1]
    assert seen == [f"QT-{n:03}" for n in range(65)]
    assert query == "?page=3"


def test_a_page_costs_few_statements_however_many_items(known: SimpleNamespace) -> None:
    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            page(path)
        return len(queries)

    paths = (LIST, f"{LIST}?q=施工&window=window_project", WINDOWS, item_page(known.permit))
    for path in paths:
        page(path)  # the calendar is read once by each process
    before = [cost(path) for path in paths]
    for n in range(40):
        Intake.objects.create(window=known.project, item=make_item(f"KG-1{n:02}"))
        Material.objects.create(item=known.permit, position=10 + n, name="又一份")
    for n in range(5):
        extra = ComprehensiveWindow.objects.create(code=f"w{n}", name=f"窗{n}", kind="other")
        Intake.objects.create(window=extra, item=known.permit)
    assert [cost(path) for path in paths] == before
    assert max(before) <= 4


def test_an_item_says_what_how_long_who_and_what_for(known: SimpleNamespace) -> None:
    text = page(item_page(known.permit))
    for words in (
        "申请表", "原件 1 份", "加盖公章", "关键", "资金承诺书", "复印件 2 份", "可后补",
        "1 个工作日", "7 个自然日", "开发建设局", "项目帮代办综合窗", "政务大厅一楼 2 号窗", "08:30–17:30",
        "施工许可证", "《建筑法》第八条", "市住房城乡建设部门", "赋权", "2024-03-29",
    ):  # fmt: skip
        assert words in text, words
    assert "待确认" not in text
    english = page(item_page(known.permit), visitor("en"))
    for words in ("Construction permit", "1 working day", "Permit document", "It can be given in phases."):
        assert words in english, words


def test_what_nobody_has_confirmed_is_never_shown_as_official(known: SimpleNamespace) -> None:
    assert "不作为正式办事依据" in page(item_page(known.plain))
    assert "QT-002</span> · 待确认" in " ".join(page(LIST).split())
    ServiceItem.objects.update(is_default=False)
    assert "待确认" not in page(LIST) + page(item_page(known.plain))


def test_a_bare_item_says_what_it_does_not_know(known: SimpleNamespace) -> None:
    text = page(item_page(known.plain))
    for words in ("未作承诺", "未规定", "材料清单尚未录入"):
        assert words in text
    assert "办理依据" not in text


def test_what_is_no_longer_handled_is_not_there(known: SimpleNamespace) -> None:
    assert visitor().get(item_page(known.gone)).status_code == 404
    assert visitor().get("/approvals/items/999999999999999999/").status_code == 404
    ComprehensiveWindow.objects.update(active=False)
    assert "项目帮代办综合窗" not in page(WINDOWS) + page(item_page(known.permit)) + page(LIST)


@pytest.mark.parametrize(("moment", "word"), [("2026-11-16 09:00", "开放中"), ("2026-11-15 09:00", "未开放")])
def test_windows_say_where_when_and_what_is_taken_in(known: SimpleNamespace, moment: str, word: str) -> None:
    ComprehensiveWindow.objects.filter(code="window_start").update(hours="周一至周六")
    with time_machine.travel(at(moment), tick=False):
        text = page(WINDOWS)
        places = visitor().get(WINDOWS).context["places"]
    assert [place.is_open for place in places] == [word == "开放中", None]
    assert "周一至周六" in text
    assert "?stage=construction&amp;window=window_project" in text


def test_a_visitor_is_led_through_the_sign_in(known: SimpleNamespace) -> None:
    path = item_page(known.permit)
    assert f'href="/accounts/sign-in/?next={path.replace("/", "%2F")}"' in page(path)


@pytest.mark.parametrize("role", ["owner", "agent"])
def test_an_enterprise_begins_with_the_matter_filled_in(
    park: SimpleNamespace, known: SimpleNamespace, role: str
) -> None:
    client = browser(getattr(park, role))
    start = client.get(item_page(known.permit)).context["start"]
    assert start.startswith("/stations/requests/new/?category=procedures&title=")
    form = client.get(start).context["form"]
    assert (form["category"].value(), form["title"].value()) == ("procedures", "办理：建筑工程施工许可")


def test_what_belongs_to_a_project_begins_with_the_project(park: SimpleNamespace) -> None:
    office = make_office(park)
    item = office.items["GD-003"]
    owner = browser(park.owner)

    def start(client: Client = owner) -> Any:
        return client.get(item_page(item)).context["start"]

    assert start() == reverse("approvals:project_file")
    case = open_project(park, office)
    assert start() == reverse("approvals:project_view", args=[case.pk])
    do(office.clerk, case, "sign", MONDAY, signed_on="2026-11-16")
    first = permit(case, "filing").case_id
    assert start() == reverse("cases:case_perform", args=[first, "submit"])
    assert owner.get(start()).status_code == 200
    assert start(browser(park.rival)) == reverse("approvals:project_file")
    assert start(browser(office.clerk)) == ""
    do(park.owner, first, "submit", MONDAY)
    assert start() == reverse("approvals:project_view", args=[case.pk])


def test_what_was_typed_before_is_not_overwritten_by_a_link(park: SimpleNamespace) -> None:
    draft = drafts.current(park.ours.pk, "stations.request", by=park.owner, now=MONDAY)
    drafts.save_fields(draft, {"title": "车间停电", "category": ""}, by=park.owner, now=MONDAY)
    path = "/stations/requests/new/?category=procedures&title=办理"
    form = browser(park.owner).get(path).context["form"]
    assert (form["title"].value(), form["category"].value()) == ("车间停电", "procedures")
    odd: Any = browser(park.rival).get("/stations/requests/new/?category=nothing&title=" + "长" * 500)
    assert odd.context["form"]["category"].value() == ""
    assert len(odd.context["form"]["title"].value()) == 120


def test_who_cannot_file_is_not_sent_there(park: SimpleNamespace, known: SimpleNamespace) -> None:
    Agency.objects.filter(user=park.agent).update(read_only=True)
    for person in (park.agent, park.handler, park.administrator):
        assert browser(person).get(item_page(known.permit)).context["start"] == ""
    edit = reverse("admin:approvals_serviceitem_change", args=[known.permit.pk])
    assert edit in page(item_page(known.permit), browser(park.administrator))
    assert edit not in page(item_page(known.permit), browser(park.handler))


@pytest.mark.parametrize("role", ["owner", "handler", "administrator", "leader"])
def test_everybody_finds_the_guide_in_the_navigation(
    park: SimpleNamespace, known: SimpleNamespace, role: str
) -> None:
    nav = f'href="{LIST}"'
    assert nav in page("/accounts/me/", browser(getattr(park, role)))
    assert nav in page("/accounts/sign-in/")
    assert page("/", browser(park.owner)).count(nav) >= 3, "and on the first page of an enterprise"


def test_a_blank_form_is_saved_and_never_runs(known: SimpleNamespace) -> None:
    address = reverse("approvals:form_download", args=[known.application.pk])
    assert address in page(item_page(known.permit))
    answer: Any = visitor().get(address)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "%E7%94%B3%E8%AF%B7%E8%A1%A8.pdf" in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert 'filename="Application.pdf"' in visitor("en").get(address)["Content-Disposition"]


def test_there_is_no_form_where_none_was_put(known: SimpleNamespace) -> None:
    without = Material.objects.get(name="资金承诺书")
    assert visitor().get(reverse("approvals:form_download", args=[without.pk])).status_code == 404
    ServiceItem.objects.filter(pk=known.permit.pk).update(active=False)
    assert visitor().get(reverse("approvals:form_download", args=[known.application.pk])).status_code == 404


def test_a_name_cannot_leave_its_folder(known: SimpleNamespace) -> None:
    Material.objects.filter(pk=known.application.pk).update(name="../../etc/表\r\nX: y", name_en="")
    answer = visitor().get(reverse("approvals:form_download", args=[known.application.pk]))
    assert "/etc" not in answer["Content-Disposition"]
    assert "X" not in answer.headers
