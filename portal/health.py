"""Health of the process and of what it stands on, for supervisors and load balancers."""

from __future__ import annotations

import time
from datetime import timedelta

from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from portal.jobs.models import JobRun

BEAT_SEEN_WITHIN = timedelta(minutes=3)
_started = time.monotonic()
_migrated_once = False


@require_safe
def alive(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """Database, Redis, migrations, beat: each true or false; 503 with the reasons when one is false.

    A process that has just started gives beat its three minutes.
    """
    reasons: dict[str, str] = {"database": _database(), "redis": _redis()}
    reasons["migrations"] = reasons["beat"] = "the database does not answer" if reasons["database"] else ""
    if not reasons["database"]:
        reasons |= {"migrations": _migrations(), "beat": _beat()}
    failed = {part: why for part, why in reasons.items() if why}
    parts: dict[str, object] = {part: not why for part, why in reasons.items()}
    state = {**parts, "ready": not failed, "reasons": failed}
    return JsonResponse(state, status=503 if failed else 200)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError) as error:
        return _one_line(error)
    return ""


def _redis() -> str:
    try:
        cache.get("health")
    except (RedisError, OSError) as error:
        return _one_line(error)
    return ""


def _one_line(error: Exception) -> str:
    """The kind of the error only: addresses and names of servers are nobody's business."""
    return f"no answer ({type(error).__name__})"


def _migrations() -> str:
    """What one process has once found applied stays so while it runs."""
    global _migrated_once
    if not _migrated_once:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if missing:
            return f"{len(missing)} not applied, the first is {missing[0][0]}"
        _migrated_once = True
    return ""


def _beat() -> str:
    seen = JobRun.objects.filter(began_at__gte=timezone.now() - BEAT_SEEN_WITHIN).exists()
    starting = time.monotonic() - _started < BEAT_SEEN_WITHIN.total_seconds()
    if seen or (starting and not JobRun.objects.exists()):
        return ""
    return f"no periodic job has begun within {BEAT_SEEN_WITHIN.seconds // 60} minutes"
