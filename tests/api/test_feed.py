"""The feed for data warehouses: nothing is missed, nothing comes twice, nothing that is not theirs."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from portal.cases import engine
from portal.cases.api import feed
from portal.cases.models import Event
from tests.api.conftest import Program, program
from tests.api.test_once import beside
from tests.people import MONDAY, actor, file_request, handled, make_park

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def park(filled_calendar: None) -> SimpleNamespace:
    return make_park()


def read(reader: Program, cursor: str = "", limit: int = 500) -> tuple[list[int], str]:
    """Everything that lies ready after a cursor, and the cursor to come again with."""
    ids: list[int] = []
    while True:
        after = f"&after={cursor}" if cursor else ""
        body = reader.get(f"events/?limit={limit}{after}").json()
        ids += [event["id"] for event in body["results"]]
        cursor = body["cursor"]
        if body["next"] is None:
            return ids, cursor


def until_quiet(look: Callable[[], bool]) -> None:
    """Other tests write into other databases of the same server and hold the feed back a little."""
    deadline = time.monotonic() + 60
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def everything(reader: Program, wanted: set[int]) -> list[int]:
    found: list[int] = []

    def complete() -> bool:
        found[:] = read(reader)[0]
        return set(found) == wanted

    until_quiet(complete)
    return found


def test_what_commits_late_is_not_missed(park: SimpleNamespace) -> None:
    """The early transaction takes its number first and commits last: a reader by id would lose it."""
    reader = program(park.leader)
    early, late = file_request(park), file_request(park)
    everything(reader, set(Event.objects.values_list("pk", flat=True)))
    _seen, cursor = read(reader)
    with transaction.atomic():
        engine.comment(early, by=actor(park.owner), data={"body": "早"}, now=MONDAY)
        mine = Event.objects.get(case=early, verb="commented").pk
        beside(lambda: engine.comment(late.pk, by=actor(park.owner), data={"body": "晚"}, now=MONDAY))
        other = Event.objects.get(case=late, verb="commented").pk
        assert other > mine, "the later number is there first"
        ids, between = beside(lambda: read(reader, cursor))
        assert ids == [], "what is not complete yet is held back"
    found: list[int] = []

    def arrived() -> bool:
        ids, nonlocal_cursor[0] = read(reader, nonlocal_cursor[0])
        found.extend(ids)
        return len(found) == 2

    nonlocal_cursor = [between]
    until_quiet(arrived)
    assert set(found) == {mine, other}


def test_a_number_that_is_given_out_late_is_not_missed(park: SimpleNamespace) -> None:
    """The early transaction writes something else first, and its event after the other's."""
    reader = program(park.leader)
    early, late = file_request(park), file_request(park)
    cursor = ""
    with transaction.atomic():
        with connection.cursor() as database:
            database.execute("SELECT txid_current()")
        beside(lambda: engine.comment(late.pk, by=actor(park.owner), data={"body": "晚"}, now=MONDAY))
        ids, cursor = beside(lambda: read(reader))
        engine.comment(early, by=actor(park.owner), data={"body": "早"}, now=MONDAY)
    wanted = set(Event.objects.values_list("pk", flat=True))
    state = [cursor]

    def arrived() -> bool:
        more, state[0] = read(reader, state[0])
        ids.extend(more)
        return set(ids) == wanted

    until_quiet(arrived)
    assert len(ids) == len(set(ids)), "nothing comes twice"


def test_pages_of_any_size_give_the_same_events(
    park: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _n in range(3):
        handled(park)
    reader = program(park.leader)
    whole = everything(reader, set(Event.objects.values_list("pk", flat=True)))
    assert read(reader, limit=1)[0] == whole
    assert read(reader, limit=4)[0] == whole
    monkeypatch.setattr(feed, "LOOKED_THROUGH", 3)
    assert read(reader, limit=2)[0] == whole


def test_the_feed_shows_what_the_reader_may_see(park: SimpleNamespace) -> None:
    case = handled(park)
    engine.comment(case, by=actor(park.head), data={"body": "内部", "internal": True}, now=MONDAY)
    everything(program(park.leader), set(Event.objects.values_list("pk", flat=True)))
    own = program(park.owner).get("events/").json()["results"]
    assert {e["verb"] for e in own} == {"opened", "accept", "dispatch", "sign", "plan"}
    assert all(e["internal"] is None for e in own)
    assert {e["case"]["number"] for e in own} == {case.number}
    assert program(park.rival).get("events/").json()["results"] == []
    assert program(park.administrator).get("events/").json()["results"] == []
    inside = program(park.handler).get("events/").json()["results"]
    assert "commented" in {e["verb"] for e in inside}


def test_one_look_costs_the_same_whatever_there_is(park: SimpleNamespace) -> None:
    from django.test.utils import CaptureQueriesContext

    def cost() -> int:
        reader = program(park.rival)  # sees nothing of it
        reader.get("events/")
        with CaptureQueriesContext(connection) as seen:
            reader.get("events/")
        return len(seen)

    file_request(park)
    before = cost()
    for _n in range(4):
        handled(park)
    assert cost() <= before + 1


@pytest.mark.parametrize("cursor", ["x", "W10", "WzFd", "WyJhIiwiYiJd", "Wy0xLDFd", "WzEsMSwxXQ"])
def test_a_cursor_that_is_none(park: SimpleNamespace, cursor: str) -> None:
    assert program(park.leader).get(f"events/?after={cursor}").status_code == 400


def test_after_a_restore_the_feed_says_that_it_must_be_renewed_and_then_that_it_was(
    park: SimpleNamespace,
) -> None:
    """A dump brings the transaction numbers of the old server along; a new one counts from the start."""
    reader = program(park.leader)
    case = handled(park)
    whole = everything(reader, set(Event.objects.values_list("pk", flat=True)))
    with connection.cursor() as database:  # what a restore looks like
        database.execute("ALTER TABLE cases_event DISABLE TRIGGER USER")
        database.execute("UPDATE cases_event SET xact = xact + 1000000000")
        database.execute("ALTER TABLE cases_event ENABLE TRIGGER USER")
    broken = reader.get("events/")
    assert broken.status_code == 503
    assert broken.json()["type"].endswith("/feed-renewal-needed/")
    old = feed.paging.encode(Event.objects.latest("pk").xact, whole[-1])
    call_command("renew_feed", verbosity=0)
    assert reader.get(f"events/?after={old}").status_code == 410
    assert everything(reader, set(whole)) == sorted(whole)
    engine.comment(case, by=actor(park.handler), data={"body": "继续"}, now=MONDAY)
    everything(reader, set(Event.objects.values_list("pk", flat=True)))
    call_command("verify_events", verbosity=0)


def test_where_nothing_is_new_the_cursor_stays(park: SimpleNamespace) -> None:
    reader = program(park.leader)
    file_request(park)
    everything(reader, set(Event.objects.values_list("pk", flat=True)))
    ids, cursor = read(reader)
    again: Any = reader.get(f"events/?after={cursor}").json()
    assert again == {"results": [], "next": None, "cursor": cursor}
    assert len(ids) == 1
