"""Requests merged at the same moment as something else happens to them: nothing is lost, nobody waits for ever."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from portal.cases import engine, timeline
from portal.cases.errors import Conflict, Invalid, Refused
from portal.cases.models import Case, Event
from stations.models import Request
from tests.kernel.test_races import together
from tests.people import MONDAY, actor, file_request, handled, make_park

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def park(filled_calendar: None) -> SimpleNamespace:
    return make_park()


def merging(case: Case, into: Case, who: Any) -> Callable[[], Any]:
    return lambda: engine.perform(case.pk, "merge", by=actor(who), data={"into": into.pk}, now=MONDAY)


def lost(results: list[Any]) -> list[Exception]:
    """Who came second; anything but a plain refusal is a mistake of ours."""
    found = [r for r in results if isinstance(r, Exception)]
    assert all(isinstance(r, Conflict | Invalid | Refused) for r in found), results
    return found


def test_two_people_merge_one_request(park: SimpleNamespace) -> None:
    first, second = file_request(park), file_request(park)
    results = together(merging(second, first, park.steward), merging(second, first, park.colleague))
    assert len(lost(results)) == 1
    assert Request.objects.get(pk=first.pk).merged_count == 1
    assert Event.objects.filter(verb="took_in").count() == 1
    assert list(timeline.breaks()) == []


def test_two_requests_are_merged_into_one(park: SimpleNamespace) -> None:
    first = handled(park)
    later = [file_request(park) for _ in range(3)]
    results = together(*(merging(case, first, park.steward) for case in later))
    assert lost(results) == []
    assert Request.objects.get(pk=first.pk).merged_count == 3
    assert Event.objects.filter(case=first, verb="took_in").count() == 3
    assert list(timeline.breaks()) == []


def test_a_chain_is_merged_from_both_ends(park: SimpleNamespace) -> None:
    for _ in range(5):
        first, second, third = (file_request(park) for _ in range(3))
        results = together(merging(third, second, park.steward), merging(second, first, park.colleague))
        refused = lost(results)
        second.refresh_from_db()
        third.refresh_from_db()
        assert second.outcome == "merged"
        assert (third.outcome == "merged") is not bool(refused)  # else its target was closed under its hands


def test_the_earlier_one_ends_or_hears_from_a_co_handler_meanwhile(park: SimpleNamespace) -> None:
    for _ in range(5):
        first, second = handled(park), file_request(park)
        ask = {"team": park.team["enterprise_service"].pk, "ask": "请核实"}
        engine.perform(first, "ask_co_handler", by=actor(park.handler), data=ask, now=MONDAY)
        part = first.children.get()

        def reply(part: Case = part) -> Case:
            return engine.perform(
                part.pk, "reply", by=actor(park.service), data={"reply": "属实"}, now=MONDAY
            )

        def withdraw(first: Case = first) -> Case:
            data = {"reason": "已解决"}
            return engine.perform(first.pk, "withdraw", by=actor(park.owner), data=data, now=MONDAY)

        lost(together(merging(second, first, park.steward), reply, withdraw))
        second.refresh_from_db()
        assert second.is_open is (second.request.duplicate_of is None)
    assert list(timeline.breaks()) == []
