"""Low ratings, two at a time: one wins, nobody waits for one who waits for him."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connections, transaction

from portal.cases import engine, timeline, watch
from portal.cases.errors import Conflict
from portal.cases.models import Case, Rating, SetAside
from tests.kernel.test_races import one_lost, together
from tests.people import MONDAY, actor, at, make_park, person, works_in
from tests.stories.test_ratings import called, failed_twice, in_review, rated_low, settled
from tests.waiting import until_somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def park(filled_calendar: None) -> SimpleNamespace:
    return make_park()


def while_the_family_is_held(top: Case, below: Case, call: Callable[[], Any]) -> Any:
    """Run the call while somebody who has locked the upper case goes on to the lower one, as moves do."""
    held, result = threading.Event(), []

    def run() -> None:
        held.wait(30)
        try:
            result.append(call())
        except Exception as error:
            result.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    with transaction.atomic():
        list(Case.objects.select_for_update(of=("self",)).filter(pk=top.pk))
        held.set()
        until_somebody_waits()
        list(Case.objects.select_for_update(of=("self",)).filter(pk=below.pk))
    thread.join(30)
    return result[0]


def test_silence_closes_a_follow_up_while_somebody_acts_in_it(park: SimpleNamespace) -> None:
    follow_up = called(park, rated_low(park))
    engine.perform(follow_up, "put_right", by=actor(park.steward), data={"remedy": "双回路"}, now=MONDAY)
    assert follow_up.parent is not None
    done = while_the_family_is_held(follow_up.parent, follow_up, lambda: watch.lapse(at("2026-11-23 17:30")))
    assert done == 1
    assert not SetAside.objects.exists()


def test_a_leader_takes_note_while_somebody_acts_in_the_follow_up(park: SimpleNamespace) -> None:
    case = failed_twice(park)
    follow_up = case.parent
    assert follow_up is not None
    assert follow_up.parent is not None
    who = actor(park.leader)
    done = while_the_family_is_held(
        follow_up.parent,
        follow_up,
        lambda: engine.perform(case.pk, "take_note", by=who, data={"note": "研究"}, now=MONDAY),
    )
    assert isinstance(done, Case), done
    assert done.outcome == "noted"


def test_two_reviewers_decide_at_once(park: SimpleNamespace) -> None:
    case = in_review(park)
    one, other = actor(park.supervisor), actor(works_in(person("second"), park.team["supervision"]))
    reason = {"reason": "已核实"}
    one_lost(
        together(
            lambda: engine.perform(case.pk, "set_aside", by=one, data=reason, now=MONDAY),
            lambda: engine.perform(case.pk, "rating_stands", by=other, data=reason, now=MONDAY),
        ),
        "Supervisor", "Second",
    )  # fmt: skip
    case.refresh_from_db()
    assert Rating.objects.get(case=case.parent).counts == (case.outcome != "set_aside")
    assert list(timeline.breaks()) == []


def test_two_ask_for_a_review_at_once(park: SimpleNamespace) -> None:
    case = called(park, rated_low(park))
    data = {"ground": "mistaken", "reason": "点错"}
    handler, head = actor(park.steward), actor(park.station_head)
    results = together(
        lambda: engine.perform(case.pk, "appeal", by=handler, data=data, now=MONDAY),
        lambda: engine.perform(case.pk, "appeal", by=head, data=data, now=MONDAY),
    )
    assert sum(isinstance(r, Case) for r in results) == 1, results
    assert case.stays.filter(left_via="appeal").count() == 1


def test_two_low_ratings_of_a_follow_up_at_once_come_before_the_leaders_once(park: SimpleNamespace) -> None:
    follow_up = settled(park)
    owner, agent = actor(park.owner), actor(park.agent)
    results = together(
        lambda: engine.rate(follow_up.pk, by=owner, data={"level": 1}, now=MONDAY),
        lambda: engine.rate(follow_up.pk, by=agent, data={"level": 2}, now=MONDAY),
    )
    assert sum(isinstance(r, Conflict) for r in results) == 1, results
    assert follow_up.children.count() == 1
