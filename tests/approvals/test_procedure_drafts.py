"""Administrators draft procedures on pages: begun, filled, checked, compared, published, discarded."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from approvals import actions
from approvals.models import Procedure, ProcedureItem, ProcedureVersion, ServiceItem
from portal.cases.models import Case
from tests.approvals.building import make_office, open_project
from tests.approvals.catalogue import make_item
from tests.approvals.test_procedures import EARLY, ONE_ITEM, PHASES, drafted, procedure, published
from tests.pages.test_pages import browser
from tests.people import MONDAY

pytestmark = pytest.mark.django_db
DRAFT = "/approvals/administration/procedures/factory/draft/"
OFFICE = "/approvals/administration/procedures/factory/"


@pytest.fixture
def client(park: SimpleNamespace) -> Client:
    return browser(park.administrator)


def typed(client: Client, **changes: Any) -> dict[str, Any]:
    """The form of the draft as the page shows it, with changes by the name of the field."""
    page = client.get(DRAFT)
    assert page.status_code == 200
    rows = page.context["form"].rows
    data: dict[str, Any] = {"seen": page.context["seen"], "row": [row.key for row in rows], "do": "save"}
    for row in rows:
        data[f"{row.key}-item"] = row.item.pk
        data[f"{row.key}-awaits"] = row.awaits
        for name in ("days", "phase", "needed_if", "at_least"):
            value = row.initial[name]
            data[f"{row.key}-{name}"] = "" if value is None else value
    return data | changes


def held(version: ProcedureVersion | None = None) -> dict[str, tuple[int | None, list[str]]]:
    """What the newest version holds: days and prerequisites by key."""
    newest = version or ProcedureVersion.objects.order_by("-number")[0]
    found = actions.timetable(newest)
    return {i.key: (i.days, sorted(a.key for a in found.awaits.get(i.pk, ()))) for i in found.items}


def said(answer: Any) -> list[str]:
    return [problem.text for problem in answer.context["problems"]]


def test_from_an_empty_procedure_to_the_guide(client: Client) -> None:
    filing = make_item("GD-003", name="项目备案", stage="land", promised_days=2)
    permit = make_item("KG-012", name="施工许可", promised_days=1)
    facts = {"code": "factory", "name": "新建厂房", "mode": "standard", "phases": 1, "promised_days": 2}
    answer = client.post("/approvals/administration/new-procedure/", facts, follow=True)
    assert answer.redirect_chain[-1][0] == DRAFT
    assert said(answer) == ["流程中还没有事项。"]
    found = client.get(DRAFT, {"q": "施工"}).content.decode()
    assert "KG-012" in found
    assert "GD-003" not in found
    assert client.post(DRAFT, typed(client, add=[filing.pk, permit.pk])).status_code == 302
    assert held() == {"gd-003": (2, []), "kg-012": (1, [])}, "with what the catalogue promises"
    # Each waits for the other: it can be saved, is said, and cannot be published.
    both = {"gd-003-awaits": ["kg-012"], "kg-012-awaits": ["gd-003"]}
    page = client.post(DRAFT, typed(client, **both), follow=True)
    assert any("互相等待" in text and "项目备案" in text and "施工许可" in text for text in said(page))
    asked = client.get(DRAFT + "publish/")
    assert 'name="note"' not in asked.content.decode()
    data = {"note": "首次发布", "seen": asked.context["form"].initial["seen"]}
    assert client.post(DRAFT + "publish/", data).status_code == 422
    # Mended, it is one day over the promise: a warning that names what makes it so long.
    page = client.post(DRAFT, typed(client, **{"gd-003-awaits": []}), follow=True)
    assert said(page) == ["整体承诺时限无法兑现，还差 1 个工作日。"]
    assert [key for key, *_more in page.context["problems"][0].rows] == ["gd-003", "kg-012"]
    asked = client.get(DRAFT + "publish/")
    data = {"note": "首次发布", "seen": asked.context["form"].initial["seen"]}
    assert client.post(DRAFT + "publish/", {**data, "note": ""}).status_code == 422
    assert Client().get("/approvals/procedures/factory/").status_code == 404
    assert client.post(DRAFT + "publish/", data).status_code == 302
    assert "共 3 个工作日" in Client().get("/approvals/procedures/factory/").content.decode()
    history = client.get(OFFICE).content.decode()
    assert "首次发布" in history
    assert "Administrator 于" in history


def test_a_draft_of_a_published_procedure_changes_nothing_until_it_is_published(client: Client) -> None:
    first = published()
    assert client.post(OFFICE + "begin/").status_code == 302
    assert client.post(DRAFT, typed(client, **{"scheme-days": "5"})).status_code == 302
    assert held()["scheme"] == (5, ["land_use"])
    assert held(first)["scheme"] == (3, ["land_use"])
    assert "共 15 个工作日" in Client().get("/approvals/procedures/factory/").content.decode()
    draft = ProcedureVersion.objects.get(published_at=None)
    assert draft.changed_by is not None
    assert draft.changed_by.username == "administrator"


def test_only_what_was_changed_is_written_and_the_history_says_who(
    park: SimpleNamespace, client: Client
) -> None:
    drafted()
    items = ProcedureItem.pgh_event_model.objects  # type: ignore[attr-defined]  # made by pghistory
    before = items.count()
    client.post(DRAFT, typed(client, **{"scheme-days": "5"}))
    event = items.order_by("pgh_id").last()
    assert items.count() == before + 1
    assert (event.pgh_label, event.key, event.days) == ("update", "scheme", 5)
    assert event.pgh_context.metadata["user"] == park.administrator.pk


def test_a_page_without_scripts_says_beside_the_field_what_is_wrong_and_keeps_what_was_typed(
    client: Client,
) -> None:
    drafted()
    before = held()
    answer = client.post(DRAFT, typed(client, **{"scheme-days": "0", "drawings-days": "4"}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_scheme-days_error"' in page
    assert 'name="drawings-days" value="4"' in page
    assert "“scheme”：至少 1 个工作日" in "".join(said(answer))
    assert 'href="#row-scheme"' in page
    assert held() == before


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scheme-awaits": ["nowhere"]}, "所选前置事项不在本流程中"),
        ({"scheme-awaits": ["scheme"]}, "事项不能以自身为前置"),
        ({"scheme-needed_if": "energy_tce"}, "请填写起点数值"),
        ({"scheme-at_least": "5"}, "才填写起点数值"),
        ({"scheme-days": "1000"}, "999"),
        ({"scheme-days": "三"}, "整数"),
        ({"scheme-item": "999999"}, "事项目录中没有这个事项"),
    ],
)
def test_what_cannot_be_is_not_saved(client: Client, changes: dict[str, Any], words: str) -> None:
    drafted()
    before = held()
    answer = client.post(DRAFT, typed(client, **changes))
    assert answer.status_code == 422
    assert any(words in text for text in said(answer)), said(answer)
    assert held() == before


def test_gaps_may_be_saved_and_are_shown(client: Client) -> None:
    drafted()
    ServiceItem.objects.filter(code="scheme").update(promised_days=3)
    ServiceItem.objects.filter(code="drawings").update(active=False)
    changes = {"scheme-days": "", "energy-awaits": [], "construction-awaits": ["drawings", "environment"]}
    page = client.post(DRAFT, typed(client, **changes), follow=True)
    assert page.status_code == 200
    assert said(page) == [
        "“drawings”已停办。",
        "“scheme”未填时限，目录承诺 3 个工作日。",
        "“energy”没有前置事项，也不是其他事项的前置。",
    ]
    assert page.context["wrong"] == 1


def test_phases_out_of_order_are_said_and_can_be_mended(client: Client) -> None:
    drafted(PHASES, procedure=EARLY, **{key: dict(own) for key, own in ONE_ITEM.items()})
    page = client.post(DRAFT, typed(client, **{"basement-awaits": []}), follow=True)
    assert any("第 2 阶段" in text for text in said(page))
    # Phases change places: two rows that meet on the way.
    changes = {
        "pit-phase": "2", "basement-phase": "1", "pit-awaits": ["basement"], "above-awaits": ["pit"],
    }  # fmt: skip
    page = client.post(DRAFT, typed(client, **changes), follow=True)
    assert said(page) == []
    again = client.post(DRAFT, typed(client, **{"pit-phase": "1"}))
    assert again.status_code == 422
    assert "同一期中该事项重复" in again.content.decode()


def test_one_item_comes_once_more_as_the_next_phase(client: Client) -> None:
    drafted(PHASES[:1], procedure=EARLY, pit=dict(ONE_ITEM["pit"]))
    permit = ServiceItem.objects.get(code="KG-012")
    assert "KG-012" in client.get(DRAFT, {"q": "KG-012"}).content.decode()
    client.post(DRAFT, typed(client, **{"pit-phase": "1", "add": [permit.pk]}))
    assert sorted(ProcedureVersion.objects.get().items.values_list("key", "phase")) == [
        ("kg-012", 0),
        ("pit", 1),
    ]


def test_what_is_taken_out_is_waited_for_no_more(client: Client) -> None:
    drafted()
    page = client.post(DRAFT, typed(client, **{"drawings-remove": "on"}), follow=True)
    assert "不再等待被移除的事项：construction。" in page.content.decode()
    assert "drawings" not in held()
    assert held()["construction"][1] == ["energy", "environment"]


def test_an_item_comes_once_only_where_there_are_no_phases(client: Client) -> None:
    drafted()
    scheme = ServiceItem.objects.get(code="scheme")
    assert (
        ">scheme <" not in client.get(DRAFT, {"q": "scheme"}, headers={"HX-Request": "true"}).content.decode()
    )
    assert client.post(DRAFT, typed(client, add=[scheme.pk])).status_code == 422


def test_the_picture_follows_what_is_typed_before_it_is_saved(client: Client) -> None:
    drafted()
    before = held()
    answer = client.post(
        DRAFT, typed(client, **{"scheme-days": "9", "do": "check"}), headers={"HX-Request": "true"}
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in page
    assert "超出承诺 6 个工作日" in page
    assert "9 个工作日" in page
    assert held() == before


def test_the_second_of_two_editors_sees_both_versions(park: SimpleNamespace, client: Client) -> None:
    drafted()
    mine = typed(client, **{"scheme-days": "7"})
    client.post(DRAFT, typed(client, **{"scheme-days": "5"}))
    answer = client.post(DRAFT, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    [difference] = answer.context["stale"].differences
    assert (difference.key, [(x.old, x.new) for x in difference.lines]) == (
        "scheme",
        [("5 个工作日", "7 个工作日")],
    )
    assert "Administrator 已于" in page
    assert held()["scheme"][0] == 5
    # Sent again, now that both have been seen, it overwrites.
    assert client.post(DRAFT, {**mine, "seen": answer.context["seen"]}).status_code == 302
    assert held()["scheme"][0] == 7


def test_a_draft_that_was_changed_after_it_was_looked_at_is_not_published(client: Client) -> None:
    drafted()
    seen = client.get(DRAFT + "publish/").context["form"].initial["seen"]
    client.post(DRAFT, typed(client, **{"scheme-days": "5"}))
    answer = client.post(DRAFT + "publish/", {"note": "x", "seen": seen})
    assert answer.status_code == 409
    assert "草稿刚刚被他人修改" in answer.content.decode()
    assert client.post(DRAFT + "discard/", {"seen": seen}).status_code == 409
    assert ProcedureVersion.objects.get().is_draft


@pytest.mark.parametrize("address", [DRAFT, DRAFT + "publish/", DRAFT + "discard/"])
def test_who_comes_after_the_publishing_is_told_who_did_it(
    park: SimpleNamespace, client: Client, address: str
) -> None:
    draft = drafted()
    mine = typed(client, note="x")
    actions.publish_version(draft, by=park.administrator, note="先发布", now=MONDAY)
    answer = client.post(address, mine)
    assert answer.status_code == 409
    assert "第 1 版已由 Administrator 于" in answer.content.decode()
    assert client.get(address).status_code == 404


def test_a_draft_is_discarded_after_asking_once_and_the_published_version_stays(client: Client) -> None:
    first = published()
    before = held(first)
    client.post(OFFICE + "begin/")
    page = client.get(DRAFT + "discard/")
    assert "第 1 版继续有效" in page.content.decode()
    assert ProcedureVersion.objects.count() == 2
    assert client.post(DRAFT + "discard/", {"seen": page.context["seen"]}).status_code == 302
    assert list(ProcedureVersion.objects.all()) == [first]
    assert held(first) == before


def test_there_is_one_draft_at_a_time(client: Client) -> None:
    published()
    client.post(OFFICE + "begin/")
    answer = client.post(OFFICE + "begin/")
    assert answer.status_code == 409
    assert "已有草稿" in answer.content.decode()


def test_a_draft_is_compared_with_what_is_published_before_it_goes_out(client: Client) -> None:
    published()
    client.post(OFFICE + "begin/")
    new = make_item("KG-099", name="节能复核", promised_days=2)
    client.post(DRAFT, typed(client, add=[new.pk]))
    changes = {"drawings-remove": "on", "kg-099-awaits": ["works_permit"], "scheme-days": "4"}
    client.post(
        DRAFT, typed(client, **changes, **{"construction-awaits": ["environment", "energy", "kg-099"]})
    )
    page = client.get(DRAFT + "publish/")
    found = page.context["comparison"]
    assert [(d.kind, d.name) for d in found.differences if d.kind != "changed"] == [
        ("removed", "drawings"),
        ("added", "节能复核"),
    ]
    changed = {d.key: {line.what: (line.old, line.new) for line in d.lines} for d in found.differences}
    assert changed["scheme"] == {"时限": ("3 个工作日", "4 个工作日")}
    assert changed["construction"]["前置事项"] == (
        "drawings、energy、environment",
        "energy、environment、节能复核",
    )
    assert changed["kg-099"]["在关键路径上"] == ("", "是")
    assert "drawings 3 日" in found.old_path
    assert "节能复核 2 日" in found.new_path
    assert (found.old_days, found.new_days) == ("15 个工作日", "15 个工作日")
    data = {"note": "调整", "seen": page.context["form"].initial["seen"]}
    assert client.post(DRAFT + "publish/", data).status_code == 302
    side_by_side = client.get(OFFICE + "compare/?old=1&new=2")
    assert side_by_side.context["comparison"].differences == found.differences
    assert "没有差异" in client.get(OFFICE + "compare/?old=2&new=2").content.decode()
    for wrong in ("", "?old=1&new=9", "?old=x&new=2"):
        assert client.get(OFFICE + "compare/" + wrong).status_code == 404
    assert "drawings" in client.get(OFFICE + "versions/1/").content.decode()
    assert client.get(OFFICE + "versions/9/").status_code == 404


def test_open_projects_keep_their_version_and_new_ones_get_the_published_one(
    park: SimpleNamespace, client: Client
) -> None:
    office = make_office(park)
    office_page = "/approvals/administration/procedures/early-3/"
    old = open_project(park, office)
    client.post(office_page + "begin/")
    page = client.get(office_page + "draft/publish/")
    assert "1 个在办项目沿用第 1 版" in page.content.decode()
    data = {"note": "调整", "seen": page.context["form"].initial["seen"]}
    assert client.post(office_page + "draft/publish/", data).status_code == 302
    assert client.get(office_page).content.decode().count("1 个在办项目沿用此版本") == 1
    new = open_project(park, office, name="二期项目")
    assert [case.project.version.number for case in (old, new)] == [1, 2]
    assert actions.open_projects(office.procedure) == {2: 1, 1: 1}
    Case.objects.filter(pk=old.pk).update(closed_at=MONDAY, outcome="withdrawn")
    assert actions.open_projects(office.procedure) == {2: 1}


def test_the_list_shows_what_holds_what_is_drafted_and_what_nobody_has_confirmed(
    park: SimpleNamespace, client: Client
) -> None:
    draft = drafted(procedure={"is_default": True})
    actions.publish_version(draft, by=park.administrator, note="", now=MONDAY)
    procedure(code="bare", name="改扩建", promised_days=None)
    page = client.get("/approvals/administration/procedures/").content.decode()
    assert "/approvals/administration/procedures/" in client.get("/administration/").content.decode()
    assert OFFICE in client.get("/approvals/procedures/factory/").content.decode()
    assert OFFICE not in Client().get("/approvals/procedures/factory/").content.decode()
    for words in ("第 1 版", "Administrator", "可配置的预设值", "15 个工作日", "未作承诺", "尚未发布"):
        assert words in page, words
    client.post(OFFICE + "begin/")
    assert "第 2 版草稿" in client.get("/approvals/administration/procedures/").content.decode()


def test_rows_and_search_say_what_is_a_configurable_default(client: Client) -> None:
    drafted()
    ServiceItem.objects.filter(code="scheme").update(is_default=True)
    make_item("KG-200", name="预设事项", is_default=True)
    page = client.get(DRAFT, {"q": "预设"})
    assert page.content.decode().count("可配置的预设值") == 3, "the row, the result, and what it means"


def test_the_second_who_renames_a_procedure_is_shown_both_names(client: Client) -> None:
    published()
    seen = client.get(OFFICE + "edit/").context["form"].initial["seen"]
    facts = {"name": "我的名称", "name_en": "", "promised_days": "20", "active": "on", "seen": seen}
    Procedure.objects.update(name="别人的名称")
    answer = client.post(OFFICE + "edit/", facts)
    assert answer.status_code == 409
    assert "别人的名称" in answer.content.decode()
    assert "我的名称" in answer.content.decode()
    again = {**facts, "seen": answer.context["form"].data["seen"]}
    assert client.post(OFFICE + "edit/", again).status_code == 302
    made = Procedure.objects.get()
    assert (made.name, made.promised_days, made.is_default) == ("我的名称", 20, False)
    assert client.post(OFFICE + "edit/", {**again, "promised_days": "0"}).status_code in (409, 422)
    assert Procedure.objects.get().promised_days == 20


@pytest.mark.parametrize(
    "facts",
    [
        {"code": "factory"},
        {"code": "新厂房"},
        {"mode": "standard", "phases": 2},
        {"promised_days": 0},
        {"name": ""},
    ],
)
def test_a_procedure_that_cannot_be_is_not_made(client: Client, facts: dict[str, Any]) -> None:
    published()
    given = {"code": "new", "name": "新", "mode": "standard", "phases": 1, "promised_days": 15, **facts}
    assert client.post("/approvals/administration/new-procedure/", given).status_code == 422
    assert Procedure.objects.count() == 1


@pytest.mark.parametrize("role", ["owner", "steward", "handler", "head", "leader", "auditor"])
def test_only_administrators_draft(park: SimpleNamespace, role: str) -> None:
    drafted()
    stranger = browser(getattr(park, role))
    before = held()
    addresses = [
        OFFICE, DRAFT, DRAFT + "publish/", DRAFT + "discard/", OFFICE + "edit/", OFFICE + "versions/1/",
        OFFICE + "compare/?old=1&new=1", "/approvals/administration/procedures/",
        "/approvals/administration/new-procedure/",
    ]  # fmt: skip
    for address in addresses:
        assert stranger.get(address).status_code == 403, address
    for address in (DRAFT, DRAFT + "publish/", DRAFT + "discard/", OFFICE + "begin/", OFFICE + "edit/"):
        assert stranger.post(address, {"note": "x"}).status_code == 403, address
    assert held() == before


def test_the_editor_costs_the_same_however_many_items_there_are(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    drafted()
    for n in range(20):
        make_item(f"KG-3{n:02}", name=f"事项 {n}")
    more = list(ServiceItem.objects.filter(code__startswith="KG-3").values_list("pk", flat=True))
    client.post(DRAFT, typed(client, add=more))
    with django_assert_max_num_queries(15):
        page = client.get(DRAFT, {"q": "事项"})
    assert len(page.context["form"].rows) == 30
    assert len(page.content) < 90_000


def test_one_item_is_opened_at_a_time_and_the_others_stay_as_they_are(client: Client) -> None:
    drafted()
    before = held()
    page = client.get(DRAFT)
    assert 'name="row"' not in page.content.decode()
    assert f'href="{DRAFT}?edit=scheme#row-scheme"' in page.content.decode()
    html = client.get(DRAFT, {"edit": "scheme"}).content.decode()
    assert html.count('name="row"') == 1
    assert 'name="scheme-days" value="3"' in html
    item = ServiceItem.objects.get(code="scheme").pk
    sent = {
        "seen": page.context["seen"], "do": "save", "row": "scheme", "scheme-item": item,
        "scheme-days": "5", "scheme-awaits": ["land_use"],
    }  # fmt: skip
    assert client.post(DRAFT, sent).status_code == 302
    assert held() == {**before, "scheme": (5, ["land_use"])}


def test_a_closed_item_says_for_whom_it_is_needed(client: Client) -> None:
    draft = drafted()
    draft.items.filter(key="energy").update(needed_if="energy_tce", at_least="1000.00")
    html = client.get(DRAFT).content.decode()
    assert "1,000<" in html.split('id="row-energy"')[1].split("</tr>")[0]
    assert 'value="1000"' in client.get(DRAFT, {"edit": "energy"}).content.decode()


def test_without_scripts_the_next_item_is_opened_with_what_was_typed_saved(client: Client) -> None:
    drafted()
    page = client.get(DRAFT, {"edit": "scheme"})
    assert '<button class="btn tiny" name="open" value="drawings"' in " ".join(page.content.decode().split())
    sent = {
        "seen": page.context["seen"], "open": "drawings", "row": "scheme", "scheme-days": "6",
        "scheme-item": ServiceItem.objects.get(code="scheme").pk, "scheme-awaits": ["land_use"],
    }  # fmt: skip
    answer = client.post(DRAFT, sent)
    assert answer["Location"] == f"{DRAFT}?edit=drawings#row-drawings"
    assert held()["scheme"] == (6, ["land_use"])


def test_a_script_swaps_one_row_only(client: Client) -> None:
    drafted()
    opened = client.get(DRAFT, {"edit": "scheme"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in opened
    assert opened.count("<tr") == 1
    assert 'name="scheme-days"' in opened
    closed = client.get(DRAFT, {"close": "scheme"}, headers={"HX-Request": "true"}).content.decode()
    assert 'name="scheme-days"' not in closed
    assert "3 个工作日" in closed
    nowhere = client.get(DRAFT, {"edit": "nowhere"}, headers={"HX-Request": "true"})
    assert nowhere.status_code == 404
