"""Pages of approvals at 100, 1,000 and 10,000 projects: a page costs what stands on it, whatever the park has.

Times are in plain pages of the same moment, so that what else the machine does hits both alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.test import Client
from django.urls import reverse

from approvals.bench.loader import projects
from approvals.presenting import chart
from portal.bench.budgets import PLAIN, Bench, Budget
from portal.bench.loader import NOW
from portal.bench.measure import Line, at_least, at_most, blocks, counting, in_turn, sql
from portal.park.acting import Actor
from portal.reports import figures
from portal.reports.declaration import INDICATORS, Period

LARGEST = 10_000
# A project at 10,000 of them in at most twice the time at 100. A list that fills its page costs what stands on
# it: the days of projects under way are counted, those of others are kept.
MOST_GROWTH, MOST_LIST_GROWTH = 2.0, 2.0
MOST_PLAIN_PAGES = 6.0
MOST_BLOCKS = 4000  # of 25 projects with twelve permits each, whose days are counted while they run
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
PERIODS = (YEAR, figures.before(YEAR), figures.year_before(YEAR))
YEAR_ASKED = {"date_from": "2026-01-01", "date_to": "2026-12-31"}


def _client(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


@dataclass(frozen=True)
class Looked:
    """What one page costs: statements, kilobytes, blocks of the database; its time beside a plain page."""

    name: str
    statements: int
    size: float
    blocks: int
    took: float
    plain: float


def _look(name: str, person: Any, address: str) -> Looked:
    client, plain = _client(person), _client(person)
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answers {answer.status_code}")
    with counting() as seen:
        answer = client.get(address)
    took, other = in_turn(lambda: client.get(address), lambda: plain.get(PLAIN), 15)
    read = blocks(lambda: client.get(address))
    return Looked(name, len(seen), len(answer.content) / 1024, read, took, other)


def _timed(bench: Bench, page: Looked, *, base: int, growth: float) -> Iterator[Line]:
    """The time beside a plain page of the same moment, and its growth since the park was `base` times smaller."""
    size = projects(bench).count
    yield at_most(page.name, page.took, "ms", page.plain, MOST_PLAIN_PAGES)
    bench.times[page.name, size] = page.took / page.plain
    before = bench.times.get((page.name, size // base))
    if before and size >= LARGEST:
        yield at_most(f"{page.name}, growth", page.took / page.plain, "plain pages", before, growth)


def project_page(bench: Bench) -> Iterator[Line]:
    """A project under way, with twelve permits, for the window that holds it and for its enterprise."""
    found = projects(bench)
    address = reverse("approvals:project_view", args=[found.lively()])
    for who, person in (("window", found.clerk), ("enterprise", found.builder)):
        page = _look(f"project page ({who})", person, address)
        yield at_most(f"{page.name}, statements", page.statements, "statements", 1, 15)
        yield at_most(f"{page.name}, blocks read", page.blocks, "blocks", 1, MOST_BLOCKS)
        yield from _timed(bench, page, base=100, growth=MOST_GROWTH)


def flow_chart(bench: Bench) -> Iterator[Line]:
    """建设流程图: what is open is counted in one statement; its time grows with what is open, not with the rest."""
    found = projects(bench)
    client = _client(found.leader)
    address = reverse("approvals:flow_chart")
    client.get(address)
    with counting() as seen:
        client.get(address)
    yield at_most("flow chart, statements", len(seen), "statements", 1, 8)
    counts = [text for text in seen if "COUNT(" in text]
    yield at_most("flow chart, statements that count", len(counts), "statements", 1, 1)
    for who, person in (("leader", found.leader), ("window", found.clerk)):
        yield _counts(who, Actor(person))


def _counts(who: str, actor: Actor) -> Line:
    actor.team_ids  # noqa: B018  # read once, as a request does
    ours, one = in_turn(lambda: chart.columns(actor, NOW), lambda: sql("SELECT 1"), 15)
    return at_most(f"flow chart ({who}), counts and nodes", ours, "ms", one, 200)


LISTS = {
    "project list": ("approvals:project_list", {}),
    "project list, late": ("approvals:project_list", {"late": "1"}),
    "project list, key": ("approvals:project_list", {"key": "1"}),
    "project list, closed": ("approvals:project_list", {"stage": "closed"}),
    "project list, in construction": ("approvals:project_list", {"stage": "construction"}),
    "permits": ("approvals:permit_list", {}),
    "permits, overdue": ("approvals:permit_list", {"state": "late"}),
    "permits, granted": ("approvals:permit_list", {"state": "granted"}),
    "permits, ended without": ("approvals:permit_list", {"state": "ended"}),
}


def lists(bench: Bench) -> Iterator[Line]:
    """The lists, as narrowed, for a leader who sees all of them and a window that took part in them."""
    found = projects(bench)
    pages = []
    for who, person in (("leader", found.leader), ("window", found.clerk)):
        for name, (route, query) in LISTS.items():
            pages.append(_look(f"{name} ({who})", person, reverse(route, query=query)))
        deep = reverse("approvals:project_list", query={"after": found.mark(0.9)})
        pages.append(_look(f"project list, far down ({who})", person, deep))
    yield at_most("lists, most statements", max(p.statements for p in pages), "statements", 1, 8)
    yield at_most("lists, largest page", max(p.size for p in pages), "KB", 1, 150)
    for page in pages:
        if page.blocks > MOST_BLOCKS:
            yield at_most(f"{page.name}, blocks read", page.blocks, "blocks", 1, MOST_BLOCKS)
        yield from _timed(bench, page, base=10, growth=MOST_LIST_GROWTH)


def catalogue(bench: Bench) -> Iterator[Line]:
    """A word looked for in the catalogue, which does not grow with the projects."""
    client, plain = Client(), bench.client()
    address = reverse("approvals:item_list", query={"q": "测量 scheme"})
    client.get(address)
    with counting() as seen:
        client.get(address)
    yield at_most("catalogue search, statements", len(seen), "statements", 1, 8)
    ours, page = in_turn(lambda: client.get(address), lambda: plain.get(PLAIN), 25)
    yield at_least("catalogue search, speed", page, "ms", ours, 0.6)


_DECIDED = "p.decided_at >= '2026-01-01 00:00+08' AND p.decided_at < '2027-01-01 00:00+08'"
_BUILT = f"""
FROM approvals_project j JOIN (
    SELECT p.project_id, max(p.decided_at) AS last FROM approvals_permit p
    JOIN approvals_serviceitem i ON i.id = p.item_id AND i.ends_total
    WHERE p.decision = 'granted' GROUP BY 1) p ON p.project_id = j.case_id
WHERE j.is_new_construction AND {_DECIDED.replace("p.decided_at", "p.last")}
"""
_HELD = "coalesce(j.held_days, approvals_project_days(j.case_id, now()))"
# What the heavier figures are beside, as one would write it by hand.
BARE = {
    "approvals.permits_decided": f"SELECT count(*) FROM approvals_permit p WHERE {_DECIDED} OR p.case_id IN ("
    "SELECT g.case_id FROM approvals_permit g JOIN cases_case c ON c.id = g.case_id WHERE g.decided_at IS NULL "
    "AND g.accepted_at IS NOT NULL AND c.outcome = ANY('{refused,withdrawn,not_accepted,recalled}') "
    f"AND {_DECIDED.replace('p.decided_at', 'c.closed_at')})",
    "approvals.permit_avg_days": f"SELECT avg(coalesce(p.held_days, approvals_permit_days(p.case_id, now()))), count(*) FROM approvals_permit p WHERE {_DECIDED}",
    "approvals.permit_elapsed_days": "SELECT avg((p.decided_at AT TIME ZONE 'Asia/Shanghai')::date - "
    f"(p.accepted_at AT TIME ZONE 'Asia/Shanghai')::date), count(*) FROM approvals_permit p WHERE {_DECIDED}",
    "approvals.permit_on_time_rate": "SELECT avg((p.decided_at <= c.promise_due_at)::int), count(*) "
    f"FROM approvals_permit p JOIN cases_case c ON c.id = p.case_id WHERE {_DECIDED} AND c.promise_due_at IS NOT NULL",
    "approvals.first_time_acceptance_rate": "SELECT avg((NOT p.case_id IN (SELECT u.case_id FROM cases_pause u "
    f"WHERE u.reason = 'supplement'))::int), count(*) FROM approvals_permit p WHERE {_DECIDED.replace('decided', 'accepted')}",
    "approvals.pauses": "SELECT count(*) FROM cases_pause u JOIN approvals_permit p ON p.case_id = u.case_id "
    f"WHERE u.reason <> 'turn' AND {_DECIDED.replace('p.decided_at', 'u.from_at')}",
    "approvals.new_project_avg_working_days": f"SELECT avg({_HELD}), count(*) {_BUILT}",
    "approvals.new_project_compression_rate": f"SELECT 1 - avg({_HELD}) / avg(j.baseline_days), count(*) {_BUILT}",
    "approvals.land_to_construction_projects": "SELECT count(DISTINCT j.case_id) FROM approvals_project j "
    "JOIN approvals_permit p ON p.project_id = j.case_id JOIN approvals_serviceitem i ON i.id = p.item_id "
    "WHERE j.mode = 'land_to_construction' AND i.ends_total AND p.phase_label <> '' AND p.decision = 'granted' "
    f"AND {_DECIDED}",
}


def figures_page(bench: Bench) -> Iterator[Line]:
    """The page of all figures, three periods of each, in a bounded number of statements."""
    client = _client(projects(bench).leader)
    address = reverse("reports:indicator_list", query=YEAR_ASKED)
    client.get(address)
    with counting() as seen:
        client.get(address)
    yield at_most("figures page, statements", len(seen), "statements", 1, 8)


def figures_beside_bare(bench: Bench) -> Iterator[Line]:
    """14: the figures beside their bare statements: all together, as the page asks for them, one by one."""
    actor = Actor(projects(bench).leader)
    own = [one for key, one in INDICATORS.items() if key.startswith("approvals.")]
    wanted = [(one, period) for one in own for period in PERIODS if period]
    ours, bare = in_turn(
        lambda: figures.compute_all(wanted, actor), lambda: [sql(text) for text in BARE.values()], 7
    )
    yield at_most("figures of approvals, three periods", ours, "ms", 3 * bare, 1.5)
    for key, text in BARE.items():
        yield _beside_bare(key, text, actor)


def _beside_bare(key: str, text: str, actor: Actor) -> Line:
    ours, bare = in_turn(lambda: figures.compute(INDICATORS[key], YEAR, actor), lambda: sql(text), 9)
    return at_most(f"figure {key.partition('.')[2]}", ours, "ms", bare, 1.5)


def figure_rows(bench: Bench) -> Iterator[Line]:
    """The rows behind a figure: a page of them, and how many are out of sight, beside the figure itself."""
    found = projects(bench)
    client, plain = _client(found.leader), bench.client()
    actor = Actor(found.leader)
    for key in ("approvals.new_project_avg_working_days", "approvals.permits_decided"):
        address = reverse("reports:indicator_rows", args=[key], query=YEAR_ASKED)
        client.get(address)
        with counting() as seen:
            client.get(address)
        name = f"rows of {key.partition('.')[2]}"
        yield at_most(f"{name}, statements", len(seen), "statements", 1, 8)
        yield _rows_page(name, key, client, plain, actor)


def _rows_page(name: str, key: str, client: Client, plain: Client, actor: Actor) -> Line:
    address = reverse("reports:indicator_rows", args=[key], query=YEAR_ASKED)
    periods = [period for period in PERIODS if period]

    def beside() -> None:
        plain.get(PLAIN)
        figures.compute_all([(INDICATORS[key], period) for period in periods], actor)

    ours, other = in_turn(lambda: client.get(address), beside, 7)
    return at_most(f"{name}, page", ours, "ms", other, 2.0)


EACH: dict[str, Budget] = {
    "project-page": project_page,
    "flow-chart": flow_chart,
    "project-lists": lists,
    "catalogue": catalogue,
    "figures": figures_page,
    "figure-rows": figure_rows,
}
LAST: dict[str, Budget] = {"figures-bare": figures_beside_bare}
