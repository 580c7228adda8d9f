"""What is sent twice is done once; nobody overwrites what somebody else has changed; nobody asks too often."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections, transaction
from django.utils import timezone

from portal.api import idempotency, throttling
from portal.api.models import KeptAnswer
from portal.api.tasks import forget_answers
from portal.cases import engine
from portal.cases.models import Case, Comment, Document, Event
from portal.jobs.models import JobRun
from portal.schedule import BEAT_SCHEDULE
from tests.api.conftest import Program, program, signed_in
from tests.pages.test_pages import PDF
from tests.people import MONDAY, actor, file_request, filing, handled, make_park

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
KEY = {"Idempotency_Key": "7f9c-1"}


def test_the_same_key_and_content_is_the_same_answer(park: SimpleNamespace) -> None:
    mine = program(park.owner)
    body = {"kind": "stations.request", "fields": filing(park)}
    first, second = (mine.post("cases/", body, **KEY) for _n in range(2))
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert first["ETag"] == second["ETag"]
    assert first["Location"] == second["Location"]
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert Case.objects.count() == 1
    assert program(park.owner).post("cases/", body, **KEY).json() == first.json(), "any token of the person"
    assert program(park.agent).post("cases/", body, **KEY).json()["id"] != first.json()["id"], (
        "another person"
    )


def test_the_same_key_with_other_content_is_refused(park: SimpleNamespace) -> None:
    mine = program(park.owner)
    case = file_request(park)
    assert mine.post(f"cases/{case.pk}/comments/", {"body": "一"}, **KEY).status_code == 201
    for path, data in (
        (f"cases/{case.pk}/comments/", {"body": "二"}),
        (f"cases/{case.pk}/rating/", {"body": "一"}),
    ):
        answer = mine.post(path, data, **KEY)
        assert answer.status_code == 422
        assert answer.json()["type"].endswith("/key-reused/")
    assert Comment.objects.count() == 1


def test_a_refusal_is_kept_like_any_answer(park: SimpleNamespace) -> None:
    mine = program(park.owner)
    body = {"kind": "stations.request", "fields": {}}
    first, second = (mine.post("cases/", body, **KEY) for _n in range(2))
    assert first.status_code == second.status_code == 422
    assert first.json() == second.json()
    assert second["Content-Type"] == "application/problem+json"
    assert second["Idempotency-Replayed"] == "true"


def test_an_upload_that_is_sent_again_is_one_paper(park: SimpleNamespace) -> None:
    mine = program(park.owner)

    def upload(content: bytes = PDF) -> Any:
        data = {"file": SimpleUploadedFile("执照.pdf", content), "title": "执照"}
        return mine.send("documents/", data, **KEY)

    first, second = upload(), upload()
    assert first.status_code == 201, first.json()
    assert second.json() == first.json()
    assert second["Idempotency-Replayed"] == "true"
    assert upload(PDF + b" ").status_code == 422
    assert Document.objects.count() == 1


def test_keys_must_be_readable(park: SimpleNamespace) -> None:
    mine = program(park.owner)
    for key in ("", "a b", "é", "x" * 256):
        assert mine.post("notices/read/", Idempotency_Key=key).status_code == 400
    assert mine.post("notices/read/", Idempotency_Key="x" * 255).status_code == 200


def test_answers_are_kept_for_a_day_and_cleaned_away_hourly(park: SimpleNamespace, monday: Any) -> None:
    mine = program(park.owner)
    case = file_request(park)
    for _n in range(2):
        mine.post(f"cases/{case.pk}/comments/", {"body": "一"}, **KEY)
    monday.shift(timedelta(hours=24))
    assert mine.post(f"cases/{case.pk}/comments/", {"body": "二"}, **KEY).status_code == 201
    assert Comment.objects.count() == 2
    monday.shift(timedelta(hours=23, minutes=59))
    forget_answers()
    assert KeptAnswer.objects.count() == 1
    monday.shift(timedelta(minutes=1))
    forget_answers()
    assert not KeptAnswer.objects.exists()
    assert JobRun.objects.get(name="api.forget_answers").rows == 1
    assert BEAT_SCHEDULE["api.forget_answers"]["schedule"].minute == {20}  # type: ignore[attr-defined]


def test_a_change_needs_the_version_that_was_seen(park: SimpleNamespace) -> None:
    case = file_request(park)
    steward = program(park.steward)
    address = f"cases/{case.pk}/transitions/accept/"
    data = {"category": "utilities", "grade": "normal"}
    answer = steward.post(address, data)
    assert answer.status_code == 428
    assert steward.post(address, data, If_Match="nonsense").status_code == 400
    seen = steward.get(f"cases/{case.pk}/")["ETag"]
    engine.comment(case, by=actor(park.owner), data={"body": "请尽快"}, now=MONDAY)
    for tag in (seen, f"W/{seen}", '"x"', f'{seen}, "99"'):
        stale = steward.post(address, data, If_Match=tag)
        assert stale.status_code == 412, tag
    problem = stale.json()
    assert problem["type"].endswith("/stale/")
    assert problem["present"]["step"] == "received"
    assert stale["ETag"] == f'"{problem["present"]["version"]}"'
    assert Event.objects.filter(case=case).count() == 2
    done = steward.post(address, data, If_Match=f'"1", {stale["ETag"]}')
    assert done.status_code == 200
    assert done["ETag"] == f'"{done.json()["version"]}"'
    assert steward.post(f"cases/{case.pk}/transitions/handle_here/", If_Match="*").status_code == 200


def test_who_may_not_is_told_so_before_any_version(park: SimpleNamespace) -> None:
    case = file_request(park)
    assert program(park.owner).post(f"cases/{case.pk}/transitions/accept/").status_code == 403


def test_operations_need_the_version_too(park: SimpleNamespace) -> None:
    case = engine.claim(file_request(park), by=actor(park.steward), now=MONDAY)
    steward = program(park.steward)
    address = f"cases/{case.pk}/operations/release/"
    assert steward.post(address).status_code == 428
    assert steward.post(address, If_Match='"77"').status_code == 412
    assert steward.post(address, If_Match=f'"{case.version}"').status_code == 200


def test_claiming_and_following_say_themselves_who_was_faster(park: SimpleNamespace) -> None:
    case = file_request(park)
    assert program(park.steward).post(f"cases/{case.pk}/operations/claim/").status_code == 200
    late = program(park.colleague).post(f"cases/{case.pk}/operations/claim/")
    assert late.status_code == 409
    assert "Steward" in late.json()["detail"]
    followed = program(park.colleague).post(f"cases/{case.pk}/operations/watch/").json()
    assert "unwatch" in {a["name"] for a in followed["actions"]}


def test_a_conflict_that_is_none_of_versions_is_a_conflict(park: SimpleNamespace) -> None:
    case = handled(park)
    answer = program(park.owner).act(case, "confirm")
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/conflict/")


def test_too_many_requests_are_held_back_by_token_person_and_address(
    park: SimpleNamespace, settings: Any
) -> None:
    settings.API_REQUESTS_PER_MINUTE = {"token": 2, "user": 3, "address": 1}
    callers = ((program(park.owner), 2), (program(park.owner), 2), (signed_in(park.owner), 3))
    for caller, most in callers:
        for _n in range(most):
            assert caller.get("teams/").status_code == 200
        answer = caller.get("teams/")
        assert answer.status_code == 429
        assert 1 <= int(answer["Retry-After"]) <= 61
        assert answer["Content-Type"] == "application/problem+json"
    assert Program().get("teams/").status_code == 401
    assert Program().get("teams/").status_code == 429
    assert Program("psp_00000000_" + "A" * 43).get("teams/").status_code == 429, "guessing counts as well"


def test_the_count_begins_anew_every_minute(park: SimpleNamespace, settings: Any, monday: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = {"token": 1, "user": 1, "address": 1}
    mine = program(park.owner)
    assert [mine.get("teams/").status_code for _n in range(2)] == [200, 429]
    monday.shift(int(mine.get("teams/")["Retry-After"]))
    assert mine.get("teams/").status_code == 200


def test_without_redis_nobody_is_held_back_and_the_log_says_so(
    park: SimpleNamespace, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.API_REQUESTS_PER_MINUTE = {"token": 0, "user": 0, "address": 0}
    with caplog.at_level(logging.WARNING, logger=throttling.__name__):
        assert program(park.owner).get("teams/").status_code == 200
    assert "Redis is away" in caplog.text


# Two at once ---------------------------------------------------------------------------------------


def beside(work: Callable[[], Any]) -> Any:
    """Do something on another connection, now."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(work())
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    return found[0]


@pytest.mark.django_db(transaction=True)
def test_the_same_request_while_it_is_under_way_is_told_to_wait(
    filled_calendar: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    park = make_park()
    case = file_request(park)
    mine = program(park.owner)
    second: list[Any] = []
    real = engine.comment

    def slow(*args: Any, **kwargs: Any) -> Any:
        second.append(beside(lambda: mine.post(f"cases/{case.pk}/comments/", {"body": "一"}, **KEY)))
        return real(*args, **kwargs)

    monkeypatch.setattr(engine, "comment", slow)
    first = mine.post(f"cases/{case.pk}/comments/", {"body": "一"}, **KEY)
    assert first.status_code == 201
    assert second[0].status_code == 409
    assert second[0].json()["type"].endswith("/under-way/")
    assert second[0]["Retry-After"] == "1"
    third = mine.post(f"cases/{case.pk}/comments/", {"body": "一"}, **KEY)
    assert third.json() == first.json()
    assert Comment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_request_that_died_can_be_tried_again(
    filled_calendar: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    park = make_park()
    case = file_request(park)
    mine = program(park.owner)
    mine.client.raise_request_exception = False
    real = engine.comment

    def dies(*args: Any, **kwargs: Any) -> Any:
        real(*args, **kwargs)
        raise ArithmeticError

    monkeypatch.setattr(engine, "comment", dies)
    assert mine.post(f"cases/{case.pk}/comments/", {"body": "一"}, **KEY).status_code == 500
    assert not Comment.objects.exists(), "what it had written is gone with it"
    monkeypatch.setattr(engine, "comment", real)
    assert mine.post(f"cases/{case.pk}/comments/", {"body": "一"}, **KEY).status_code == 201
    assert Comment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_a_case_at_once_one_is_told_its_present_state(
    filled_calendar: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    park = make_park()
    case = file_request(park)
    data = {"category": "utilities", "grade": "normal"}
    real = engine.perform

    def late(*args: Any, **kwargs: Any) -> Any:
        """The other one gets in between the look at the version and the lock."""
        monkeypatch.setattr(engine, "perform", real)
        beside(lambda: engine.claim(case.pk, by=actor(park.colleague), now=MONDAY))
        return real(*args, **kwargs)

    monkeypatch.setattr(engine, "perform", late)
    answer = program(park.steward).act(case, "accept", data)
    assert answer.status_code == 412, answer.json()
    assert answer.json()["present"]["assignee"]["id"] == park.colleague.pk
    case.refresh_from_db()
    assert case.step == "received"


@pytest.mark.django_db(transaction=True)
def test_the_lock_of_a_key_ends_with_its_request(filled_calendar: None) -> None:
    park = make_park()
    kept = KeptAnswer.objects.create(user=park.owner, key="k", fingerprint="f", created_at=timezone.now())
    with transaction.atomic():
        assert idempotency._locked(kept.pk).pk == kept.pk
    assert beside(lambda: transaction.atomic()(lambda: idempotency._locked(kept.pk).pk)()) == kept.pk
