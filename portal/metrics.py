"""Figures for Prometheus: counts and times of requests, and a few cheap looks at the database.

Several gunicorn workers share their counts through files when PROMETHEUS_MULTIPROC_DIR is set
before the process starts (the supervisor does it); what is read from the database is the same
whichever worker answers.
"""

from __future__ import annotations

import hmac
import ipaddress
import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from portal.cases.models import Light
from portal.jobs.models import JobRun
from portal.worktime.clock import Calendar
from portal.worktime.now import now

REQUESTS = Counter("portal_requests", "Requests answered", ["view", "method", "status"])
SECONDS = Histogram(
    "portal_request_seconds",
    "Time to answer",
    ["view"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

# Served by the covering index of the queue alone, in the order of `Case.light`.
_LIGHTS = """
SELECT CASE WHEN paused_at IS NOT NULL OR holder <> 'department' THEN 'hold'
            WHEN due_at < %(now)s THEN 'late' WHEN warn_at <= %(now)s THEN 'warn' ELSE 'ok' END, count(*)
FROM cases_case WHERE closed_at IS NULL GROUP BY 1
"""
# Each served by a partial index of its own.
_OLDEST_ALERT = """
SELECT min(next_alert_at) FROM cases_case
WHERE next_alert_at IS NOT NULL AND urgent = %(urgent)s AND next_alert_at <= %(now)s
"""
_OUTBOX = """
SELECT count(*), min(next_try_at) FROM notices_delivery WHERE state = 'pending' AND next_try_at <= %(now)s
"""
_DEAD = "SELECT count(*) FROM notices_delivery WHERE state = 'dead'"
_ASIDE = "SELECT count(*) FROM cases_setaside WHERE resolved_at IS NULL"


class MetricsMiddleware:
    """Counts every answer and how long it took, by view: addresses would be endless."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        answer = self.get_response(request)
        match = request.resolver_match
        view = (match.view_name or "unnamed") if match else "unmatched"
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(view, method, answer.status_code).inc()
        SECONDS.labels(view).observe(time.perf_counter() - began)
        return answer


class ParkCollector(Collector):
    """What the database says at the moment of asking."""

    def collect(self) -> Iterator[Metric]:
        moment = now()
        lights = GaugeMetricFamily("portal_open_cases", "Open cases by light", labels=["light"])
        found = dict(_rows(_LIGHTS, moment))
        for light in (Light.OK, Light.WARN, Light.LATE, Light.HOLD):
            lights.add_metric([light.value], found.get(light.value, 0))
        yield lights
        yield _gauge("portal_sweep_lag_seconds", "How long the oldest due alert has waited", _lag(moment))
        count, oldest = _rows(_OUTBOX, moment)[0]
        yield _gauge("portal_outbox_backlog", "Deliveries that are due", count)
        yield _gauge(
            "portal_outbox_oldest_seconds", "How long the oldest of them has waited", _age(oldest, moment)
        )
        yield _gauge("portal_dead_letters", "Deliveries given up", _rows(_DEAD, moment)[0][0])
        yield _gauge("portal_cases_put_aside", "Cases that a job put aside", _rows(_ASIDE, moment)[0][0])
        jobs = GaugeMetricFamily(
            "portal_job_success_age_seconds", "Since the last success of a periodic job", labels=["job"]
        )
        for run in JobRun.objects.exclude(succeeded_at=None):
            jobs.add_metric([run.name], _age(run.succeeded_at, timezone.now()))
        yield jobs


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)


def _rows(statement: str, moment: datetime, *, urgent: bool = False) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"now": moment, "urgent": urgent})
        return list(cursor.fetchall())


def _age(since: datetime | None, moment: datetime) -> float:
    return max(0.0, (moment - since).total_seconds()) if since is not None else 0.0


def _lag(moment: datetime) -> float:
    """Outside alert hours only urgent cases are swept: the others are not late then."""
    sides = [True, False] if Calendar.current().in_alert_hours(moment) else [True]
    return max(_age(_rows(_OLDEST_ALERT, moment, urgent=urgent)[0][0], moment) for urgent in sides)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """All figures in Prometheus' text form, for whom the settings allow."""
    if not _allowed(request):
        return HttpResponse("forbidden\n", content_type="text/plain", status=403)
    registry = CollectorRegistry()
    registry.register(ParkCollector())
    content = generate_latest(registry)
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        shared = CollectorRegistry()
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]  # the package does not type it
        content += generate_latest(shared)
    else:
        content += generate_latest(REGISTRY)
    return HttpResponse(content, content_type=CONTENT_TYPE_LATEST)


def _allowed(request: HttpRequest) -> bool:
    """By token, or by address where nothing stands between; a proxy's address speaks for nobody."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    if settings.METRICS_TOKEN:
        return hmac.compare_digest(given, settings.METRICS_TOKEN.encode())
    if request.headers.get("X-Forwarded-For"):
        return False
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(network) for network in settings.METRICS_ALLOWED)
