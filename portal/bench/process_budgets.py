"""Budgets of whole processes: the memory of a web worker, the way of a task, what a sweep asks of the queue."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from celery import Celery
from celery.contrib.testing.worker import start_worker
from celery.signals import before_task_publish
from django.conf import settings
from django.db import connection

from portal.bench.loader import NOW
from portal.bench.measure import Line, at_most
from portal.cases import engine, watch
from portal.cases.models import Case
from portal.notices.models import Notice

if TYPE_CHECKING:
    from portal.bench.budgets import Bench

# One worker of a web server: the frame with the packages that it stands on, the settings, and some pages served.
_BARE = """
import django, environ
from django.conf import settings
settings.configure(
    SECRET_KEY="x", ALLOWED_HOSTS=["*"], ROOT_URLCONF="__main__", DEBUG=False,
    INSTALLED_APPS=["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
                    "django.contrib.messages", "django.contrib.sessions", "rest_framework"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware",
                "django.contrib.auth.middleware.AuthenticationMiddleware",
                "django.contrib.messages.middleware.MessageMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
                "OPTIONS": {"context_processors": ["django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages"]}}],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    DATABASES={"default": environ.Env().db("DATABASE_URL")},
)
django.setup()
import kombu.transport.redis, redis, rest_framework.routers, rest_framework.viewsets
from celery import Celery
from django.contrib import admin
from django.db import connection
from django.urls import path
Celery("bare", broker="redis://localhost", backend="redis://localhost").finalize()
connection.ensure_connection()
urlpatterns = [path("admin/", admin.site.urls)]
from django.test import Client
for _n in range(20):
    assert Client().get("/admin/login/").status_code == 200
"""
_OURS = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
from portal.wsgi import application
from django.test import Client
from portal.accounts.models import User
client = Client(headers={"host": "localhost"})
client.force_login(User.objects.get(username="bench1"))
for _n in range(20):
    assert client.get("/work/?view=team").status_code == 200
    assert client.get(f"/cases/{CASE}/").status_code == 200
"""
# Libraries use these where they find them; only the tests' tools bring them along, production has none.
_AS_IN_PRODUCTION = """
import sys
sys.modules.update(dict.fromkeys(("requests", "pygments", "jinja2", "greenlet")))
"""
_RSS = """
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmRSS")))
"""


def _memory(code: str) -> float:
    """Resident megabytes of a fresh process that has done this."""
    database = connection.settings_dict
    login = f"{database['USER']}:{database['PASSWORD']}"
    address = f"postgres://{login}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    done = subprocess.run(
        [sys.executable, "-c", _AS_IN_PRODUCTION + code + _RSS],
        env={**os.environ, "DATABASE_URL": address, "HTTPS_ONLY": "0"},
        cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return int(done.stdout.split()[-1]) / 1024


def memory(bench: Bench) -> Iterator[Line]:
    """17: a web worker beside bare Django, and its growth with the table."""
    ours = _memory(_OURS.replace("{CASE}", f"{{{bench.loaded.lively_case()}}}"))
    yield at_most("memory of a web worker", ours, "MB", _memory(_BARE), 1.6)
    size = bench.loaded.cases
    bench.times["memory", size] = ours
    first = min(before for name, before in bench.times if name == "memory")
    if first < size:
        yield at_most("memory of a web worker, growth", ours, "MB", bench.times["memory", first], 1.1)


def told(bench: Bench) -> Iterator[Line]:
    """13: from an event to the notice that others can see, beside an empty task from call to start."""
    actor, case = bench.loaded.handler(), bench.loaded.lively_case()
    took = []
    for _turn in range(15):
        before = Notice.objects.count()
        begun = time.perf_counter()
        engine.perform(case, "note_progress", by=actor, data={"note": "x"}, now=NOW)
        took.append((time.perf_counter() - begun) * 1000)
        if Notice.objects.count() <= before:
            raise RuntimeError("nobody was told")
    yield at_most("event to visible notice", statistics.median(took), "ms", _task_way(), 10)


def _task_way() -> float:
    """Median milliseconds from `delay()` to the start of an empty task, over the broker."""
    app = Celery("bench", broker=settings.CELERY_BROKER_URL, set_as_current=False)
    app.conf.update(task_default_queue="bench", worker_hijack_root_logger=False)
    came, took = threading.Event(), []

    @app.task(name="bench.empty")
    def empty() -> None:
        came.set()

    with start_worker(app, pool="solo", perform_ping_check=False, loglevel="ERROR"):
        for _turn in range(30):
            came.clear()
            begun = time.perf_counter()
            empty.delay()
            if not came.wait(10):
                raise RuntimeError("the task did not come")
            took.append((time.perf_counter() - begun) * 1000)
    return statistics.median(took)


def tasks(bench: Bench) -> Iterator[Line]:
    """12: what a sweep over n due cases asks of the queue."""
    due = min(2000, bench.loaded.cases // 40)
    ids = Case.objects.open().filter(next_alert_at__gt=NOW).values("pk")[:due]
    Case.objects.filter(pk__in=ids).update(next_alert_at=NOW)
    sent: list[str] = []

    def count(sender: str, **_more: object) -> None:
        sent.append(sender)

    before_task_publish.connect(count)
    try:
        alerted = watch.sweep(NOW)
    finally:
        before_task_publish.disconnect(count)
    yield at_most(f"tasks for {alerted} due cases", 1 + len(sent), "tasks", 1, due / 500 + 1)
