"""Four eyes: the one who verifies is not the one who handled; at the page, in the engine, in the database."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from portal.cases import engine
from portal.cases.checks import problems
from portal.cases.declaration import FLOWS
from portal.cases.errors import NotAllowed
from portal.cases.models import Case, Signature
from tests.api.conftest import program
from tests.pages.test_pages import browser
from tests.people import MONDAY, accept, actor, file_request

pytestmark = pytest.mark.django_db


def answered_at_the_station(park: SimpleNamespace, by: str = "steward") -> Case:
    """The station handles the request itself: the same people could report and verify."""
    case = accept(park, file_request(park), MONDAY)
    engine.perform(case, "handle_here", by=actor(park.steward), now=MONDAY)
    who = actor(getattr(park, by))
    engine.assign(case, by=actor(park.station_head), data={"assignee": who.user.pk}, now=MONDAY)
    if case.flow.leaving(Case.objects.get(pk=case.pk).step):
        step = Case.objects.get(pk=case.pk).step
        if step == "planning":
            engine.perform(case, "plan", by=who, data={"plan": "x"}, now=MONDAY)
    engine.perform(case, "report", by=who, data={"result": "resolved", "result_text": "已办"}, now=MONDAY)
    return engine.perform(case, "confirm", by=actor(park.owner), now=MONDAY)


def test_at_the_page_the_button_is_not_there_and_the_address_says_no(park: SimpleNamespace) -> None:
    case = answered_at_the_station(park)
    address = f"/cases/{case.pk}/do/verify/"
    assert address not in browser(park.steward).get(f"/cases/{case.pk}/").content.decode()
    answer = browser(park.steward).post(address)
    assert answer.status_code == 403
    assert "须由他人" in answer.content.decode() or "他人" in answer.content.decode()
    assert address in browser(park.colleague).get(f"/cases/{case.pk}/").content.decode()
    assert browser(park.colleague).post(address).status_code == 302


def test_in_the_api_the_action_is_not_offered_and_the_address_says_no(park: SimpleNamespace) -> None:
    case = answered_at_the_station(park)
    mine, other = program(park.steward), program(park.colleague)
    offered = {action["name"] for action in mine.get(f"cases/{case.pk}/").json()["actions"]}
    assert "verify" not in offered
    answer = mine.act(case, "verify")
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/not-allowed/")
    assert other.act(case, "verify").status_code == 200


def test_in_the_engine(park: SimpleNamespace) -> None:
    case = answered_at_the_station(park)
    with pytest.raises(NotAllowed):
        engine.perform(case, "verify", by=actor(park.steward), now=MONDAY)
    assert engine.perform(case, "verify", by=actor(park.colleague), now=MONDAY).step == "closed"


def test_in_the_database_nobody_stands_on_both_sides(park: SimpleNamespace) -> None:
    case = answered_at_the_station(park)
    first = Signature.objects.get(case=case, rule="verify")
    assert (first.user, first.side) == (park.steward, 1)
    sql = (
        "INSERT INTO cases_signature (case_id, rule, user_id, side, rounds, at) "
        "VALUES (%s, 'verify', %s, 2, '[1,2)', now())"
    )
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [case.pk, park.steward.pk])
    with connection.cursor() as cursor:
        cursor.execute(sql, [case.pk, park.colleague.pk])
    for change in ("UPDATE cases_signature SET user_id = user_id + 1", "DELETE FROM cases_signature"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_even_a_rule_that_the_engine_forgot_is_held_by_the_database(
    park: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal.cases.engine import core

    case = answered_at_the_station(park)
    monkeypatch.setattr(core, "performers", lambda *_a: set())
    with pytest.raises(NotAllowed):
        engine.perform(case, "verify", by=actor(park.steward), now=MONDAY)
    case.refresh_from_db()
    assert case.step == "verifying"


def test_who_verified_may_handle_in_a_later_round_and_then_not_verify(park: SimpleNamespace) -> None:
    case = accept(park, file_request(park), MONDAY)
    engine.perform(case, "handle_here", by=actor(park.steward), now=MONDAY)
    steward, colleague = actor(park.steward), actor(park.colleague)
    if Case.objects.get(pk=case.pk).step == "planning":
        engine.perform(case, "plan", by=steward, data={"plan": "x"}, now=MONDAY)
    planned = {"result": "planned", "result_text": "列入计划", "planned_on": "2026-12-31"}
    engine.perform(case, "report", by=steward, data=planned, now=MONDAY)
    engine.perform(case, "confirm", by=actor(park.owner), now=MONDAY)
    engine.perform(case, "verify", by=colleague, now=MONDAY)
    engine.assign(case, by=actor(park.station_head), data={"assignee": park.colleague.pk}, now=MONDAY)
    done = {"result": "resolved", "result_text": "已办"}
    engine.perform(case, "report", by=colleague, data=done, now=MONDAY)
    engine.perform(case, "confirm", by=actor(park.owner), now=MONDAY)
    for who in (steward, colleague):  # both have handled it by now
        with pytest.raises(NotAllowed):
            engine.perform(case, "verify", by=who, now=MONDAY)
    assert engine.perform(case, "verify", by=actor(park.station_head), now=MONDAY).step == "closed"


def test_a_rule_that_names_nothing_stops_the_start() -> None:
    flow = FLOWS["stations.request"]
    wrong = replace(flow.transitions[0], not_by=("no_such_thing",))
    found = dict(problems(replace(flow, transitions=(wrong, *flow.transitions[1:]))))
    assert "cases.E012" in found
