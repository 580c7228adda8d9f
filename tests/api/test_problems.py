"""Every error is a problem in the caller's language, whatever was sent."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from portal.api import problems
from tests.api.conftest import Program, program, signed_in
from tests.people import file_request, filing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


def check(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["type"] == f"/api/v1/problems/{code}/"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert body["instance"].startswith("/api/")
    return body


def test_nobody_signed_in(park: SimpleNamespace) -> None:
    answer = Program().get("cases/")
    check(answer, 401, "not-signed-in")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_the_language_is_the_callers(park: SimpleNamespace) -> None:
    english = check(program(park.owner, language="en").get("cases/999999/"), 404, "not-found")
    chinese = check(program(park.owner, language="zh-CN").get("cases/999999/"), 404, "not-found")
    assert english["title"] == "There is nothing here for you"
    assert chinese["title"] == "没有可供您查看的内容"
    park.owner.language = "en"
    park.owner.save()
    silent = program(park.owner)
    del silent.headers["Accept-Language"]
    assert silent.get("cases/999999/").json()["title"] == english["title"]


@pytest.mark.parametrize("path", ["nowhere/", "nowhere", "cases/1/2/3/4/", "cases/%00/"])
def test_an_address_that_is_none(park: SimpleNamespace, path: str) -> None:
    check(program(park.owner).get(path), 404, "not-found")


def test_what_cannot_be_done_there(park: SimpleNamespace) -> None:
    mine = program(park.owner)
    answer = mine.client.delete("/api/v1/cases/", headers=mine.headers)
    check(answer, 405, "method-not-allowed")
    check(mine.get("cases/", Accept="text/turtle"), 406, "not-acceptable")
    check(mine.raw("cases/", b"<a/>", "application/xml"), 415, "unsupported-media-type")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nonsense",
        b"\xff\xfe",
        b'{"kind": NaN}',
        b'{"kind": "a\\u0000b"}',
        b'{"kind": "\\ud800"}',
        b'{"\\ud800": 1}',
        b'{"enterprise": ' + b"9" * 5000 + b"}",
        b"[" * 100 + b"]" * 100,
        b"[" * 100_000 + b"]" * 100_000,
    ],
    ids=["empty", "cut", "words", "bytes", "nan", "nul", "surrogate", "key", "digits", "deep", "deeper"],
)
def test_what_is_no_json_that_can_be_kept(park: SimpleNamespace, body: bytes) -> None:
    answer = program(park.owner).raw("cases/", body)
    check(answer, 400 if body else 422, "malformed" if body else "invalid")


@pytest.mark.parametrize("body", [b"1", b'"text"', b"[]", b"null", b"true", b"1e999"])
def test_json_that_is_no_object(park: SimpleNamespace, body: bytes) -> None:
    case = file_request(park)
    check(program(park.owner).raw("cases/", body), 422, "invalid")
    if body != b"null":
        check(program(park.owner).raw(f"cases/{case.pk}/comments/", body), 422, "invalid")


@pytest.mark.parametrize("value", [10**30, -1, 1.5, "9" * 4000, "x", True, [], {}, float(10**300)])
def test_ids_that_are_none(park: SimpleNamespace, value: Any) -> None:
    case = file_request(park)
    fields = {**filing(park), "station": value}
    answer = program(park.owner).post("cases/", {"kind": "stations.request", "fields": fields})
    assert check(answer, 422, "invalid")["errors"][0]["pointer"] == "#/fields/station"
    answer = program(park.owner).post("cases/", {"kind": "stations.request", "enterprise": value})
    assert answer.status_code in (404, 422)
    answer = program(park.owner).post(f"cases/{case.pk}/attachments/", {"document": value})
    assert answer.status_code in (404, 422)


@pytest.mark.parametrize(
    "query",
    [
        "after=x", "after=%00", "after=bnVsbA", "after=W10", "after=%F0%9F%98%80", "limit=0", "limit=201",
        "limit=" + "9" * 5000, "limit=x", "sort=title", "light=pink", "nonsense=1", "team=99999999999999999999",
        "after=WyJkdWUiLCI5OTk5OS0wMS0wMSIsMV0", "after=WyJkdWUiLG51bGwsOTk5OTk5OTk5OTk5OTk5OTk5OTk5XQ",
        "kind=" + "a" * 300, "q=%00",
    ],
)  # fmt: skip
def test_parameters_that_are_not_right(park: SimpleNamespace, query: str) -> None:
    check(program(park.owner).get(f"cases/?{query}"), 400, "invalid-parameter")


def test_a_body_that_is_too_large_is_not_read(park: SimpleNamespace) -> None:
    check(program(park.owner).raw("cases/", b" " * (2**20 + 1)), 413, "too-large")
    mine = program(park.owner)
    answer = mine.client.post(
        "/api/v1/documents/",
        data=b"x",
        content_type="multipart/form-data; boundary=x",
        headers=mine.headers,
        CONTENT_LENGTH=str(2**31),
    )
    check(answer, 413, "too-large")


def test_a_form_that_is_cut_off(park: SimpleNamespace) -> None:
    answer = program(park.owner).raw("documents/", b"--x\r\nnonsense", "multipart/form-data")
    check(answer, 400, "malformed")


def test_an_error_of_the_portal_itself_is_a_problem_too(
    park: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = signed_in(park.owner)
    mine.client.raise_request_exception = False

    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise ArithmeticError

    monkeypatch.setattr("portal.cases.api.listing.page", broken)
    check(mine.get("cases/"), 500, "internal")


def test_what_the_problem_types_mean_can_be_read_where_they_lead(park: SimpleNamespace) -> None:
    mine = program(park.owner)
    found = mine.get("problems/").json()["results"]
    assert {kind["code"] for kind in found} == set(problems.KINDS)
    for kind in found:
        assert mine.get(kind["type"].removeprefix("/api/v1/")).json() == kind
    check(mine.get("problems/nonsense/"), 404, "not-found")


def test_answers_are_for_the_caller_alone(park: SimpleNamespace) -> None:
    assert program(park.owner).get("cases/")["Cache-Control"] == "private, no-store"
    assert Client().get("/api/v1/cases/")["Cache-Control"] == "private, no-store"
