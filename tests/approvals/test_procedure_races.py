"""Publishing and editing at the same moment: what is published is what was checked."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

from approvals import actions
from approvals.models import ProcedureItem
from portal.cases.errors import CaseError
from tests.approvals.catalogue import make_item
from tests.approvals.test_procedures import drafted
from tests.people import MONDAY, make_park
from tests.waiting import until_somebody_waits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("filled_calendar")]


@pytest.fixture
def park(filled_calendar: None) -> SimpleNamespace:
    return make_park()


def beside(call: Any) -> tuple[threading.Thread, list[Any]]:
    """Run the call on a connection of its own: the thread, and where its result or error comes."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(call())
        except (DatabaseError, CaseError) as error:
            found.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, found


def test_an_item_that_comes_while_a_version_is_published_is_refused(park: SimpleNamespace) -> None:
    draft, item = drafted(), make_item("late")
    with transaction.atomic():
        actions.publish_version(draft, by=None, note="", now=MONDAY)
        thread, found = beside(
            lambda: ProcedureItem.objects.create(version_id=draft.pk, key="late", item=item, days=1)
        )
        until_somebody_waits()
    thread.join(30)
    assert isinstance(found[0], DatabaseError)
    assert not draft.items.filter(key="late").exists()


def test_a_version_that_is_edited_is_published_with_what_came(park: SimpleNamespace) -> None:
    draft, item = drafted(), make_item("late", active=False)
    with transaction.atomic():
        ProcedureItem.objects.create(version=draft, key="late", item=item, days=1)
        thread, found = beside(lambda: actions.publish_version(draft, by=None, note="", now=MONDAY))
        until_somebody_waits()
    thread.join(30)
    assert isinstance(found[0], CaseError), "the item that came is not handled any more: it is seen"
    draft.refresh_from_db()
    assert draft.is_draft
