"""好差评, the low ones: review, follow-up rating, the leaders' list; told through engine, pages and API."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from portal.cases import engine
from portal.cases.access import visible_to
from portal.cases.models import Case
from tests.people import MONDAY, actor, file_request

pytestmark = pytest.mark.django_db


def sealed_and_closed(park: SimpleNamespace) -> Case:
    case = file_request(park, category="conduct", accused_team=park.team["development"].pk)
    answer = {"result": "resolved", "result_text": "已处理"}
    engine.perform(case, "answer", by=actor(park.inspector), data=answer, now=MONDAY)
    engine.perform(case, "confirm", by=actor(park.owner), now=MONDAY)
    return engine.perform(case, "verify", by=actor(park.second_inspector), now=MONDAY)


def test_the_follow_up_of_a_sealed_complaint_is_sealed(park: SimpleNamespace) -> None:
    case = sealed_and_closed(park)
    engine.rate(case, by=actor(park.owner), data={"level": 1}, now=MONDAY)
    follow_up = case.children.get(kind="cases.follow_up")
    assert follow_up.sealed
    for outsider in (park.leader, park.supervisor, park.auditor, park.handler):
        assert not visible_to(actor(outsider)).filter(pk=follow_up.pk).exists()
    assert visible_to(actor(park.inspector)).filter(pk=follow_up.pk).exists()
