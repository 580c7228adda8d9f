"""Missing items for programs: read with their state, supplied one by one, by the rules of the page."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from portal.cases import engine, papers
from portal.cases.models import Case, Document, Event, MissingItem
from tests.api.conftest import Program, program
from tests.pages.test_pages import PDF
from tests.people import MONDAY, actor, handled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
TOLD = {
    "reason": "supplement",
    "basis": "许可法",
    "planned_days": 5,
    "notice": "齐了就能定方案",
    "missing": "平面图：看清尺寸\n负荷清单",
}


def paused(park: SimpleNamespace, **changes: Any) -> Case:
    case = handled(park)
    engine.pause(case, by=actor(park.head), data={**TOLD, **changes}, now=MONDAY)
    return case


def stored(park: SimpleNamespace, title: str, mark: bytes = b"", **owner: Any) -> Document:
    upload = SimpleUploadedFile("x.pdf", PDF + mark)
    return papers.store(
        upload, by=park.owner, now=MONDAY, title=title, **(owner or {"enterprise": park.ours})
    )


def read(who: Program, case: Case) -> dict[str, Any]:
    found: dict[str, Any] = who.get(f"cases/{case.pk}/").json()
    return found


def place(href: str) -> str:
    return href.removeprefix("/api/v1/")


def test_a_case_lists_what_is_missing_and_how_to_supply_it(park: SimpleNamespace) -> None:
    case, plan = paused(park), stored(park, "厂区平面图")
    body = read(program(park.owner), case)
    first, second = body["missing"]
    assert (first["name"], first["hint"], first["state"]) == ("平面图", "看清尺寸", "missing")
    assert first["fits"] == {"id": plan.pk, "name": "厂区平面图"}
    assert (second["name"], second["fits"], second["document"]) == ("负荷清单", None, None)
    offered = [a for a in body["actions"] if a["sort"] == "supply"]
    assert [a["href"] for a in offered] == [first["href"], second["href"]]
    assert offered[0]["label"] == "Supply: 平面图"
    assert set(offered[0]["schema"]["properties"]) == {"document", "answer"}
    staff = read(program(park.handler), case)
    assert [i["href"] for i in staff["missing"]] == [first["href"], second["href"]], "brought to the handler"
    looks = read(program(park.leader), case)
    assert [(i["state"], i["href"]) for i in looks["missing"]] == [("missing", None)] * 2
    assert not any(a["sort"] == "supply" for a in looks["actions"])
    assert read(program(park.owner), handled(park))["missing"] == []


def test_items_are_supplied_one_by_one_and_the_last_lets_the_clock_run(park: SimpleNamespace) -> None:
    case, mine = paused(park), program(park.owner)
    first, second = read(mine, case)["missing"]
    sent = {"file": SimpleUploadedFile("平面图.pdf", PDF)}
    answer = mine.send(place(first["href"]), sent)
    assert answer.status_code == 200, answer.json()
    body = answer.json()
    assert [i["state"] for i in body["missing"]] == ["supplied", "missing"]
    assert body["missing"][0]["document"]["title"] == "平面图"
    assert body["missing"][0]["href"] is None
    assert body["clock"]["paused_at"]
    assert Document.objects.get(title="平面图").enterprise == park.ours
    done = mine.post(place(second["href"]), {"answer": "没有其他负荷"})
    assert done.status_code == 200, done.json()
    assert [(i["state"], i["answer"]) for i in done.json()["missing"]][1] == ("supplied", "没有其他负荷")
    assert done.json()["clock"]["paused_at"] is None
    assert done["ETag"] == f'"{done.json()["version"]}"'
    assert [e.verb for e in case.events.order_by("seq")][-3:] == ["supplied", "supplied", "resumed"]
    assert mine.post(place(second["href"]), {"answer": "再说"}).status_code == 409


def test_the_same_key_supplies_once(park: SimpleNamespace) -> None:
    case, mine = paused(park), program(park.owner)
    path = place(read(mine, case)["missing"][0]["href"])
    first, second = (mine.post(path, {"answer": "没有"}, Idempotency_Key="s-1") for _n in range(2))
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert second["Idempotency-Replayed"] == "true"
    assert Event.objects.filter(case=case, verb="supplied").count() == 1
    assert mine.post(path, {"answer": "有"}, Idempotency_Key="s-1").status_code == 422


def test_who_may_supply_on_the_page_may_here_and_nobody_else(park: SimpleNamespace) -> None:
    case = paused(park)
    item = MissingItem.objects.order_by("position").first()
    assert item is not None
    path = f"cases/{case.pk}/missing/{item.pk}/"
    for outsider, status in ((park.rival, 404), (park.other_steward, 404), (park.leader, 403)):
        answer = program(outsider).post(path, {"answer": "x"})
        assert answer.status_code == status
        assert answer["Content-Type"] == "application/problem+json"
    assert program(park.owner, ["read"]).post(path, {"answer": "x"}).status_code == 403
    upload = {"file": SimpleUploadedFile("a.pdf", PDF)}
    assert program(park.leader).send(path, upload).status_code == 403
    assert not Document.objects.exists()
    assert program(park.handler).post(path, {"answer": "企业送来"}).status_code == 200
    assert Client().post(f"/api/v1/{path}", {}, content_type="application/json").status_code == 401


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"document": "1"}, "document"),
        ({"document": True}, "document"),
        ({"document": None}, "document"),
        ({"answer": 5}, "answer"),
        ({"answer": "x" * 2001}, "answer"),
        ({"file": "x"}, ""),
        ({"answer": "x", "more": 1}, ""),
        ([], ""),
    ],
)
def test_what_cannot_be_an_answer_is_refused_beside_its_field(
    park: SimpleNamespace, data: Any, field: str
) -> None:
    case, mine = paused(park), program(park.owner)
    answer = mine.post(place(read(mine, case)["missing"][0]["href"]), data)
    assert answer.status_code == 422
    assert [e["field"] for e in answer.json()["errors"]] == [field]


def test_an_answer_that_is_too_long_is_said_in_the_words_of_the_page(park: SimpleNamespace) -> None:
    case = paused(park)
    path = place(read(program(park.owner), case)["missing"][0]["href"])
    answer = program(park.owner, language="zh-CN").post(path, {"answer": "字" * 2001})
    assert answer.json()["errors"][0]["detail"] == "最多保存 2000 个字符，现有 2001 个。"
    assert program(park.owner).post(path, {"answer": "字\r\n" * 999 + "字字"}).status_code == 200
    kept = MissingItem.objects.exclude(supplied_at=None).get()
    assert len(kept.answer) == 2000


def test_an_answer_that_is_a_file_is_refused_and_nothing_at_all_says_what_to_send(
    park: SimpleNamespace,
) -> None:
    case, mine = paused(park), program(park.owner)
    path = place(read(mine, case)["missing"][0]["href"])
    assert mine.send(path, {"answer": SimpleUploadedFile("a.txt", b"x")}).status_code == 422
    assert mine.send(path, {"document": SimpleUploadedFile("a.txt", b"x")}).status_code == 422
    nothing = mine.post(path, {})
    assert nothing.status_code == 422
    assert "answer in words" in nothing.json()["detail"]
    assert MissingItem.objects.filter(supplied_at=None).count() == 2


def test_only_papers_that_the_caller_may_use_here(park: SimpleNamespace) -> None:
    case, mine = paused(park), program(park.owner)
    path = place(read(mine, case)["missing"][0]["href"])
    theirs = stored(park, "别家的", enterprise=park.theirs)
    assert mine.post(path, {"document": theirs.pk}).status_code == 404
    assert mine.post(path, {"document": 2**70}).status_code == 404
    waits = stored(park, "在等", b"%1")
    Document.objects.filter(pk=waits.pk).update(scan_state=Document.Scan.PENDING)
    refused = mine.post(path, {"document": waits.pk})
    assert refused.status_code == 422
    assert "waits for the virus scan" in refused.json()["detail"]
    ours = stored(park, "厂区平面图", b"%2")
    done = mine.post(path, {"document": ours.pk, "answer": "见附件"})
    assert done.json()["missing"][0]["document"]["id"] == ours.pk
    assert done.json()["missing"][0]["answer"] == "见附件"


def test_what_is_no_longer_waited_for_says_so(park: SimpleNamespace) -> None:
    case, mine = paused(park), program(park.owner)
    path = place(read(mine, case)["missing"][0]["href"])
    engine.resume(case, by=actor(park.head), now=MONDAY)
    assert [i["state"] for i in read(mine, case)["missing"]] == ["dropped"] * 2
    sent = {"file": SimpleUploadedFile("a.pdf", PDF)}
    late = mine.send(path, sent)
    assert late.status_code == 409
    assert "no longer waited for" in late.json()["detail"]
    assert not Document.objects.exists(), "nobody waits for it: it is not kept"
    other = handled(park)
    foreign = mine.post(f"cases/{other.pk}/missing/{path.split('/')[-2]}/", {"answer": "x"})
    assert foreign.status_code == 422
    page = mine.client
    page.force_login(park.owner)
    address = reverse("cases:case_supply", args=[case.pk, int(path.split("/")[-2])])
    assert page.post(address, {"file": SimpleUploadedFile("a.pdf", PDF)}).status_code == 409
    assert not Document.objects.exists()
