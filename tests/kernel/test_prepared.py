"""Statements planned once per connection: nothing of a move depends on it."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.db import DataError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from portal import prepared
from portal.cases import engine, timeline
from portal.prepared import Prepared
from tests.people import MONDAY, actor, handled, reported

pytestmark = pytest.mark.django_db
SECRETS = re.compile(r'nonce="[^"]*"|nonce-[^"]*|name="csrfmiddlewaretoken" value="[^"]*"|csrf[^,]*')


def known() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements ORDER BY name")
        return [name for (name,) in cursor.fetchall()]


def answer(statement: Prepared, *values: object) -> object:
    with connection.cursor() as cursor:
        statement.run(cursor, values)
        return cursor.fetchone()[0]


def test_moves_are_planned_once(park: SimpleNamespace) -> None:
    case = handled(park)
    before = known()
    assert before
    for n in range(3):
        engine.perform(case, "note_progress", by=actor(park.handler), data={"note": f"{n}"}, now=MONDAY)
    more = set(known()) - set(before)
    assert len(more) <= 1  # whom this transition tells is the only new question
    assert not list(timeline.breaks())


def test_a_pooler_can_do_without(park: SimpleNamespace, settings: Settings) -> None:
    settings.PREPARED_STATEMENTS = False
    before = known()
    case = reported(park)
    assert case.step == "feedback"
    assert known() == before
    assert not list(timeline.breaks())


def test_what_fails_at_first_works_later() -> None:
    divide = Prepared("divide", "SELECT 10 / %s::int")
    with pytest.raises(DataError), transaction.atomic():
        answer(divide, 0)
    assert answer(divide, 5) == 2
    assert answer(divide, 2) == 5


def test_a_rollback_forgets_nothing() -> None:
    double = Prepared("double", "SELECT 2 * %s::int")
    with transaction.atomic():
        assert answer(double, 4) == 8
        transaction.set_rollback(True)
    assert answer(double, 5) == 10


def test_names_and_percent_signs() -> None:
    text = Prepared("named", "SELECT %(b)s::text || '%%' || %(a)s::text || %(b)s")
    with connection.cursor() as cursor:
        for _time in range(2):
            text.run(cursor, {"a": "1'%s", "b": "二"})
            assert cursor.fetchone()[0] == "二%1'%s二"


@pytest.mark.django_db(transaction=True)
def test_another_connection_learns_them_anew() -> None:
    treble = Prepared("treble", "SELECT 3 * %s::int")
    assert answer(treble, 2) == 6
    connection.close()
    assert not known()
    assert answer(treble, 3) == 9


def test_a_page_reads_by_planned_statements_and_says_the_same_without(
    park: SimpleNamespace, settings: Settings, client: Client
) -> None:
    case = handled(park)
    client.force_login(park.handler)
    address = f"/cases/{case.pk}/"
    pages = []
    for on in (True, True, False):  # first learnt, then known, then without
        settings.PREPARED_STATEMENTS = on
        pages.append(SECRETS.sub("", client.get(address).content.decode()))
    assert any(name.startswith("page_") for name in known())
    assert pages[0] == pages[1] == pages[2]


def test_a_connection_keeps_a_bounded_number_of_plans(
    park: SimpleNamespace, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = handled(park)
    client.force_login(park.handler)
    monkeypatch.setattr(prepared, "MOST_PLANS", 3)
    before = len(known())
    assert client.get(f"/cases/{case.pk}/").status_code == 200
    assert not any(name.startswith("page_") for name in known()[before:])


def test_several_go_together_in_their_order_and_the_last_one_answers(settings: Settings) -> None:
    first = Prepared("mark", "SELECT set_config('portal.test_mark', %s::text || '%%', true)")
    last = Prepared("marked", "SELECT current_setting('portal.test_mark') || %(more)s::text")
    for on, mark in ((True, "一"), (True, "二"), (False, "三")):  # first learnt, then known, then without
        settings.PREPARED_STATEMENTS = on
        with CaptureQueriesContext(connection) as sent, connection.cursor() as cursor:
            prepared.run_together(cursor, (first, [mark]), (last, {"more": "!"}))
            assert cursor.fetchone()[0] == f"{mark}%!"
        assert len(sent) == (1 if mark == "二" else 2)


def test_a_failure_among_several_undoes_all_and_forgets_nothing() -> None:
    double, divide = Prepared("double", "SELECT 2 * %s::int"), Prepared("divide", "SELECT 10 / %s::int")
    assert (answer(double, 2), answer(divide, 5)) == (4, 2)
    with pytest.raises(DataError), transaction.atomic(), connection.cursor() as cursor:
        prepared.run_together(cursor, (divide, [0]), (double, [3]))
    assert (answer(double, 3), answer(divide, 2)) == (6, 5)
