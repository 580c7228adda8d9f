"""Verdicts and estimates of policies for all enterprises: one statement for each version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from funds.matching import conditions, estimates, profiles
from funds.models import Criterion, Match, Policy, PolicyVersion
from portal.worktime.clock import local

Verdict = Match.Verdict
PROFILES = 0x66756E64  # the advisory lock of the profiles: exclusive to make them anew, shared to read them
_GRANTED = """
LEFT JOIN LATERAL (
    SELECT coalesce(sum(c.calculated_amount), 0) AS granted FROM funds_claim c
    WHERE c.enterprise_id = p.enterprise_id AND c.policy_id = %s AND c.live
) g ON true
"""
_SAID = "CASE WHEN holds THEN 'met' WHEN holds IS NULL THEN 'unknown' ELSE 'not' END"


@dataclass(frozen=True)
class Hit:
    """One enterprise in a forecast."""

    enterprise_id: int
    verdict: str
    amount: Decimal | None


@dataclass(frozen=True)
class Forecast:
    """What a version would do: how many enterprises of each verdict, and what those that fit would get.

    `open_ended`: how many of them without an amount that can be told; `at_most`: what these come to by the
    cap of one claim, None where there is none.
    """

    met: int
    unknown: int
    missed: int
    cost: Decimal
    open_ended: int
    at_most: Decimal | None

    @property
    def most(self) -> Decimal | None:
        """What it costs at most; None: there is no upper end."""
        if not self.open_ended:
            return self.cost
        return self.cost + self.at_most if self.at_most is not None else None


def current_versions() -> QuerySet[PolicyVersion]:
    """Of each policy in use the version that holds: the last one published."""
    published = PolicyVersion.objects.filter(published_at__isnull=False, policy__active=True)
    newest = published.order_by("policy_id", "-number").distinct("policy_id")
    found = PolicyVersion.objects.filter(pk__in=newest.values("pk"))
    return found.select_related("policy__team", "policy__budget").order_by("policy__code")


# Conditions, estimates and sources are put together from tables of this room; what people typed is a value.
_SELECT = """
SELECT p.enterprise_id, {said} AS verdict, CASE WHEN holds IS NOT FALSE THEN amount END AS amount
FROM (SELECT p.enterprise_id, ({truth}) AS holds, {amount} AS amount FROM {source} p {lateral}) p
"""
_KEEP = """
INSERT INTO funds_match (enterprise_id, policy_id, version_id, verdict, estimated_amount)
SELECT s.enterprise_id, %s, %s, s.verdict, s.amount FROM ({selected}) s
ON CONFLICT (policy_id, enterprise_id) DO UPDATE SET
    version_id = EXCLUDED.version_id, verdict = EXCLUDED.verdict, estimated_amount = EXCLUDED.estimated_amount
WHERE (funds_match.version_id, funds_match.verdict, funds_match.estimated_amount)
    IS DISTINCT FROM (EXCLUDED.version_id, EXCLUDED.verdict, EXCLUDED.estimated_amount)
"""
_LIST = """
WITH profile AS ({profiles}), hit AS ({selected})
SELECT enterprise_id, verdict, amount FROM hit WHERE verdict = %(verdict)s
ORDER BY amount DESC NULLS LAST, enterprise_id LIMIT %(count)s OFFSET %(first)s
"""
_COUNT = """
WITH profile AS ({profiles}), hit AS ({selected})
SELECT count(*) FILTER (WHERE verdict = 'met'), count(*) FILTER (WHERE verdict = 'unknown'),
       count(*) FILTER (WHERE verdict = 'not'), coalesce(sum(amount) FILTER (WHERE verdict = 'met'), 0),
       count(*) FILTER (WHERE verdict = 'met' AND amount IS NULL)
FROM hit
"""


def _selected(version: PolicyVersion, criteria: list[Criterion], source: str) -> tuple[str, list[Any]]:
    """A statement over all profiles of `source`: enterprise, verdict, amount."""
    truth, given = conditions.as_sql(criteria)
    amount, of_amount = estimates.as_sql(version)
    lateral, granted = ("", []) if version.lifetime_cap_amount is None else (_GRANTED, [version.policy_id])
    text = _SELECT.format(said=_SAID, truth=truth, amount=amount, source=source, lateral=lateral)
    return text, [*given, *of_amount, *granted]


def match_version(version: PolicyVersion, criteria: list[Criterion] | None = None) -> int:
    """Keep the verdicts of a published version, over the profiles as they are kept; how many changed.

    In a transaction that holds the policy: of two that keep its verdicts, the later has the last word.
    """
    found = conditions.conditions_of(version) if criteria is None else criteria
    if any(conditions.mistake(criterion) for criterion in found):
        return 0  # the editor lets nothing such out; what came otherwise fits nobody
    text, given = _selected(version, found, "funds_profile")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [PROFILES])
        cursor.execute(_KEEP.format(selected=text), [version.policy_id, version.pk, *given])
        return int(cursor.rowcount)


def match_all(now: datetime) -> int:
    """Profiles and verdicts of the whole park anew; how many verdicts changed.

    One policy after the other, so that nobody who publishes waits for the whole run; what is published
    meanwhile is read when its turn comes.
    """
    with transaction.atomic():
        # Whoever publishes by the old profiles is waited for, and then found below; others see the new ones.
        # Of two runs the facts of the later are the newer: they are read under the lock.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PROFILES])
        profiles.refresh_profiles(local(now).date())
    Match.objects.exclude(policy__in=current_versions().order_by().values("policy")).delete()
    versions = list(current_versions().prefetch_related("criteria", "tiers").order_by("policy_id"))
    return sum(_match_policy(version) for version in versions)


def _match_policy(version: PolicyVersion) -> int:
    """By this version, or by one that was published meanwhile; nobody publishes another while it runs."""
    published = PolicyVersion.objects.filter(policy=version.policy_id, published_at__isnull=False)
    with transaction.atomic():
        if not Policy.objects.select_for_update(no_key=True).filter(pk=version.policy_id, active=True):
            return 0
        newest = published.order_by("-number").values_list("pk", flat=True).first()
        if newest is not None and newest != version.pk:
            version = published.select_related("policy").get(pk=newest)
        return match_version(version)


def matched(
    version: PolicyVersion, criteria: list[Criterion], today: date, verdict: str, first: int, count: int
) -> list[Hit]:
    """The enterprises of a verdict, those that would get most first; by facts as of today."""
    given = {"verdict": verdict, "first": first, "count": count}
    return [Hit(*row) for row in _asked(_LIST, version, criteria, today, given)]


def forecast(version: PolicyVersion, criteria: list[Criterion], today: date) -> Forecast:
    """Whom a version would hit, and what it would cost; by facts as of today."""
    [(met, unknown, missed, cost, open_ended)] = _asked(_COUNT, version, criteria, today, {})
    cap = estimates.at_most(version)
    return Forecast(met, unknown, missed, cost, open_ended, cap * open_ended if cap is not None else None)


def _asked(
    statement: str, version: PolicyVersion, criteria: list[Criterion], today: date, more: dict[str, Any]
) -> list[tuple[Any, ...]]:
    """Over profiles that are made on the way: a look stores nothing."""
    text, given = _selected(version, criteria, "profile")
    named = {f"v{n}": value for n, value in enumerate(given)}
    for name in named:
        text = text.replace("%s", f"%({name})s", 1)
    sql = statement.format(profiles=profiles.SELECT, selected=text)
    with connection.cursor() as cursor:
        cursor.execute(sql, {**profiles.values(today), **named, **more})
        return list(cursor.fetchall())
