"""Asking a worker to send: once for all that waits, and only where something is due now."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace

import pytest
import redis
from django.conf import settings

from portal.cases import engine
from portal.jobs import asking
from portal.notices import tasks
from portal.notices.models import Endpoint
from portal.trust import invitations
from portal.trust.tasks import send_letters
from tests.people import MONDAY, actor, at, file_request

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("filled_calendar")]


@pytest.fixture
def asked() -> Iterator[redis.Redis]:
    """The broker, with nothing asked for yet and nothing left afterwards."""
    broker = redis.Redis.from_url(settings.REDIS_URL)
    forget(broker)
    yield broker
    forget(broker)


def forget(broker: redis.Redis) -> None:
    broker.delete("celery", *broker.keys("*asked-for:*"))


def names(broker: redis.Redis) -> list[str]:
    """The tasks that wait for a worker."""
    waiting = [json.loads(message)["headers"]["task"] for message in broker.lrange("celery", 0, -1)]
    return sorted(waiting)


def test_many_moves_ask_once_and_again_when_the_worker_has_begun(
    asked: redis.Redis, park: SimpleNamespace
) -> None:
    case = file_request(park)
    for n in range(3):
        engine.comment(case, by=actor(park.steward), data={"body": f"说明 {n}"}, now=MONDAY)
    assert names(asked) == ["portal.notices.tasks.deliver"]
    tasks.deliver()
    engine.comment(case, by=actor(park.steward), data={"body": "又来"}, now=MONDAY)
    assert names(asked) == ["portal.notices.tasks.deliver"] * 2


def test_groups_are_told_only_where_one_listens(asked: redis.Redis, park: SimpleNamespace) -> None:
    Endpoint.objects.create(
        name="群", channel="wecom", kinds=["new", "progress", "turn"], address="https://example.com/x"
    )
    file_request(park)
    assert "portal.notices.tasks.post" in names(asked)


def test_what_waits_for_the_morning_wakes_no_worker(asked: redis.Redis, park: SimpleNamespace) -> None:
    file_request(park, at("2026-11-16 23:30"))
    assert names(asked) == []


def test_a_worker_that_died_before_it_began_is_not_waited_for(
    asked: redis.Redis, park: SimpleNamespace
) -> None:
    file_request(park)
    [mark] = asked.keys("*asked-for:*")
    assert 0 < asked.ttl(mark) <= asking.ASKED_S


def test_many_invitations_ask_once_and_again_when_the_worker_has_begun(
    asked: redis.Redis, park: SimpleNamespace
) -> None:
    def invite(n: int) -> None:
        data = {
            "name": f"经办{n}",
            "email": f"agent{n}@example.com",
            "expires_on": date(2026, 12, 31),
            "kinds": [],
        }
        invitations.invite(park.ours, by=actor(park.owner), data=data, now=MONDAY)

    for n in range(3):
        invite(n)
    assert names(asked) == ["portal.trust.tasks.send_letters"]
    send_letters()
    invite(3)
    assert names(asked) == ["portal.trust.tasks.send_letters"] * 2
