"""The pauses of a case are read by every page that shows a clock: no index may make that grow with the table."""

from __future__ import annotations

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def test_every_index_that_knows_the_case_of_a_pause_begins_with_it() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, pg_get_indexdef(i.indexrelid, 1, true), pg_get_indexdef(i.indexrelid) "
            "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = 'cases_pause'::regclass"
        )
        first = {name: column for name, column, text in cursor.fetchall() if "case_id" in text}
    assert "cases_pauses_apart" in first
    assert set(first.values()) == {"case_id"}
