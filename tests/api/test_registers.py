"""Papers, enterprises, teams, the calendar and notices for programs."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.accounts.models import User
from portal.cases.models import Document, Event
from portal.park.models import Agency, Membership, Team
from portal.worktime.clock import Calendar
from tests.api.conftest import program
from tests.pages.test_pages import PDF
from tests.people import file_request, handled, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


def file(content: bytes = PDF, name: str = "执照.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def upload(user: User, **changes: Any) -> Any:
    return program(user).send("documents/", {"file": file(), "title": "营业执照", **changes})


def test_a_paper_is_uploaded_once_listed_read_and_fetched(park: SimpleNamespace) -> None:
    made = upload(park.owner, valid_until_on="2027-12-31")
    assert made.status_code == 201, made.json()
    body = made.json()
    assert body["title"] == "营业执照"
    assert body["valid_until_on"] == "2027-12-31"
    assert upload(park.agent).json()["id"] == body["id"], "the same content is the same paper"
    mine = program(park.agent)
    assert [d["id"] for d in mine.get("documents/").json()["results"]] == [body["id"]]
    assert mine.get(f"documents/{body['id']}/").json() == body
    fetched = mine.get(body["file"].removeprefix("/api/v1/"), Accept="application/pdf")
    assert fetched.status_code == 200
    assert fetched["Content-Type"] == "application/pdf"
    assert b"".join(fetched.streaming_content) == PDF
    assert "sandbox" in fetched["Content-Security-Policy"]


def test_papers_of_others_do_not_exist(park: SimpleNamespace) -> None:
    pk = upload(park.owner).json()["id"]
    for stranger in (park.rival, park.steward, park.administrator):
        outsider = program(stranger)
        assert outsider.get(f"documents/{pk}/").status_code == 404
        assert outsider.get(f"documents/{pk}/file/").status_code == 404
        assert outsider.get("documents/").json()["results"] == []
        assert outsider.get(f"documents/?enterprise={park.ours.pk}").json()["results"] == []
    case = file_request(park)
    attach = program(park.owner).post(f"cases/{case.pk}/attachments/", {"document": pk})
    assert attach.status_code == 201
    assert program(park.steward).get(f"documents/{pk}/").status_code == 200
    assert program(park.rival).get(f"documents/{pk}/").status_code == 404


def test_a_paper_that_is_not_clean_is_given_to_nobody(park: SimpleNamespace) -> None:
    pk = upload(park.owner).json()["id"]
    Document.objects.filter(pk=pk).update(scan_state=Document.Scan.PENDING)
    assert program(park.owner).get(f"documents/{pk}/file/").status_code == 403


def test_what_is_no_paper_is_refused_beside_its_field(park: SimpleNamespace) -> None:
    for wrong in ({"file": file(b"<html></html>")}, {"file": file(b"")}, {"file": ""}):
        answer = upload(park.owner, **wrong)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "file"
    assert upload(park.owner, valid_until_on="soon").json()["errors"][0]["field"] == "valid_until_on"
    assert upload(park.steward).status_code == 403
    assert program(park.owner).post("documents/", {}).status_code == 415


def test_staff_attach_a_proof_that_the_enterprise_need_not_see(park: SimpleNamespace) -> None:
    case = handled(park)
    made = program(park.handler).send(
        f"cases/{case.pk}/attachments/", {"file": file(PDF, "现场.pdf"), "internal": "true"}
    )
    assert made.status_code == 201, made.json()
    assert made.json()["internal"] is True
    assert made.json()["document"]["team_id"] == park.team["development"].pk
    assert program(park.owner).get(f"cases/{case.pk}/").json()["papers"] == []
    assert len(program(park.handler).get(f"cases/{case.pk}/").json()["papers"]) == 1
    assert Event.objects.filter(case=case, verb="attached").count() == 1


@pytest.mark.parametrize("data", [{}, {"document": "1"}, {"document": True}, {"document": 1, "x": 1}, []])
def test_attaching_needs_a_paper(park: SimpleNamespace, data: Any) -> None:
    case = file_request(park)
    assert program(park.owner).post(f"cases/{case.pk}/attachments/", data).status_code == 422
    assert program(park.owner).post(f"cases/{case.pk}/attachments/", {"document": 99999}).status_code == 404


def test_enterprises_are_ones_own_and_for_staff_all(park: SimpleNamespace) -> None:
    def seen(user: User, query: str = "") -> set[int]:
        return {row["id"] for row in program(user).get(f"enterprises/?{query}").json()["results"]}

    ours, theirs = park.ours.pk, park.theirs.pk
    assert seen(park.owner) == {ours}
    assert seen(park.handler) == seen(park.leader) == seen(park.auditor) == {ours, theirs}
    assert seen(park.administrator) == set(), "the dossier gives administrators the account only"
    assert seen(park.handler, "q=云栖") == {theirs}
    assert seen(park.handler, f"q={park.ours.uscc[:12].lower()}") == {ours, theirs}
    bank = Team.objects.create(code="bank", name="银行", kind="bank")
    banker = person("banker")
    Membership.objects.create(user=banker, team=bank)
    assert seen(banker) == set()
    assert program(park.owner).get(f"enterprises/{theirs}/").status_code == 404
    body = program(park.owner).get(f"enterprises/{ours}/").json()
    assert body["uscc"] == park.ours.uscc
    assert not {"phone", "contact_phone"} & set(body)


def test_who_acts_for_many_names_the_enterprise(park: SimpleNamespace) -> None:
    Agency.objects.create(
        user=park.owner, enterprise=park.theirs, role="agent", expires_on=date(2026, 11, 15)
    )
    assert len(program(park.owner).get("enterprises/").json()["results"]) == 1, "expired"
    Agency.objects.filter(enterprise=park.theirs).update(expires_on=None)
    assert len(program(park.owner).get("enterprises/?limit=1").json()["results"]) == 1
    assert program(park.owner).get("enterprises/?limit=1").json()["next"]


def test_teams_at_work(park: SimpleNamespace) -> None:
    Team.objects.filter(code="zhongnan").update(active=False)
    rows = program(park.owner).get("teams/?kind=station").json()["results"]
    assert [row["code"] for row in rows] == ["jinrong"]


def test_the_calendar_knows_make_up_days(park: SimpleNamespace) -> None:
    mine = program(park.owner)
    answer = mine.get("calendar/days/?date_from=2025-09-26&date_to=2025-10-13").json()
    assert answer["working_days"] == 8
    off = {row["date"]: row for row in answer["results"] if not row["is_working"]}
    assert "2025-09-28" not in off, "a Sunday that is worked"
    assert off["2025-10-01"]["name"]
    assert mine.get("calendar/add/?date=2025-09-26&days=7").json()["date"] == "2025-10-13"


def test_a_deadline_explains_itself(park: SimpleNamespace) -> None:
    found = program(park.owner).get(
        "calendar/deadline/?begins_at=2025-09-26T09:00:00%2B08:00&amount=7&unit=wd"
    )
    assert found.status_code == 200, found.json()
    body = found.json()
    assert body["due_at"].startswith("2025-10-13T17:30")
    assert "October 1" in body["explanation"]["sentence"]
    kinds = [day["kind"] for day in body["explanation"]["days"]]
    assert kinds[0] == "receipt"
    assert kinds[-1] == "due"
    assert Calendar.current().is_working(date(2025, 9, 28))


@pytest.mark.parametrize(
    "query",
    [
        "days/?date_from=2025-01-01",
        "days/?date_from=2025-01-02&date_to=2025-01-01",
        "days/?date_from=2025-01-01&date_to=2027-01-01",
        "days/?date_from=0001-01-01&date_to=9999-12-31",
        "add/?date=9999-12-31&days=1",
        "add/?date=2025-01-01&days=100000000000000000000",
        "add/?date=2025-01-01&days=-1",
        "deadline/?begins_at=0001-01-01T00:00:00Z&amount=1&unit=wd",
        "deadline/?begins_at=9999-12-31T23:59:59-12:00&amount=1&unit=h",
        "deadline/?begins_at=2025-01-01T00:00:00Z&amount=0.5&unit=wd",
        "deadline/?begins_at=2025-01-01T00:00:00Z&amount=1e9&unit=h",
        "deadline/?begins_at=2025-01-01T00:00:00Z&amount=1&unit=year",
    ],
)
def test_days_out_of_reach_are_refused(park: SimpleNamespace, query: str) -> None:
    assert program(park.owner).get(f"calendar/{query}").status_code == 400


def test_notices_are_ones_own_and_can_be_marked_read(park: SimpleNamespace) -> None:
    handled(park)
    mine, others = program(park.owner), program(park.steward)
    unread = mine.get("notices/?unread=true").json()["results"]
    assert len(unread) >= 4
    assert unread[0]["title"]
    assert unread[0]["path"].startswith("/cases/")
    pk = unread[0]["id"]
    assert others.post(f"notices/{pk}/read/").status_code == 404
    assert mine.post(f"notices/{pk}/read/").json()["read_at"]
    assert len(mine.get("notices/?unread=true").json()["results"]) == len(unread) - 1
    assert [n["id"] for n in mine.get("notices/?unread=false").json()["results"]] == [pk]
    assert mine.post("notices/read/").json() == {"marked": len(unread) - 1}
    assert mine.get("notices/?unread=true").json()["results"] == []
    assert mine.get("notices/?limit=2").json()["next"]


def test_kinds_tell_what_can_be_opened(park: SimpleNamespace) -> None:
    kinds = {k["kind"]: k for k in program(park.owner).get("kinds/").json()["results"]}
    assert kinds["stations.request"]["may_open"] is True
    assert "cases.co_handling" not in kinds
    assert {t["name"] for t in kinds["stations.request"]["transitions"]} >= {"accept", "withdraw"}
    staff = {k["kind"]: k for k in program(park.handler).get("kinds/").json()["results"]}
    assert staff["stations.request"]["may_open"] is False
    assert program(park.handler).get("kinds/stations.request/form/").status_code == 403
    assert program(park.owner).get("kinds/cases.co_handling/form/").status_code == 404
    schema = program(park.owner).get("kinds/stations.request/form/").json()["schema"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["title"]["maxLength"] == 120
    assert schema["properties"]["station"]["oneOf"][0]["title"]


def test_figures_are_read_with_a_token(park: SimpleNamespace) -> None:
    body = program(park.leader).get("indicators/?date_from=2026-01-01&date_to=2026-12-31").json()
    assert {"key", "label", "unit", "value", "rows_url"} <= set(body["results"][0])
    rows = program(park.leader).get("indicators/stations.requests_resolved/rows/").json()
    assert rows == {"results": [], "next": None}
    assert program(park.leader).get("indicators/?date_from=x").status_code == 400
