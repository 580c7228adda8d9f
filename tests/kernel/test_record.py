"""The timeline cannot be changed; where somebody manages to, it shows."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from portal.cases.models import Event
from portal.cases.timeline import breaks
from tests.people import handled

pytestmark = pytest.mark.django_db
UNLOCK = "ALTER TABLE cases_event DISABLE TRIGGER USER"


def tamper(sql: str, *values: object) -> None:
    """Change events as somebody with full rights on the database might."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(UNLOCK)
        cursor.execute(sql, values)


def problems() -> list[tuple[int, str]]:
    return [(b.seq, b.problem) for b in breaks()]


@pytest.mark.parametrize("sql", ["UPDATE cases_event SET verb = 'x'", "DELETE FROM cases_event"])
def test_events_can_be_neither_changed_nor_deleted(park: SimpleNamespace, sql: str) -> None:
    handled(park)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Event.objects.count() == 5


def test_events_cannot_be_truncated_outside_of_tests(park: SimpleNamespace) -> None:
    handled(park)
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL portal.test_database = 'off'")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute("TRUNCATE cases_event")


def test_a_changed_event_is_found(park: SimpleNamespace) -> None:
    case = handled(park)
    assert problems() == []
    tamper("UPDATE cases_event SET actor_id = %s WHERE case_id = %s AND seq = 2", park.owner.pk, case.pk)
    assert (2, "changed") in problems()


def test_a_removed_event_is_found_in_the_middle_and_at_the_end(park: SimpleNamespace) -> None:
    case = handled(park)
    tamper("DELETE FROM cases_event WHERE case_id = %s AND seq = 3", case.pk)
    assert (4, "removed") in problems()
    tamper("DELETE FROM cases_event WHERE case_id = %s AND seq = 5", case.pk)
    assert (5, "removed") in problems()


def test_an_inserted_event_is_found(park: SimpleNamespace) -> None:
    case = handled(park)
    tamper(
        "INSERT INTO cases_event (case_id, seq, verb, data, at, previous_hash, hash) "
        "SELECT %s, 6, 'accept', '{}', now(), hash, "
        "cases_event_hash(hash, %s, 6, 'accept', NULL, now(), '{}') FROM cases_event WHERE case_id = %s AND seq = 5",
        case.pk, case.pk, case.pk,
    )  # fmt: skip
    assert (6, "inserted") in problems()


def test_the_command_proves_or_names_the_break(park: SimpleNamespace) -> None:
    case = handled(park)
    out, err = io.StringIO(), io.StringIO()
    call_command("verify_events", stdout=out)
    assert out.getvalue().strip() == "5 events proven"
    tamper("UPDATE cases_event SET data = '{\"x\": 1}' WHERE case_id = %s AND seq = 1", case.pk)
    with pytest.raises(SystemExit):
        call_command("verify_events", stdout=out, stderr=err)
    assert case.number in err.getvalue()
