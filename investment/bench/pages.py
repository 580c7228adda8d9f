"""The budgets of investment: pages beside a plain page of as many rows, counts by one statement, growth."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from django.test import Client
from django.urls import reverse

from investment.bench.loader import leads
from investment.presenting import chart
from portal.bench.budgets import PLAIN, Bench, Budget
from portal.bench.loader import NOW
from portal.bench.measure import Line, at_most, counting, in_turn, sql
from portal.park.acting import Actor

MOST_PLAIN_PAGES, MOST_GROWTH, MOST_STATEMENTS = 6.0, 2.0, 8
LOOKS = {
    "newest": {"view": "all"},
    "by amount": {"sort": "amount"},
    "of a step": {"step": "visits"},
    "key": {"key": "yes"},
    "heat": {"heat": "A"},
    "land": {"land_from": "400"},
    "overdue": {"due": "overdue"},
    "idle": {"idling": "late"},
}


def _client(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def table(bench: Bench) -> Iterator[Line]:
    """The lead table for a leader and for a member of a task force: first page, each filter, far down."""
    made, most = leads(bench), 0
    for who, person in (("leader", made.leader), ("member", made.member)):
        client, plain = _client(person), _client(person)
        for name, asked in LOOKS.items():
            address = reverse("investment:lead_list", query=asked)
            yield from _beside(bench, f"lead table, {name} ({who})", client, plain, address)
            with counting() as seen:
                client.get(address)
            most = max(most, len(seen))
        far = reverse("investment:lead_list", query={"view": "all"})
        for _page in range(20):
            later = client.get(far).context["later"]
            if not later:
                break
            far = reverse("investment:lead_list") + later
        yield from _beside(bench, f"lead table, far down ({who})", client, plain, far)
    yield at_most("lead table, most statements", most, "statements", 1, MOST_STATEMENTS)


def _beside(bench: Bench, name: str, client: Client, plain: Client, address: str) -> Iterator[Line]:
    if client.get(address).status_code != 200:
        raise RuntimeError(f"{address} is not answered")
    took, other = in_turn(lambda: client.get(address), lambda: plain.get(PLAIN), 9)
    yield at_most(name, took, "ms", other, MOST_PLAIN_PAGES)
    size = leads(bench).count
    bench.times[name, size] = took / other
    before = bench.times.get((name, size // 10))
    if before and size >= 100_000:
        yield at_most(f"{name}, growth", took / other, "plain pages", before, MOST_GROWTH)


def cell(bench: Bench) -> Iterator[Line]:
    """One cell of the lead table, written by the engine."""
    made = leads(bench)
    client, plain, case, numbers = _client(made.member), _client(made.member), made.own(), count(1)
    address = reverse("investment:lead_edit", args=[case.number])

    def write() -> None:
        case.refresh_from_db(fields=["version"])
        told = {"version": case.version, "jobs": str(next(numbers))}
        answer = client.post(address, told, headers={"accept": "application/json"})
        if answer.status_code != 200:
            raise RuntimeError(f"the cell answers {answer.status_code}")

    took, other = in_turn(write, lambda: plain.get(PLAIN), 9)
    yield at_most("a cell of the lead table, written", took, "ms", other, MOST_PLAIN_PAGES)


def flow_chart(bench: Bench) -> Iterator[Line]:
    """入园流程图: all counts by one statement, beside the same counts written by hand."""
    made = leads(bench)
    actor = Actor(made.leader)
    chart.draw(actor, NOW)
    with counting() as seen:
        chart.draw(actor, NOW)
    # Names of task forces and limits are kept; what counts leads is one.
    counted = [text for text in seen if "cases_case" in text]
    yield at_most("park entry, statements that count", len(counted), "statements", 1, 1)
    bare = (
        "SELECT c.step, count(*), sum(l.investment_amount) FROM cases_case c JOIN investment_lead l ON l.case_id = c.id "
        "WHERE c.kind = 'investment.lead' AND (c.closed_at IS NULL OR c.closed_at >= %s) GROUP BY c.step"
    )
    year = NOW.replace(month=1, day=1)
    took, other = in_turn(lambda: chart.draw(actor, NOW), lambda: sql(bare, [year]), 9)
    yield at_most("park entry, counts and nodes", took, "ms", other, 3.0)


EACH: dict[str, Budget] = {"lead-table": table, "lead-cell": cell, "lead-chart": flow_chart}
