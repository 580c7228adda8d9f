"""3,000 enterprises with three years of reports × 60 policies: verdicts, estimates, one forecast, one night."""

from __future__ import annotations

from collections.abc import Iterator

from django.test import Client
from django.urls import reverse

from funds import matching
from funds.models import Budget, Match, Policy, PolicyVersion
from portal.accounts.models import User
from portal.bench.budgets import Bench
from portal.bench.budgets import Budget as Measured
from portal.bench.loader import NOW
from portal.bench.measure import Line, at_most, counting, in_turn, sql, timed
from portal.park.models import Agency, Enterprise, Team
from portal.worktime.clock import local

ENTERPRISES, POLICIES, MONTHS = 3_000, 60, 36
_PARK = """
INSERT INTO park_enterprise (uscc, name, name_en, industry, size, address, park_area, is_high_tech, settled_on, tags)
SELECT 'MP' || lpad(n::text, 16, '0'), '匹配（示范）' || n, '', '行业' || n %% 9,
       (ARRAY['micro', 'small', 'medium', 'large'])[1 + n %% 4], '', '',
       CASE n %% 3 WHEN 0 THEN true WHEN 1 THEN false END, date '2015-01-01' + n, '{}'
FROM generate_series(1, %(n)s) n
"""
_MONTHS = """
INSERT INTO park_monthlyindicator (enterprise_id, month, output_amount, tax_amount, employees, rd_amount)
SELECT e.id, date '2023-11-01' + m * interval '1 month', 100000 + e.id %% 997 * 1000, 5000, 50, e.id %% 89 * 500
FROM park_enterprise e CROSS JOIN generate_series(0, %(months)s - 1) m WHERE e.uscc LIKE 'MP%%'
"""
# What policies ask, in turn: fact, comparison, values.
_ASKED = (
    ("industry", "in", ["行业1", "行业2", "行业3"]),
    ("size", "not_in", ["large"]),
    ("is_high_tech", "is", ["true"]),
    ("output_amount", "at_least", ["5000000"]),
    ("settled_on", "since", ["2018-01-01"]),
    ("tags", "has_none", ["x"]),
    ("output_growth", "at_least", ["0"]),
)


def _load() -> None:
    if Policy.objects.filter(code__startswith="MP").exists():
        return
    sql(_PARK, {"n": ENTERPRISES})
    sql(_MONTHS, {"months": MONTHS})
    team = Team.objects.order_by("pk").first()
    budget = Budget.objects.create(code="MP", year=2026, name="测量")
    for n in range(POLICIES):
        policy = Policy.objects.create(
            code=f"MP{n}", title=f"测量政策 {n}", level="park", kind="reward", team=team, budget=budget
        )
        tiered = n % 3 == 0
        version = PolicyVersion.objects.create(
            policy=policy, number=1, made_at=NOW, opens_on="2026-01-01", summary="x", base="rd_amount",
            method="tiers" if tiered else "rate", rate=None if tiered else "0.1", cap_amount="100000",
            lifetime_cap_amount="300000" if n % 2 else None,
        )  # fmt: skip
        for k in range(4):
            fact, operator, values = _ASKED[(n + k) % len(_ASKED)]
            version.criteria.create(position=k, fact=fact, operator=operator, values=values)
        if tiered:
            version.tiers.create(from_amount=0, rate="0.05")
            version.tiers.create(from_amount=100_000, rate="0.1")
        version.published_at = NOW
        version.save()
    sql("ANALYZE")


def matched(_bench: Bench) -> Iterator[Line]:
    """Issue 5: the whole park matched set-based; a forecast and the page of one enterprise beside it."""
    _load()
    with counting() as sent:
        matching.match_all(NOW)
    pairs = Match.objects.count()
    Match.objects.all().delete()
    first = timed(lambda: matching.match_all(NOW), 1) / 1000
    again = timed(lambda: matching.match_all(NOW), 3) / 1000
    # The budget is for so many of both; the park of the bench may have grown beyond.
    parks = max(1.0, pairs / (ENTERPRISES * POLICIES))
    yield at_most(f"matching {pairs} pairs for the first time", first, "s", parks, 5.0)
    yield at_most(f"matching {pairs} pairs again", again, "s", parks, 5.0)
    # It is held, its newest version looked up, the profiles held, the verdicts kept.
    yield at_most("matching, statements a policy", len(sent) / POLICIES, "statements", 1.0, 4.2)
    version = matching.current_versions().first()
    if version is not None:
        criteria = list(version.criteria.all())
        one = timed(lambda: matching.forecast(version, criteria, local(NOW).date()), 5) / 1000
        yield at_most("forecast of one draft", one, "s", 1.0, 1.0)


def page(bench: Bench) -> Iterator[Line]:
    """What fits one enterprise, on its page: the same statements whatever the park holds."""
    _load()
    owner = User.objects.create(username="mp-owner")
    first = Enterprise.objects.filter(uscc__startswith="MP").order_by("pk")[0]
    Agency.objects.create(user=owner, enterprise=first, role="owner")
    client, plain = Client(), bench.client()
    client.force_login(owner)
    address = reverse("funds:entitlements")
    client.get(address)
    with counting() as sent:
        client.get(address)
    ours, theirs = in_turn(lambda: client.get(address), lambda: plain.get("/bench/plain/"), 9)
    yield at_most("entitlements of an enterprise, 60 policies", ours, "ms", theirs, 8.0)
    yield at_most("entitlements, statements", len(sent), "statements", 1.0, 16.0)


LAST: dict[str, Measured] = {"matching": matched, "entitlements": page}
