"""What operators see from outside: health with reasons, figures for Prometheus, logs that hang together."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from celery.contrib.testing.worker import start_worker
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal import health, tracing
from portal.celery import app
from portal.jobs.models import JobRun
from portal.notices.models import Delivery, Notice
from tests.pages.test_pages import browser
from tests.people import MONDAY, at, file_request, handled

pytestmark = pytest.mark.django_db


# Health ------------------------------------------------------------------------------------------


def beat_at(moment: Any) -> None:
    JobRun.objects.update_or_create(name="cases.sweep", defaults={"every_s": 60, "began_at": moment})


def test_readiness_names_each_part(db: None) -> None:
    beat_at(timezone.now())
    answer = Client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "database": True, "redis": True, "migrations": True, "beat": True, "ready": True, "reasons": {},
    }  # fmt: skip


def test_a_beat_that_was_not_seen_for_three_minutes_is_a_reason(db: None) -> None:
    beat_at(timezone.now() - timedelta(minutes=4))
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert "3 minutes" in answer.json()["reasons"]["beat"]


def test_a_process_that_just_started_gives_beat_its_time(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not JobRun.objects.exists()
    monkeypatch.setattr(health, "_started", health.time.monotonic())
    assert Client().get("/readyz").status_code == 200
    monkeypatch.setattr(health, "_started", health.time.monotonic() - 200)
    assert Client().get("/readyz").status_code == 503


def test_migrations_that_are_not_applied_are_a_reason(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated_once", False)
    beat_at(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'stations'")
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert "stations" in answer.json()["reasons"]["migrations"]


def test_a_redis_that_does_not_answer_is_a_reason_and_no_secret(db: None, settings: Any) -> None:
    beat_at(timezone.now())
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://:secret@127.0.0.1:1/0",
        }
    }
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["redis"]) == (503, False)
    assert "secret" not in answer.content.decode()


# Figures -----------------------------------------------------------------------------------------


@time_machine.travel(at("2026-11-30 10:00"), tick=False)
def test_metrics_tell_of_cases_outbox_and_requests(park: SimpleNamespace) -> None:
    handled(park)
    notice = Notice.objects.create(recipient=park.owner, key="x", created_at=MONDAY)
    Delivery.objects.create(notice=notice, channel="email", state="dead", tries=9)
    client = browser(park.handler)
    client.get("/work/")
    page = client.get("/metrics").content.decode()
    assert 'portal_open_cases{light="late"} 1.0' in page
    assert "portal_dead_letters 1.0" in page
    assert 'portal_requests_total{method="GET",status="200",view="cases:queue"}' in page
    assert 'portal_request_seconds_bucket{le="0.5",view="cases:queue"}' in page
    lag = next(line for line in page.splitlines() if line.startswith("portal_sweep_lag_seconds "))
    assert float(lag.split()[1]) > 86_400


def test_addresses_do_not_become_labels(park: SimpleNamespace) -> None:
    Client().get("/no-such-page-4711/")
    page = Client().get("/metrics").content.decode()
    assert "4711" not in page
    assert 'view="unmatched"' in page


def test_metrics_are_for_the_token_or_the_networks_named(db: None, settings: Any) -> None:
    assert Client().get("/metrics").status_code == 200
    assert Client(REMOTE_ADDR="203.0.113.7").get("/metrics").status_code == 403
    assert Client().get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 403
    settings.METRICS_TOKEN = "long-token"
    assert Client().get("/metrics").status_code == 403
    assert Client().get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 403
    good = Client(REMOTE_ADDR="203.0.113.7").get("/metrics", headers={"Authorization": "Bearer long-token"})
    assert good.status_code == 200


def test_several_processes_count_together(tmp_path: Path) -> None:
    program = (
        "from prometheus_client import CollectorRegistry, Counter; import sys\n"
        "from prometheus_client.multiprocess import MultiProcessCollector\n"
        "from portal import metrics\n"
        "metrics.REQUESTS.labels('v', 'GET', 200).inc()\n"
        "r = CollectorRegistry(); MultiProcessCollector(r)\n"
        "print(r.get_sample_value('portal_requests_total', {'view': 'v', 'method': 'GET', 'status': '200'}))"
    )
    environment = {
        **os.environ,
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }
    command = [sys.executable, "-c", "import django; django.setup()\n" + program]
    outputs = [
        subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout
        for _ in range(2)
    ]
    assert [float(output.split()[-1]) for output in outputs] == [1.0, 2.0]


# Request numbers ---------------------------------------------------------------------------------


@pytest.fixture
def records(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.handler.addFilter(tracing.RequestIdFilter())
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.INFO, "portal.request")
    return caplog


def test_a_well_formed_number_is_taken_over_and_any_other_replaced(db: None) -> None:
    given = Client().get("/healthz", headers={"X-Request-ID": "proxy-0123456789"})
    assert given.headers["X-Request-ID"] == "proxy-0123456789"
    for odd in (
        "short",
        "x" * 65,
        "two words here",
        "a\u2028bcdefgh",
        "<script>alert(1)</script>",
        "-starts-odd",
    ):
        answer = Client().get("/healthz", headers={"X-Request-ID": odd})
        assert answer.headers["X-Request-ID"] != odd
        assert len(answer.headers["X-Request-ID"]) == 32


def test_every_log_line_of_a_request_carries_its_number(
    park: SimpleNamespace, records: pytest.LogCaptureFixture
) -> None:
    browser(park.handler).get("/no-such-page/", headers={"X-Request-ID": "number-of-this-one"})
    seen = {r.name: r for r in records.records}
    assert {"django.request", "portal.request"} <= set(seen)
    assert all(vars(r)["request_id"] == "number-of-this-one" for r in seen.values())
    line = json.loads(tracing.JsonFormatter().format(seen["portal.request"]))
    assert (line["status"], line["path"], line["request_id"]) == (404, "/no-such-page/", "number-of-this-one")
    assert line["user"] == park.handler.pk


def test_json_lines_hold_errors_and_odd_texts_in_one_line() -> None:
    try:
        raise ValueError("第一行\n第二行")
    except ValueError:
        record = logging.getLogger("x").makeRecord("x", 40, "f", 1, "say %s", ("“你好”\n",), sys.exc_info())
    text = tracing.JsonFormatter().format(record)
    assert "\n" not in text
    assert "第二行" in json.loads(text)["error"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_error_pages_name_the_number(park: SimpleNamespace, language: str) -> None:
    number = "tell-us-this-number"
    client = browser(park.handler, language)
    assert number in client.get("/no-such-page/", headers={"X-Request-ID": number}).content.decode()
    refused = client.get(reverse("administration:home"), headers={"X-Request-ID": number})
    assert number in refused.content.decode()


def test_an_unexpected_error_names_the_number_too(
    park: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal.cases.views import queue

    monkeypatch.setattr(queue, "rows", None)
    file_request(park)
    client = browser(park.steward)
    client.raise_request_exception = False
    answer = client.get("/work/?view=team", headers={"X-Request-ID": "number-of-the-fault"})
    assert answer.status_code == 500
    assert "number-of-the-fault" in answer.content.decode()


class Kept(logging.Handler):
    """Remembers logger, number and text of every line."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[str, str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append((record.name, tracing.current(), record.getMessage()))


@pytest.mark.django_db(transaction=True)
def test_the_number_follows_into_a_real_worker() -> None:
    done = threading.Event()
    kept = Kept()

    @app.task(name="tests.say")
    def say() -> None:
        logging.getLogger("portal.test").info("said")
        done.set()

    with start_worker(app, pool="solo", perform_ping_check=False, queues=["tracing"], loglevel="INFO"):
        logging.getLogger().addHandler(kept)  # a worker that starts sets up the log anew
        tracing.bind("from-the-request")
        say.apply_async(queue="tracing")
        assert done.wait(20)
        tracing.bind("")
        done.clear()
        of_beat = say.apply_async(queue="tracing")
        assert done.wait(20)
    logging.getLogger().removeHandler(kept)
    numbers = [number for name, number, _text in kept.lines if name == "portal.test"]
    assert numbers == ["from-the-request", of_beat.id]
    succeeded = [number for _name, number, text in kept.lines if "succeeded in" in text]
    assert succeeded == numbers


def test_the_form_of_logs_is_a_setting() -> None:
    command = [
        sys.executable,
        "-c",
        "import django; django.setup(); import logging; logging.getLogger('x').warning('好')",
    ]
    base = {**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings"}
    out = subprocess.run(
        command, env={**base, "LOG_FORMAT": "json"}, capture_output=True, check=True, text=True
    )
    assert json.loads(out.stderr.splitlines()[-1])["message"] == "好"
    out = subprocess.run(
        command, env={**base, "LOG_FORMAT": "line"}, capture_output=True, check=True, text=True
    )
    assert out.stderr.splitlines()[-1].endswith("WARNING x [-] 好")
    wrong = subprocess.run(
        command, env={**base, "LOG_FORMAT": "xml"}, capture_output=True, check=False, text=True
    )
    assert "LOG_FORMAT is either line or json" in wrong.stderr
