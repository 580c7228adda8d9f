"""The demonstration park, loaded once for all tests of a file, which leave it as it was.

It lies in a transaction around these tests that is taken back at their end; what a test does to it
is taken back after that test. One process runs all of such a file (`tests.conftest.TOGETHER`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test import override_settings

from tests.conftest import forget
from tests.people import at

NIGHT = at("2026-11-18 23:30")


@contextmanager
def taken_back(blocker: Any, media: Path) -> Iterator[None]:
    """Whatever is written inside is gone afterwards, papers included."""
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(media)}}
    with blocker.unblock(), override_settings(DEMONSTRATION=True), transaction.atomic():
        from django.conf import settings

        with override_settings(STORAGES={**settings.STORAGES, "default": storage}):
            forget()
            yield
        transaction.set_rollback(True)
    forget()


@pytest.fixture(scope="module")
def people(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Teams, stations, enterprises and people, and not one case."""
    from portal.demonstration import ledgers
    from portal.demonstration import people as invented
    from portal.ledgers.importing import import_path

    with taken_back(django_db_blocker, tmp_path_factory.mktemp("media")):
        for name in ("teams", "stations", "enterprises"):
            assert import_path(ledgers.FOLDER / f"{name}.csv").written
        invented.create()
        yield


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[datetime]:
    """The whole park, as the command loads it late in the evening of a working day."""
    from io import StringIO

    from django.core.management import call_command

    with taken_back(django_db_blocker, tmp_path_factory.mktemp("media")):
        with time_machine.travel(NIGHT, tick=False):
            call_command("load_demonstration", stdout=StringIO())
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as a commit would
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        yield NIGHT
