"""The database is gone: 503 and "try again", for people and for programs; what is wrong with us stays 500."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from portal.api.models import KeptAnswer
from portal.cases import timeline
from portal.cases.models import Case, Comment
from portal.tracing import HEADER
from stations.models import Request
from tests.api.conftest import Program, program
from tests.api.test_problems import check
from tests.pages.test_pages import browser
from tests.people import filing, handled, make_park
from tests.waiting import until_somebody_waits

NUMBER = "outage-0123456789"

# Asks in a process of its own, as a server would be asked, and prints what it was told.
ASKING = """
import django, json; django.setup()
from django.test import Client
client, told = Client(raise_request_exception=False, SERVER_NAME="localhost"), {}
for method, path in json.loads(%r):
    if path not in ("/healthz", "/readyz"):
        client.cookies["sessionid"] = "a" * 32
    answer = getattr(client, method)(path, headers={"X-Request-ID": "outage-0123456789", "Accept-Language": "zh-CN"})
    told[method + " " + path] = [answer.status_code, dict(answer.headers), answer.content.decode()]
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def unreachable() -> dict[str, Any]:
    """What a portal answers whose database's port is closed."""
    asked = [
        ("get", "/healthz"), ("get", "/readyz"), ("get", "/"), ("get", "/work/"),
        ("post", "/accounts/sign-in/"), ("get", "/api/v1/cases/"), ("post", "/api/v1/cases/"),
    ]  # fmt: skip
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = probe.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-c", ASKING % json.dumps(asked)],
            env={**os.environ, "DATABASE_URL": f"postgres://x@127.0.0.1:{closed}/x", "REDIS_URL": settings.REDIS_URL,
                 "DJANGO_SETTINGS_MODULE": "portal.settings"},
            capture_output=True, text=True, timeout=120, check=False, cwd=settings.BASE_DIR,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


@pytest.mark.parametrize("asked", ["get /", "get /work/", "post /accounts/sign-in/"])
def test_a_page_without_a_database_asks_to_come_again(unreachable: dict[str, Any], asked: str) -> None:
    status, headers, body = unreachable[asked]
    assert status == 503
    assert int(headers["Retry-After"]) > 0
    assert "no-store" in headers["Cache-Control"]
    assert "暂时无法" in body
    assert NUMBER in body, "the number to tell"
    assert ("尚未保存" in body) == asked.startswith("post")


@pytest.mark.parametrize("asked", ["get /api/v1/cases/", "post /api/v1/cases/"])
def test_a_program_without_a_database_is_told_so(unreachable: dict[str, Any], asked: str) -> None:
    status, headers, body = unreachable[asked]
    problem = json.loads(body)
    assert status == problem["status"] == 503
    assert headers["Content-Type"] == "application/problem+json"
    assert int(headers["Retry-After"]) > 0
    assert problem["type"] == "/api/v1/problems/unavailable/"
    assert problem["request_id"] == headers[HEADER] == NUMBER


def test_the_process_lives_and_says_that_it_is_not_ready(unreachable: dict[str, Any]) -> None:
    assert unreachable["get /healthz"][0] == 200
    status, _headers, body = unreachable["get /readyz"]
    assert status == 503
    assert json.loads(body)["database"] is False


@pytest.fixture
def park(filled_calendar: None) -> SimpleNamespace:
    return make_park()


@pytest.fixture
def cut_at() -> Iterator[Callable[[str], None]]:
    """Whoever writes a row of the table loses the connection in the middle."""

    def place(table: str, what: str = "PERFORM pg_terminate_backend(pg_backend_pid())") -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"{what}; RETURN NULL; END $$"
            )
            cursor.execute(f"CREATE TRIGGER cut AFTER INSERT ON {table} EXECUTE FUNCTION cut()")

    yield place
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION IF EXISTS cut() CASCADE")


def elsewhere(call: Callable[[], Any]) -> Any:
    """On a connection of its own, as in a worker."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(call())
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    return found[0]


@pytest.mark.django_db(transaction=True)
def test_a_page_whose_connection_breaks_in_the_middle(
    park: SimpleNamespace, cut_at: Callable[..., None]
) -> None:
    case = handled(park)
    client = browser(park.handler)
    client.raise_request_exception = False
    cut_at("cases_comment")
    sent = {"version": case.version, "body": "已联系供电公司"}
    answer = elsewhere(lambda: client.post(f"/cases/{case.pk}/comment/", sent))
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert not Comment.objects.exists()
    assert Case.objects.get(pk=case.pk).version == case.version, "nothing half-done"
    assert list(timeline.breaks()) == []


@pytest.mark.django_db(transaction=True)
def test_a_program_whose_connection_breaks_tries_again_with_the_same_key(
    park: SimpleNamespace, cut_at: Callable[..., None]
) -> None:
    mine = program(park.owner)
    mine.client.raise_request_exception = False
    cut_at("stations_request")
    data = {"kind": "stations.request", "enterprise": park.ours.pk, "fields": filing(park)}
    key = {"Idempotency_Key": "cut-once"}
    answer = elsewhere(lambda: mine.post("cases/", data, **key))
    check(answer, 503, "unavailable")
    assert not Case.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION cut() CASCADE")
    again = elsewhere(lambda: mine.post("cases/", data, **key))
    assert again.status_code == 201, again.content
    assert Request.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_program_whose_connection_breaks_before_the_work_begins(
    park: SimpleNamespace, cut_at: Callable[..., None]
) -> None:
    """While its key is being kept: that is not "under way"."""
    mine = program(park.owner)
    mine.client.raise_request_exception = False
    cut_at("api_keptanswer")
    answer = elsewhere(lambda: mine.post("cases/", {"kind": "stations.request"}, Idempotency_Key="x"))
    check(answer, 503, "unavailable")
    assert not KeptAnswer.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "fault",
    [
        "RAISE EXCEPTION 'wrong with us'",
        "RAISE EXCEPTION USING ERRCODE = '40P01', MESSAGE = 'a deadlock'",
        "RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'the disk is full'",
    ],
    ids=["fault", "deadlock", "disk"],
)
def test_whatever_else_the_database_says_is_an_error_of_ours(
    park: SimpleNamespace, cut_at: Callable[..., None], fault: str
) -> None:
    case = handled(park)
    client = browser(park.handler)
    client.raise_request_exception = False
    cut_at("cases_comment", fault)
    sent = {"version": case.version, "body": "已联系"}
    answer = elsewhere(lambda: client.post(f"/cases/{case.pk}/comment/", sent))
    assert answer.status_code == 500
    assert "Retry-After" not in answer.headers


@pytest.mark.django_db(transaction=True)
def test_a_server_that_shuts_down_while_one_waits(park: SimpleNamespace) -> None:
    """The administrator ends all connections: who waits for a lock is told to come again."""
    case = handled(park)
    client = browser(park.handler)
    client.raise_request_exception = False
    answers: list[Any] = []
    sent = {"version": case.version, "body": "已联系"}
    waiting = threading.Thread(
        target=lambda: answers.append(elsewhere(lambda: client.post(f"/cases/{case.pk}/comment/", sent)))
    )
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=case.pk)
        waiting.start()
        until_somebody_waits()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND wait_event_type = 'Lock'"
            )
        waiting.join(30)
    assert answers[0].status_code == 503
    assert Program().client.get("/healthz").status_code == 200
