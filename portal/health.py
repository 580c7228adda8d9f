"""Health of the process and of what it stands on, for supervisors and load balancers."""

from __future__ import annotations

from datetime import timedelta

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from portal.jobs.models import JobRun

BEAT_SEEN_WITHIN = timedelta(minutes=3)


@require_safe
def alive(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """Database, Redis, migrations, beat: each true or false; 503 when one of the first three is false."""
    state = {"database": _database(), "redis": _redis(), "migrations": False, "beat": False}
    if state["database"]:
        state["migrations"] = _migrated()
        state["beat"] = JobRun.objects.filter(began_at__gte=timezone.now() - BEAT_SEEN_WITHIN).exists()
    good = state["database"] and state["redis"] and state["migrations"]
    return JsonResponse(state, status=200 if good else 503)


def _database() -> bool:
    try:
        connection.ensure_connection()
    except DatabaseError:
        return False
    return True


def _redis() -> bool:
    try:
        cache.get("health")
    except (RedisError, OSError):
        return False
    return True


def _migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
