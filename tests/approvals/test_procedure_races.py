"""Publishing and editing at the same moment: what is published is what was checked."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

from approvals import actions
from approvals.models import ProcedureItem
from portal.cases.errors import CaseError, Conflict
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


def test_of_two_who_publish_at_once_one_wins_and_the_other_is_told(park: SimpleNamespace) -> None:
    draft = drafted()
    seen = actions.mark(draft)
    with transaction.atomic():
        actions.publish_version(draft, by=park.administrator, note="先", now=MONDAY, seen=seen)
        thread, found = beside(
            lambda: actions.publish_version(draft, by=park.administrator, note="后", now=MONDAY, seen=seen)
        )
        until_somebody_waits()
    thread.join(30)
    assert isinstance(found[0], Conflict)
    draft.refresh_from_db()
    assert draft.note == "先"


def test_of_two_who_save_at_once_the_second_is_told(park: SimpleNamespace) -> None:
    draft = drafted()
    seen, item = actions.mark(draft), make_item("mine")
    rows = [({"key": "mine", "item": item, "days": 1}, [])]
    with transaction.atomic():
        actions.change_draft(draft, rows, seen=seen, by=park.administrator, now=MONDAY)
        thread, found = beside(
            lambda: actions.change_draft(draft, [], seen=seen, by=park.administrator, now=MONDAY)
        )
        until_somebody_waits()
    thread.join(30)
    assert isinstance(found[0], Conflict)
    assert [one.key for one in draft.items.all()] == ["mine"]
