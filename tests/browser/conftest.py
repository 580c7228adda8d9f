"""A real Chromium, and a real portal in processes of its own: web server, Celery worker, beat's work."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import DEFAULT_OPTIONS, Axe
from celery import Celery
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from portal.accounts.models import User
from tests.people import PASSWORD, make_park

expect.set_options(timeout=20_000)  # a busy machine may take long over a page; only what fails waits so long

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Playwright drives an event loop of its own, in which Django would forbid queries.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def park(filled_calendar: None) -> SimpleNamespace:
    return make_park()


@pytest.fixture
def moment(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Move the portal's clock, in this process and in those that the test starts."""
    file = tmp_path / "now"
    settings.TEST_CLOCK_FILE = str(file)
    monkeypatch.setenv("TEST_CLOCK_FILE", str(file))

    def move(to: datetime) -> None:
        fresh = file.with_suffix(".new")
        fresh.write_text(to.isoformat())
        fresh.replace(file)

    return move


class Person:
    """One person at one browser window."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context, self.base = context, base
        self.page: Page = context.new_page()
        self.errors: list[str] = []
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)

    def go(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page

    def signs_in(self, user: User) -> Person:
        self.go("/accounts/sign-in/")
        self.page.fill("[name=username]", user.username)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("button.first")
        self.page.wait_for_load_state()
        return self


@pytest.fixture
def window(chromium: Browser, live_server: Any) -> Iterator[Callable[..., Person]]:
    """Open a window: `window(user, width=390, language="en")`."""
    opened: list[BrowserContext] = []

    def open_one(
        user: User | None = None, *, width: int = 1440, language: str = "zh-hans", **more: Any
    ) -> Person:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            locale="zh-CN" if language == "zh-hans" else "en-US",
            reduced_motion="reduce",
            **more,
        )
        context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
        opened.append(context)
        if user:  # by a session, as it is after the sign-in page, which has tests of its own
            client = Client(headers={"user-agent": "Chromium"})
            client.force_login(user)
            key = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}]
            )
        return Person(context, live_server.url)

    yield open_one
    for context in opened:
        context.close()


def axe_problems(page: Page, *rules: str) -> list[str]:
    """What axe finds on the page as it stands, by all its rules or by those named."""
    page.wait_for_load_state()  # not while the page that was left is still there
    only = {"runOnly": {"type": "rule", "values": rules}} if rules else {}
    found = Axe().run(page, options={**DEFAULT_OPTIONS, **only}).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found]


@pytest.fixture
def worker(
    transactional_db: None, tmp_path: Path, moment: Callable[[datetime], None]
) -> Iterator[Callable[[str], None]]:
    """A real Celery worker with beat, on the test database and a Redis database of its own.

    Answers a function that puts a periodic job on the queue now, rather than at beat's next minute.
    """
    database = connection.settings_dict
    login = f"{database['USER']}:{database['PASSWORD']}" if database["PASSWORD"] else database["USER"]
    server, _, number = settings.REDIS_URL.rpartition("/")
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgres://{login}@{database['HOST']}:{database['PORT']}/{database['NAME']}",
        "REDIS_URL": f"{server}/{int(number) + 1}",
    }
    log = (tmp_path / "worker.log").open("wb")
    process = subprocess.Popen(
        [
            sys.executable, "-m", "celery", "-A", "portal", "worker", "--beat", "--loglevel", "INFO",
            "--concurrency", "1", "--schedule", str(tmp_path / "schedule"), "--without-mingle", "--without-gossip",
            "--pool", "solo",
        ],
        env=environment, cwd=settings.BASE_DIR, stdout=log, stderr=log,
    )  # fmt: skip
    # Not as the current application: the tasks of this process would go to that queue from now on.
    with Celery(broker=environment["REDIS_URL"], set_as_current=False) as queue:
        yield lambda name: queue.send_task(name) and None
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    log.close()


def until(condition: Callable[[], Any], *, within_s: float = 90) -> Any:
    """Wait for something that another process does."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if result := condition():
            return result
        time.sleep(0.2)
    raise AssertionError("it did not happen in time")
