"""What a page costs in statements must not depend on how much there is to show: no N+1 anywhere."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.cases import engine, watch
from portal.cases.models import Case
from tests.pages.test_pages import EVERYBODY, addresses, browser
from tests.people import MONDAY, actor, at, closed, file_request, handled, reported

pytestmark = pytest.mark.django_db
# Read once in a few seconds, or written once a minute, by each process: whatever the page shows.
KEPT_A_MOMENT = ("notices_wording", "accounts_visit")
LATER = at("2026-12-01 09:00")


def busy_months(park: SimpleNamespace, times: int) -> None:
    """Cases in many states, with everything that hangs on them, `times` over."""
    for n in range(times):
        rated = closed(park)
        engine.rate(rated, by=actor(park.owner), data={"level": 2, "comment": "慢"}, now=MONDAY)
        reported(park)
        file_request(park, title=f"待受理 {n}")
        case = handled(park)
        engine.transfer(
            case,
            by=actor(park.handler),
            data={"to_team": park.team["enterprise_service"].pk, "reason": "不属我局"},
            now=MONDAY,
        )
        for field in ({}, {"internal": "on"}):
            engine.comment(case, by=actor(park.head), data={"body": f"说明 {n}", **field}, now=MONDAY)
    watch.sweep(LATER)


def talk_more(park: SimpleNamespace, case: Case, times: int) -> None:
    """More lines on the timeline, more messages, more children of one case."""
    for n in range(times):
        engine.comment(case, by=actor(park.head), data={"body": f"再说 {n}"}, now=MONDAY)
        data = {"team": park.team["enterprise_service"].pk, "ask": f"会办 {n}"}
        engine.perform(case, "ask_co_handler", by=actor(park.handler), data=data, now=MONDAY)


def statements(client: Client, address: str) -> list[str]:
    """What one look sends to the database, but for what each process does now and then."""
    with CaptureQueriesContext(connection) as seen:
        client.get(address)
    found = [query["sql"] for query in seen.captured_queries]
    return [sql for sql in found if not any(table in sql for table in KEPT_A_MOMENT)]


def shape(sql: str) -> str:
    """The statement without its numbers: what an N+1 repeats."""
    return "".join("#" if c.isdigit() else c for c in sql)


def test_no_page_sends_more_statements_when_there_is_more_to_show(park: SimpleNamespace) -> None:
    busy_months(park, 2)
    case = handled(park)
    talk_more(park, case, 1)
    clients = {name: browser(getattr(park, name)) for name in EVERYBODY}
    looks = [(name, address) for name in EVERYBODY for address in (*addresses(case), "/work/?view=team")]
    # What is kept per process is read once; a refusal has nothing to show.
    looks = [(name, address) for name, address in looks if clients[name].get(address).status_code == 200]
    assert {name for name, _address in looks} == set(EVERYBODY)
    before = {look: statements(clients[look[0]], look[1]) for look in looks}
    busy_months(park, 4)
    talk_more(park, case, 4)
    problems = []
    for name, address in looks:
        after = statements(clients[name], address)
        if len(after) > len(before[name, address]):
            more = Counter(map(shape, after)) - Counter(map(shape, before[name, address]))
            problems.append((name, address, len(before[name, address]), len(after), more.most_common(1)))
    assert problems == []
