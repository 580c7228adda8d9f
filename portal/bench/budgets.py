"""The budgets of `design/performance.md`, each measured beside its yardstick.

`SMALL` are measured once; `EACH` at every size of the table; `LAST` at the largest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import chinese_calendar
from django.contrib.staticfiles import finders
from django.test import Client

from portal.accounts.models import User
from portal.bench import ledger_budgets, process_budgets, sweeping
from portal.bench.loader import NOW, Loaded
from portal.bench.measure import Line, at_least, at_most, counting, in_turn, sql, timed
from portal.cases import engine, queue
from portal.cases.access import visible_to
from portal.cases.models import Case
from portal.cases.search import words
from portal.cases.views.search import find
from portal.park.acting import Actor
from portal.reports import figures
from portal.reports.declaration import INDICATORS, Period
from portal.worktime.clock import ZONE, Calendar, Limit, Unit

PLAIN = "/bench/plain/"
TABLES = ("cases_case", "cases_steplog", "cases_event", "notices_notice")


@dataclass
class Bench:
    """What the budgets share: the park that was loaded, one person of it, and times to compare."""

    loaded: Loaded
    times: dict[tuple[str, int], float] = field(default_factory=dict)
    parts: dict[str, Any] = field(default_factory=dict)  # what the domains have loaded

    def client(self) -> Client:
        client = Client()
        client.force_login(User.objects.get(username="bench1"))
        return client

    def actor(self) -> Actor:
        return Actor(User.objects.get(username="bench1"))


Budget = Callable[[Bench], Iterator[Line]]


def working_day(_bench: Bench) -> Iterator[Line]:
    """16: one deadline by our calendar beside the same by a library."""
    calendar, limit = Calendar.current(), Limit(Decimal(15), Unit.WORKING_DAY)
    start = datetime(2024, 9, 23, 10, 0, tzinfo=ZONE)

    def library() -> date:
        day, left = start.date(), 15
        while left:
            day = day.fromordinal(day.toordinal() + 1)
            left -= chinese_calendar.is_workday(day)
        return day

    ours = timed(lambda: [calendar.due_at(start, limit) for _ in range(1000)], 5) / 1000
    theirs = timed(lambda: [library() for _ in range(100)], 5) / 100
    yield at_least("working-day deadline, times the library's speed", theirs, "ms", ours, 500.0)


def weight(_bench: Bench) -> Iterator[Line]:
    """18: own style and script, as sent."""
    import gzip

    files = ("portal/portal.css", "portal/portal.js", "django_htmx/htmx-2.min.js")
    found = [Path(str(finders.find(name))) for name in files]
    size = sum(len(gzip.compress(path.read_bytes())) for path in found) / 1024
    yield at_most("style and script of a page", size, "KB", 1, 150)


def queue_page(bench: Bench) -> Iterator[Line]:
    """1, 2, 3: the queue page beside a plain page of as many rows; its growth; its bounds."""
    client, address = bench.client(), "/work/?view=team"
    client.get(address)  # notes, once a minute, that the session is in use
    with counting() as seen:
        answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"the queue page answers {answer.status_code}")
    yield at_most("queue page, statements", len(seen), "statements", 1, 8)
    yield at_most("queue page, size", len(answer.content) / 1024, "KB", 1, 150)
    ours, plain = in_turn(lambda: client.get(address), lambda: client.get(PLAIN), 25)
    yield at_least("queue page, speed", plain, "ms", ours, 0.6)
    yield from _growth(bench, "queue page", ours)
    form = queue.FilterForm({"view": "team"}, actor=bench.actor())
    mark, pages = "", 0
    while pages < 1000:
        found = queue.page(queue.select(form, bench.actor(), NOW), sort="due", after=mark, size=1)
        if not found.later:
            break
        mark, pages = found.later, pages + 1
    deep = f"{address}&after={mark}"
    first, far = in_turn(lambda: client.get(address), lambda: client.get(deep), 11)
    yield at_most("queue page, far down the list", far, "ms", first, 1.15)


def _growth(bench: Bench, name: str, took: float) -> Iterator[Line]:
    size = bench.loaded.cases
    bench.times[name, size] = took
    before = bench.times.get((name, size // 10))
    if before and size >= 1_000_000:
        yield at_most(f"{name}, growth to {size}", took, "ms", before, 1.15)


def case_page(bench: Bench) -> Iterator[Line]:
    """4: the case page."""
    client = bench.client()
    address = f"/cases/{bench.loaded.lively_case()}/"
    client.get(address)
    with counting() as seen:
        client.get(address)
    yield at_most("case page, statements", len(seen), "statements", 1, 15)
    ours, plain = in_turn(lambda: client.get(address), lambda: client.get(PLAIN), 25)
    yield at_least("case page, speed", plain, "ms", ours, 0.6)
    yield from _growth(bench, "case page", ours)


def counts(bench: Bench) -> Iterator[Line]:
    """5: the numbers on the tabs of one team."""
    actor = bench.actor()
    actor.team_ids  # noqa: B018  # read once, as a request does
    ours, one = in_turn(lambda: queue.counts(actor, NOW), lambda: sql("SELECT 1"), 25)
    yield at_most("tab counts of a team", ours, "ms", one, 30)


def search(bench: Bench) -> Iterator[Line]:
    """6: two characters, in words that few, some and very many cases have."""
    actor = bench.actor()
    for label, word in bench.loaded.search_words().items():
        took = timed(lambda word=word: find(actor, word), 9)  # type: ignore[misc]  # bound default
        yield at_most(f"search, a {label} word", took, "ms", 1, 50)
    asked = words(bench.loaded.search_words()["rare"])
    if asked is None:
        raise RuntimeError("no word to search for")
    plan = visible_to(actor).filter(asked.condition()).order_by("-search__opened_at")[:31].explain()
    yield at_most("search, plans without an index", int("cases_search" not in plan), "plans", 1, 0)


def api_list(bench: Bench) -> Iterator[Line]:
    """7: fifty cases by the API beside fifty rows by a model serializer."""
    client, address = bench.client(), "/api/v1/cases/?limit=50&state=all"
    answer = client.get(address)
    if len(answer.json()["results"]) != 50:
        raise RuntimeError("the list of the API does not answer fifty cases")
    ours, plain = in_turn(lambda: client.get(address), lambda: client.get("/bench/api/"), 25)
    yield at_least("API list, speed", plain, "ms", ours, 0.6)
    yield from _growth(bench, "API list", ours)


def plans(bench: Bench) -> Iterator[Line]:
    """3: no list reads a whole table."""
    actor = bench.actor()
    form = queue.FilterForm({"view": "team"}, actor=actor)
    cases = queue.select(form, actor, NOW)
    looks = {
        "queue": cases.order_by("due_at", "id")[:51],
        "mine": Case.objects.open().filter(assignee=actor.user).order_by("due_at", "id")[:51],
        "timeline": Case.objects.get(pk=bench.loaded.lively_case()).events.order_by("-seq")[:100],
        "stays": Case.objects.get(pk=bench.loaded.lively_case()).stays.order_by("seq"),
    }
    bad = [name for name, rows in looks.items() if any(f"Seq Scan on {t}" in rows.explain() for t in TABLES)]
    yield at_most("lists that read a whole table", len(bad), "lists", 1, 0)


def filing(bench: Bench) -> Iterator[Line]:
    """8: filing by page beside one bare row by page."""
    client = bench.client()
    owner = Client()
    owner.force_login(User.objects.get(username="benchowner"))
    data = bench.loaded.filing()

    def ours() -> None:
        if owner.post("/stations/requests/new/", data).status_code != 302:
            raise RuntimeError("the request was not filed")
        owner.cookies.pop("messages", None)  # the page that comes next shows it

    numbers = iter(range(1_000_000))

    def bare() -> None:
        more = {"number": f"x{bench.loaded.cases}-{next(numbers)}", "title": "x", **bench.loaded.bare()}
        if client.post("/bench/create/", more).status_code != 200:
            raise RuntimeError("the bare row was not made")

    took, yardstick = in_turn(ours, bare, 21)
    yield at_least("filing a request, speed", yardstick, "ms", took, 0.4)


PER_SECOND, PLAIN_PER_SECOND = 330, 90  # on the machine that the budget was set on


def performing(bench: Bench) -> Iterator[Line]:
    """9: a transition, in process, beside the plain page (decision 13 says why)."""
    actor, case = bench.loaded.handler(), bench.loaded.lively_case()
    data = {"note": "x"}
    with counting() as seen:
        engine.perform(case, "note_progress", by=actor, data=data, now=NOW)
    meant = [s for s in seen if not s.startswith(("SAVEPOINT", "RELEASE"))]
    yield at_most("performing a transition, statements", len(meant), "statements", 1, 10)
    client = bench.client()
    client.get(PLAIN)
    took, plain = in_turn(
        lambda: engine.perform(case, "note_progress", by=actor, data=data, now=NOW),
        lambda: client.get(PLAIN),
        60,
    )
    # No machine is asked for more than the budget says; one that is slower than that one, for as much less.
    asked = PER_SECOND * min(1.0, (1000 / plain) / PLAIN_PER_SECOND)
    yield at_least("performing a transition", 1000 / took, "per second", asked, 1)


def indicator(_bench: Bench) -> Iterator[Line]:
    """14: a figure over all closed cases beside the bare statement."""
    chosen = INDICATORS["stations.requests_resolved"]
    period = Period(date(2026, 1, 1), date(2026, 12, 31))
    bare = (
        "SELECT count(*) FROM cases_case WHERE kind = 'stations.request' AND outcome IN ('resolved') "
        "AND closed_at >= '2026-01-01 00:00+08' AND closed_at < '2027-01-01 00:00+08'"
    )
    ours, theirs = in_turn(lambda: figures.compute(chosen, period, None), lambda: sql(bare), 5)
    yield at_most("an indicator over all closed cases", ours, "ms", theirs, 1.5)


def idle_sweep(_bench: Bench) -> Iterator[Line]:
    """11: a tick at which nothing is due."""
    yield sweeping.idle()


def sweeps(bench: Bench) -> Iterator[Line]:
    """10, 11: escalating, beside the bare statements."""
    large = [100_000] if bench.loaded.cases >= 1_000_000 else []
    for due in (min(10_000, bench.loaded.cases // 40), *large):
        bench.loaded.grow_open(2 * due)
        yield sweeping.sweep(due)


SMALL: dict[str, Budget] = {"working-day": working_day, "weight": weight}
EACH: dict[str, Budget] = {
    "queue": queue_page,
    "case": case_page,
    "counts": counts,
    "search": search,
    "api": api_list,
    "plans": plans,
    "memory": process_budgets.memory,
    "idle": idle_sweep,
}
LAST: dict[str, Budget] = {
    "filing": filing,
    "perform": performing,
    "told": process_budgets.told,
    "tasks": process_budgets.tasks,
    "indicator": indicator,
    "sweep": sweeps,
    **ledger_budgets.LAST,
}
