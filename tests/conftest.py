"""Fixtures of the whole house."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.models import Model
from django.utils import translation
from xdist.scheduler import LoadScopeScheduling

from approvals.models import NAMES
from portal import keeping
from portal.cases import standards
from portal.copying import copy_models
from portal.notices import wording
from portal.park import offices
from tests import template
from tests.people import make_park

# Tests count statements: the texts of notices and small registers are not read afresh within one.
wording.KEPT_S = keeping.KEPT_S = 3600.0


# Rows go, triggers and foreign keys asleep; a TRUNCATE of all tables makes new files for every one.
EMPTY = """
DO $$ DECLARE name text; filled boolean; BEGIN
    SET LOCAL session_replication_role = replica;
    FOREACH name IN ARRAY ARRAY[{tables}] LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', name) INTO filled;
        IF filled THEN EXECUTE format('DELETE FROM %I', name); END IF;
    END LOOP;
END $$
"""

LASTING = ("django_content_type", "auth_permission")  # else made anew each time, always the same


# Whole files that share what is costly to set up: one process runs all of a file.
TOGETHER = ("tests/demonstration/", "tests/setup/test_launch.py")
# What takes long is begun first. Nothing here empties the tables: tests that do must stay behind the others.
LONG = (
    *TOGETHER,
    "tests/test_access_matrix.py",
    "tests/pages/test_cost.py",
    "tests/pages/test_bulk_thousand.py",
)

# The long ones of those that empty the tables: begun first among these, so that no process works alone at the end.
LONG_AT_THE_END = ("tests/bench/", "tests/browser/")

# Lines are not counted where others run them too: counting takes half as long again, and what is counted is
# then at least what the report says.
UNMEASURED = (
    *LONG,
    "tests/api/test_schema.py",
    "tests/approvals/test_capacity_review.py",
    "tests/approvals/test_held_days.py",
    "tests/approvals/test_ids_of_others.py",
    "tests/approvals/test_who_may.py",
    "tests/bench/",
    "tests/browser/",
    "tests/funds/test_who_may.py",
    "tests/kernel/test_composed.py",
    "tests/ledgers/test_demonstration.py",
    "tests/ledgers/test_memory.py",
    "tests/pages/test_bulk.py",
    "tests/stories/",
    "tests/worktime/test_oracles.py",
)


class LongFirst(OrderedDict[str, dict[str, bool]]):
    """The queue of work: what is long, in the order in which it came, then the rest."""

    def popitem(self, last: bool = True) -> tuple[str, dict[str, bool]]:
        scope = next((name for name in self if name.startswith(LONG)), next(iter(self)))
        return scope, self.pop(scope)


class Scheduler(LoadScopeScheduling):
    """Test by test, but for the files that stay together."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.workqueue = LongFirst()

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0] if nodeid.startswith(TOGETHER) else nodeid


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(UNMEASURED):
            item.add_marker(pytest.mark.no_cover)
    # Those that empty the tables are in one piece by now, behind the others.
    begin = next((n for n, item in enumerate(items) if empties(item)), len(items))
    items[begin:] = sorted(items[begin:], key=lambda item: not item.nodeid.startswith(LONG_AT_THE_END))


def empties(item: pytest.Item) -> bool:
    """Whether the tables are emptied after this test."""
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction")) or "transactional_db" in getattr(
        item, "fixturenames", ()
    )


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduler:
    return Scheduler(config, log)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any
) -> None:
    """Each process's database is a copy of the migrated one."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = template.ensure()


@pytest.fixture(scope="session", autouse=True)
def _quick_emptying() -> Iterator[None]:
    """Between transactional tests: 0.7 s of TRUNCATE become some hundredths. Only a superuser may."""
    truncate = DatabaseOperations.sql_flush

    def sql_flush(self: Any, style: Any, tables: Sequence[str], **options: Any) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('is_superuser') = 'on'")
            if not cursor.fetchone()[0] or options.get("reset_sequences"):
                return list(truncate(self, style, tables, **options))
        found = [f"'{name}'" for name in tables if name not in LASTING]
        return [EMPTY.format(tables=", ".join(found))] if found else []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield


def forget() -> None:
    """What a process keeps by a number that tests use again. The calendar stays: each has a number of its own,
    of a sequence that does not go back when a test does, but for the one that `filled_calendar` makes.
    """
    standards.standard.cache_clear()
    wording.REWRITTEN.forget()
    NAMES.forget()
    offices.OFFICES.forget()
    translation.activate("zh-hans")  # a page shown in English leaves its language behind


@pytest.fixture(autouse=True)
def _fresh_process_caches() -> None:
    forget()


@pytest.fixture
def park(db: None) -> SimpleNamespace:
    """The small park of `tests.people`."""
    return make_park()


_CALENDAR: list[list[Model]] = []


@pytest.fixture
def filled_calendar(transactional_db: None) -> None:
    """Emptying the tables between transactional tests takes the calendar along: it is filled again."""
    from portal.worktime import snapshot
    from portal.worktime.models import CalendarState, CalendarYear, ServiceHours, WorkDay

    if WorkDay.objects.exists():
        return
    if not _CALENDAR:
        _make_calendar()
        _CALENDAR[:] = [list(m.objects.all()) for m in (ServiceHours, CalendarYear, WorkDay, CalendarState)]
    else:
        for rows in _CALENDAR:
            copy_models(rows)
    snapshot.load.cache_clear()


def _make_calendar() -> None:
    from portal.worktime.calendar import extend
    from portal.worktime.models import CalendarState, CalendarYear, ServiceHours

    ServiceHours.objects.create(
        pk=1,
        opens_at="08:30",
        closes_at="17:30",
        intake_until="17:00",
        alerts_from="08:30",
        alerts_until="18:00",
    )
    CalendarYear.objects.bulk_create(CalendarYear(year=y, announced=True) for y in range(2019, 2027))
    CalendarState.objects.create(pk=1)
    extend(date(2026, 11, 16))
