"""Policies are published, facts change and owners are told while a run goes on: the newest wins, nothing is
lost, nobody is told twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import connection, connections, transaction

from funds import matching
from funds.actions import begin_draft, publish_version
from funds.models import Match, PolicyVersion
from portal.notices.models import Notice
from tests.funds.building import MONDAY, make_office, make_policy
from tests.kernel.test_races import together
from tests.people import make_park
from tests.waiting import WAITING

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def park(filled_calendar: None) -> SimpleNamespace:
    return make_park()


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=True):
        yield


def until_so_many_wait(count: int) -> None:
    """AssertionError after ten seconds in which fewer came."""
    with connection.cursor() as cursor:
        for _turn in range(1000):
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(WAITING)
            if cursor.fetchone()[0] >= count:
                return
            cursor.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("nobody came to wait")


@contextmanager
def held_at(version: PolicyVersion, *calls: Callable[[], Any]) -> Iterator[list[Any]]:
    """The calls run, and have come as far as the verdicts of this version; inside, the rest happens."""
    results: list[Any] = [None] * len(calls)

    def run(n: int, call: Callable[[], Any]) -> None:
        try:
            results[n] = call()
        except Exception as error:
            results[n] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n, call)) for n, call in enumerate(calls)]
    free, held = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            list(Match.objects.select_for_update().filter(policy=version.policy_id))
            held.set()
            free.wait(60)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(30)
    for n, thread in enumerate(threads, start=1):
        thread.start()
        until_so_many_wait(n)
    try:
        yield results
    finally:
        free.set()
        for thread in [holder, *threads]:
            thread.join(60)
    assert not [one for one in results if isinstance(one, Exception)], results


def changed(office: SimpleNamespace, version: PolicyVersion, size: str) -> PolicyVersion:
    """The next version of a policy, for enterprises of another size; not yet published."""
    draft = begin_draft(version.policy, by=None, now=MONDAY)
    draft.summary = "示范"
    draft.save()
    draft.criteria.update(values=[size])
    return draft


def small(*enterprises: Any) -> None:
    for enterprise in enterprises:
        enterprise.size = "small"
        enterprise.save()


SMALL = [("size", "in", ["small"])]


def test_what_is_published_while_a_run_goes_on_is_not_overwritten(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    small(park.ours, park.theirs)
    first, second = make_policy(office, "A", criteria=SMALL), make_policy(office, "B", criteria=SMALL)
    draft, new = changed(office, second, "large"), changed(office, make_policy(office, "C"), "large")
    matching.match_all(MONDAY)
    with held_at(first, lambda: matching.match_all(MONDAY)):
        publish_version(draft, by=park.administrator, note="改", now=MONDAY)
        publish_version(new, by=park.administrator, note="改", now=MONDAY)
    for version in (draft, new):
        kept = set(Match.objects.filter(policy=version.policy_id).values_list("version", flat=True))
        assert kept == {version.pk}
    verdicts = Match.objects.filter(policy=second.policy_id).values_list("verdict", flat=True)
    assert set(verdicts) == {"not"}
    assert Match.objects.filter(policy=first.policy_id, verdict="met").count() == 2


def test_a_policy_is_published_while_the_run_is_at_it(park: SimpleNamespace, office: SimpleNamespace) -> None:
    small(park.ours)
    version = make_policy(office, "A", criteria=SMALL)
    draft = changed(office, version, "large")
    matching.match_all(MONDAY)
    with held_at(
        version,
        lambda: matching.match_all(MONDAY),
        lambda: publish_version(draft, by=park.administrator, note="改", now=MONDAY),
    ):
        pass
    assert set(Match.objects.values_list("version", flat=True)) == {draft.pk}


def test_of_two_runs_the_one_with_the_newer_facts_has_the_last_word(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    version = make_policy(office, "A", criteria=SMALL)
    make_policy(office, "B", criteria=SMALL)
    park.ours.size = "large"
    park.ours.save()
    matching.match_all(MONDAY)

    def after_the_change() -> int:
        small(park.ours)
        return matching.match_all(MONDAY)

    with held_at(version, lambda: matching.match_all(MONDAY), after_the_change):
        pass
    of_ours = Match.objects.filter(enterprise=park.ours).values_list("verdict", flat=True)
    assert list(of_ours) == ["met", "met"]


def test_nobody_is_told_twice_by_two_at_once_nor_by_a_run_beside_them(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    small(park.ours, park.theirs)
    for n in range(6):
        make_policy(office, f"P{n}", criteria=SMALL)
    matching.match_all(MONDAY)
    results = together(
        lambda: matching.tell(MONDAY), lambda: matching.tell(MONDAY), lambda: matching.match_all(MONDAY)
    )
    assert not [one for one in results if isinstance(one, Exception)], results
    assert sum(results[:2]) == 2
    assert Notice.objects.filter(key="funds.fits").count() == 2
    assert not Match.objects.filter(verdict="met", told_at=None).exists()
    matching.match_all(MONDAY)
    assert matching.tell(MONDAY) == 0
