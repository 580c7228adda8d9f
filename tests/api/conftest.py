"""Programs that talk to the portal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from portal.accounts.models import User
from portal.api import throttling, tokens
from portal.api.models import Scope
from tests.people import at

ALL = tuple(Scope.values)


class Program:
    """A program with a token; JSON in, JSON out."""

    def __init__(self, text: str = "", *, language: str = "en", client: Client | None = None) -> None:
        self.client = client or Client()
        self.headers: dict[str, Any] = {"Accept-Language": language}
        if text:
            self.headers["Authorization"] = f"Bearer {text}"

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1/{path}", headers=self._all(headers))

    def post(self, path: str, data: Any = None, **headers: str) -> Any:
        return self.client.post(
            f"/api/v1/{path}",
            data={} if data is None else data,
            content_type="application/json",
            headers=self._all(headers),
        )

    def send(self, path: str, data: dict[str, Any], **headers: str) -> Any:
        """A form with files."""
        return self.client.post(f"/api/v1/{path}", data=data, headers=self._all(headers))

    def raw(self, path: str, body: bytes, content_type: str = "application/json", **headers: str) -> Any:
        return self.client.post(
            f"/api/v1/{path}", data=body, content_type=content_type, headers=self._all(headers)
        )

    def act(self, case: Any, name: str, data: Any = None, sort: str = "transitions", **headers: str) -> Any:
        """Do something with a case at the version that it has now."""
        case.refresh_from_db()
        return self.post(
            f"cases/{case.pk}/{sort}/{name}/", data, **{"If_Match": f'"{case.version}"', **headers}
        )

    def _all(self, headers: dict[str, str]) -> dict[str, str]:
        return {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}


def program(user: User, scopes: Iterable[str] = ALL, *, language: str = "en") -> Program:
    """A program of a person's, with a fresh token."""
    _token, text = tokens.make(
        user, name="program", scopes=scopes, lifetime=timedelta(days=30), now=timezone.now()
    )
    return Program(text, language=language)


def signed_in(user: User, *, csrf: bool = False) -> Program:
    """The same by the session of the pages."""
    client = Client(enforce_csrf_checks=csrf)
    client.force_login(user)
    return Program(client=client)


@pytest.fixture
def monday() -> Iterator[time_machine.Coordinates]:
    """It is ten o'clock on the day on which the people of the tests begin."""
    with time_machine.travel(at("2026-11-16 10:00"), tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def _no_requests_counted_yet() -> None:
    """Redis outlives a test; what earlier ones asked does not count."""
    from django.conf import settings

    server = throttling._server(settings.REDIS_URL)
    for key in server.scan_iter("api:rate:*"):
        server.delete(key)
