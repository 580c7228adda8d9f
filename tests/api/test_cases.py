"""Everything that the pages offer for cases, for programs: same rules, same forms, same engine."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from portal.cases import engine
from portal.cases.models import Case, Event
from tests.api.conftest import program, signed_in
from tests.people import MONDAY, accept, actor, closed, file_request, filing, handled, reported

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


def test_an_enterprise_files_reads_and_withdraws_a_request(park: SimpleNamespace) -> None:
    mine = program(park.owner)
    answer = mine.post("cases/", {"kind": "stations.request", "fields": filing(park)})
    assert answer.status_code == 201, answer.json()
    body = answer.json()
    assert answer["Location"] == f"/api/v1/cases/{body['id']}/"
    assert answer["ETag"] == f'"{body["version"]}"'
    assert body["step"] == "received"
    assert body["title"] == "车间停电"
    read = mine.get(f"cases/{body['number']}/").json()
    assert read["id"] == body["id"]
    withdraw = next(a for a in read["actions"] if a["name"] == "withdraw")
    assert withdraw["schema"]["required"] == ["reason"]
    done = mine.post(
        withdraw["href"].removeprefix("/api/v1/"), {"reason": "自己修好了"}, If_Match=answer["ETag"]
    )
    assert done.status_code == 200, done.json()
    assert done.json()["outcome"] == "withdrawn"
    case = Case.objects.get(pk=body["id"])
    assert [e.verb for e in Event.objects.filter(case=case).order_by("seq")] == ["opened", "withdraw"]


def test_staff_take_a_case_from_receipt_to_closing(park: SimpleNamespace) -> None:
    case = file_request(park)
    steward, handler = program(park.steward), program(park.handler)
    assert steward.act(case, "claim", sort="operations").status_code == 200
    data = {"category": "utilities", "grade": "normal"}
    assert steward.act(case, "accept", data).status_code == 200
    assert steward.act(case, "dispatch", {"team": park.team["development"].pk}).status_code == 200
    assert handler.act(case, "sign").status_code == 200
    assert handler.act(case, "plan", {"plan": "抢修", "planned_on": None}).status_code == 200
    assert handler.act(case, "report", {"result": "resolved", "result_text": "已恢复"}).status_code == 200
    assert program(park.owner).act(case, "confirm").status_code == 200
    done = program(park.colleague).act(case, "verify")
    assert done.status_code == 200
    assert done.json()["light"] == "done"
    rated = program(park.owner).post(f"cases/{case.pk}/rating/", {"level": 5, "comment": "很快"})
    assert rated.status_code == 201
    assert rated.json()["level"] == 5


def test_a_case_tells_where_it_is_who_has_it_until_when_and_why(park: SimpleNamespace) -> None:
    case = handled(park)
    body = program(park.handler).get(f"cases/{case.pk}/").json()
    assert body["team"]["name"] == "开发建设局"
    assert body["clock"]["explanations"][0]["sentence"].endswith(".")
    assert {d["kind"] for d in body["clock"]["explanations"][0]["days"]} >= {"receipt", "due"}
    assert {"report", "note_progress"} <= {a["name"] for a in body["actions"]}
    names = {f["name"] for f in body["facts"]}
    assert "contact_way" in names
    assert not {"contact_name", "contact_phone"} & names, "these are read with a record only"
    report = next(a for a in body["actions"] if a["name"] == "report")["schema"]
    assert [o["const"] for o in report["properties"]["result"]["oneOf"]] == [
        "resolved",
        "explained",
        "planned",
    ]
    chinese = program(park.handler, language="zh-hans").get(f"cases/{case.pk}/").json()
    assert chinese["kind_label"] == "企业诉求"


def test_nothing_internal_reaches_the_enterprise(park: SimpleNamespace) -> None:
    case = handled(park)
    engine.comment(case, by=actor(park.head), data={"body": "内部", "internal": True}, now=MONDAY)
    engine.comment(case, by=actor(park.handler), data={"body": "公开"}, now=MONDAY)
    outside = program(park.owner).get(f"cases/{case.pk}/").json()
    inside = program(park.handler).get(f"cases/{case.pk}/").json()
    assert [c["body"] for c in outside["talk"]] == ["公开"]
    assert [c["body"] for c in inside["talk"]] == ["内部", "公开"]
    assert all(e["internal"] is None for e in outside["timeline"])
    assert not any(f["name"] == "contact_way" for f in outside["facts"])
    listed = program(park.owner).get(f"cases/{case.pk}/timeline/").json()["results"]
    assert [e["seq"] for e in listed] == [e["seq"] for e in outside["timeline"]]
    assert len(listed) < len(program(park.handler).get(f"cases/{case.pk}/timeline/").json()["results"])


def test_what_is_out_of_sight_does_not_exist_and_what_is_not_allowed_is_refused(
    park: SimpleNamespace,
) -> None:
    case = file_request(park)
    for stranger in (park.rival, park.other_steward, park.administrator):
        outsider = program(stranger)
        assert outsider.get(f"cases/{case.pk}/").status_code == 404
        assert outsider.get(f"cases/{case.number}/").status_code == 404
        assert outsider.act(case, "accept").status_code == 404
        assert outsider.act(case, "claim", sort="operations").status_code == 404
        assert outsider.post(f"cases/{case.pk}/comments/", {"body": "?"}).status_code == 404
        assert outsider.get("cases/").json()["results"] == []
    refused = program(park.owner).act(case, "accept", {"category": "utilities", "grade": "normal"})
    assert refused.status_code == 403
    assert program(park.owner).act(case, "claim", sort="operations").status_code == 403
    assert Event.objects.filter(case=case).count() == 1


def test_a_steward_files_for_an_enterprise_that_walks_in(park: SimpleNamespace) -> None:
    steward = program(park.steward)
    schema = steward.get(f"kinds/stations.request/form/?enterprise={park.theirs.pk}").json()["schema"]
    assert "channel" in schema["required"]
    fields = {**filing(park), "channel": "phone", "grade": "major"}
    answer = steward.post(
        "cases/", {"kind": "stations.request", "enterprise": park.theirs.pk, "fields": fields}
    )
    assert answer.status_code == 201, answer.json()
    assert answer.json()["enterprise"]["id"] == park.theirs.pk
    assert any(f["name"] == "channel" and f["value"] == "phone" for f in answer.json()["facts"])


def test_nobody_opens_what_is_not_theirs_to_open(park: SimpleNamespace) -> None:
    fields = {"kind": "stations.request", "enterprise": park.theirs.pk, "fields": filing(park)}
    assert program(park.owner).post("cases/", fields).status_code == 404
    assert program(park.handler).post("cases/", fields).status_code == 403
    assert program(park.administrator).post("cases/", {**fields, "enterprise": None}).status_code == 403
    assert program(park.owner).post("cases/", {"kind": "cases.follow_up"}).status_code == 403
    assert program(park.owner).post("cases/", {"kind": "no.such"}).status_code == 422


def test_the_forms_of_the_pages_decide_field_by_field(park: SimpleNamespace) -> None:
    answer = program(park.owner).post(
        "cases/",
        {"kind": "stations.request", "fields": {**filing(park), "contact_phone": "123", "grade": "major"}},
    )
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert {e["pointer"] for e in problem["errors"]} == {"#/fields/contact_phone", "#/fields/grade"}
    for wrong in ({"title": 5}, {"title": ["a"]}, {"title": {}}, {"documents": 3}, {"no_such": "x"}):
        answer = program(park.owner).post(
            "cases/", {"kind": "stations.request", "fields": {**filing(park), **wrong}}
        )
        assert answer.status_code == 422, wrong
        assert [e["field"] for e in answer.json()["errors"]] == list(wrong)
    assert not Case.objects.exists()


def test_every_operation_of_the_pages_is_there(park: SimpleNamespace) -> None:
    case = handled(park)
    head, handler, steward = program(park.head), program(park.handler), program(park.steward)
    ops = {"sort": "operations"}
    assert head.act(case, "assign", {"assignee": park.section_head.pk}, **ops).status_code == 200
    assert head.act(case, "assign", {"assignee": park.handler.pk}, **ops).status_code == 200
    pause = {"reason": "special_procedure", "basis": "§45", "planned_days": 3, "notice": "专家评审"}
    assert head.act(case, "pause", pause, **ops).json()["clock"]["paused_at"]
    assert handler.act(case, "resume", **ops).status_code == 200
    extension = {"days": 3, "reason": "等配件"}
    assert handler.act(case, "ask_extension", extension, **ops).json()["extension"]["days"] == 3
    assert handler.act(case, "grant_extension", **ops).status_code == 403
    assert head.act(case, "grant_extension", **ops).json()["extension"] is None
    to = {"to_team": park.team["jinrong"].pk, "reason": "属地"}
    assert handler.act(case, "transfer", to, **ops).json()["handover"]["to_team"]["name"] == "金荣驿站"
    assert steward.act(case, "decline_transfer", {"answer": "不属我站"}, **ops).status_code == 200
    assert handler.act(case, "transfer", to, **ops).status_code == 200
    assert handler.act(case, "withdraw_transfer", **ops).status_code == 200
    assert handler.act(case, "transfer", to, **ops).status_code == 200
    assert steward.act(case, "accept_transfer", **ops).json()["team"]["name"] == "金荣驿站"
    assert steward.act(case, "claim", **ops).json()["assignee"]["id"] == park.steward.pk
    assert steward.act(case, "release", **ops).json()["assignee"] is None
    assert steward.post("cases/claim-next/").json()["case"]["id"] == case.pk
    assert steward.post("cases/claim-next/").json() == {"case": None}
    assert steward.act(case, "nonsense", **ops).status_code == 404
    assert steward.act(case, "nonsense").status_code == 404


def test_offered_actions_can_be_performed_and_no_others_are_offered(park: SimpleNamespace) -> None:
    case = file_request(park)
    offered = {a["name"] for a in program(park.steward).get(f"cases/{case.pk}/").json()["actions"]}
    assert offered == {"accept", "answer", "claim", "transfer", "watch", "comment", "attach"}
    assert {a["name"] for a in program(park.owner).get(f"cases/{case.pk}/").json()["actions"]} == {
        "withdraw",
        "comment",
        "attach",
    }
    assert "rate" in {
        a["name"] for a in program(park.owner).get(f"cases/{closed(park).pk}/").json()["actions"]
    }


def test_a_session_works_with_its_csrf_token_only(park: SimpleNamespace) -> None:
    case = file_request(park)
    mine = signed_in(park.owner, csrf=True)
    assert mine.get(f"cases/{case.pk}/").status_code == 200
    refused = mine.post(f"cases/{case.pk}/comments/", {"body": "请问"})
    assert refused.status_code == 403
    assert refused["Content-Type"] == "application/problem+json"
    mine.client.get("/accounts/me/")
    token = mine.client.cookies["csrftoken"].value
    assert mine.post(f"cases/{case.pk}/comments/", {"body": "请问"}, X_CSRFToken=token).status_code == 201


def test_a_number_that_two_kinds_share_asks_for_the_id(park: SimpleNamespace) -> None:
    one, other = file_request(park), reported(park)
    Case.objects.filter(pk=other.pk).update(number=one.number, kind="cases.follow_up")
    answer = program(park.leader).get(f"cases/{one.number}/")
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/ambiguous/")


def test_an_address_without_its_slash_is_the_same_address(park: SimpleNamespace) -> None:
    case = file_request(park)
    steward = program(park.steward)
    assert steward.get("cases").status_code == 200
    answer = steward.post(
        f"cases/{case.number}/transitions/accept",
        {"category": "utilities", "grade": "normal"},
        If_Match=f'"{case.version}"',
    )
    assert answer.status_code == 200
    assert answer.json()["step"] == "triage"


def test_the_co_handlers_part_is_asked_for_through_the_case(park: SimpleNamespace) -> None:
    case = handled(park)
    data = {"team": park.team["enterprise_service"].pk, "ask": "请提供政策依据"}
    body = program(park.handler).act(case, "ask_co_handler", data).json()
    assert body["children"][0]["kind"] == "cases.co_handling"
    child = Case.objects.get(pk=body["children"][0]["id"])
    assert program(park.service).act(child, "reply", {"reply": "见附件"}).json()["outcome"] == "replied"
    assert program(park.owner).get(f"cases/{child.pk}/").status_code == 404


def test_multipart_fills_in_a_form_as_the_page_does(park: SimpleNamespace) -> None:
    case = accept(park, file_request(park), MONDAY)
    steward = program(park.steward)
    answer = steward.send(
        f"cases/{case.pk}/transitions/dispatch/",
        {"team": park.team["development"].pk},
        If_Match=f'"{case.version}"',
    )
    assert answer.status_code == 200, answer.json()
