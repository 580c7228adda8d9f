"""Procedures: drafted, checked, published; what is published does not change."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from approvals import actions
from approvals.models import Prerequisite, Procedure, ProcedureItem, ProcedureVersion, ServiceItem
from portal.cases.errors import Conflict, Refused
from tests.approvals.catalogue import make_item
from tests.people import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("park")]
# Domain dossier, section 2: the demonstration's promise. Key, days, what it waits for.
STEPS: list[tuple[str, int | None, str]] = [
    ("filing", None, ""),
    ("land_use", 1, "filing"),
    ("scheme", 3, "land_use"),
    ("works_permit", 2, "scheme"),
    ("drawings", 3, "works_permit"),
    ("environment", 7, "filing"),
    ("energy", 5, "filing"),
    ("construction", 1, "drawings environment energy"),
    ("acceptance", 4, "construction"),
    ("completion", 1, "acceptance"),
]


def procedure(**facts: Any) -> Procedure:
    return Procedure.objects.create(
        **{"code": "factory", "name": "新建厂房", "mode": "standard", "promised_days": 15, **facts}
    )


def rows(steps: list[tuple[str, int | None, str]] = STEPS, **more: dict[str, Any]) -> list[Any]:
    """The rows of a draft; items of the catalogue are made as they are needed."""
    known = {item.code: item for item in ServiceItem.objects.all()}
    found = []
    for key, days, awaited in steps:
        own = more.get(key, {})
        code = own.pop("code", key)
        item = known.get(code) or make_item(code, name=code)
        known[code] = item
        found.append(({"key": key, "item": item, "days": days, **own}, awaited.split()))
    return found


def drafted(steps: list[tuple[str, int | None, str]] = STEPS, **more: Any) -> ProcedureVersion:
    facts = more.pop("procedure", {})
    draft = actions.begin_draft(procedure(**facts), by=None, now=MONDAY)
    return actions.fill_draft(draft, rows(steps, **more))


def published(**more: Any) -> ProcedureVersion:
    return actions.publish_version(drafted(**more), by=None, note="", now=MONDAY)


def test_the_proposed_procedure_keeps_its_promise_of_fifteen_days() -> None:
    found = actions.timetable(drafted())
    assert (found.errors, found.warnings, found.total_days, found.late_by) == ([], [], 15, 0)
    assert found.plan is not None
    assert "environment" not in found.plan.path


def test_a_promise_that_cannot_be_kept_is_said_and_does_not_hinder() -> None:
    draft = drafted(procedure={"promised_days": 12})
    found = actions.timetable(draft)
    assert found.late_by == 3
    assert found.warnings == ["整体承诺时限无法兑现，还差 3 个工作日。"]
    assert actions.publish_version(draft, by=None, note="", now=MONDAY).published_at == MONDAY


def test_what_is_not_counted_in_the_total_may_come_later() -> None:
    late = ("registration", 9, "completion")
    draft = drafted([*STEPS, late])
    assert actions.timetable(draft).total_days == 24
    ServiceItem.objects.filter(code="registration").update(counts_in_total=False)
    found = actions.timetable(draft)
    assert found.total_days == 15
    assert found.plan is not None
    assert found.plan.places["registration"].finish == 24


def test_an_item_is_left_out_of_a_project_that_does_not_need_it() -> None:
    slow = [(key, 20 if key == "energy" else days, awaited) for key, days, awaited in STEPS]
    draft = drafted(slow, energy={"needed_if": "energy_tce", "at_least": Decimal(1000)})
    assert actions.timetable(draft).total_days == 26
    assert actions.timetable(draft, {"energy_tce": Decimal("999.99")}).total_days == 15
    assert actions.timetable(draft, {}).total_days == 15
    assert actions.timetable(draft, {"energy_tce": Decimal(1000)}).total_days == 26


def test_items_that_wait_for_one_another_are_named_and_nothing_is_published() -> None:
    draft = drafted([("a", 1, "b"), ("b", 1, "a")])
    with pytest.raises(Refused, match="互相等待"):
        actions.publish_version(draft, by=None, note="", now=MONDAY)
    assert ProcedureVersion.objects.get().is_draft


def test_a_draft_waits_only_for_what_is_in_it() -> None:
    draft = actions.begin_draft(procedure(), by=None, now=MONDAY)
    with pytest.raises(Refused, match="nowhere"):
        actions.fill_draft(draft, rows([("a", 1, "nowhere")]))
    assert not ProcedureItem.objects.exists()


@pytest.mark.parametrize("days", [0, -1])
def test_an_item_that_takes_time_takes_a_day_at_least(days: int) -> None:
    with pytest.raises(DatabaseError):
        drafted([("a", days, "")])


def test_an_item_that_is_no_longer_handled_keeps_a_draft_back() -> None:
    draft = drafted()
    ServiceItem.objects.filter(code="scheme").update(active=False)
    with pytest.raises(Refused, match="scheme"):
        actions.publish_version(draft, by=None, note="", now=MONDAY)


def test_an_empty_draft_is_not_published() -> None:
    draft = actions.begin_draft(procedure(), by=None, now=MONDAY)
    with pytest.raises(Refused):
        actions.publish_version(draft, by=None, note="", now=MONDAY)


PHASES = [("pit", 1, ""), ("basement", 1, "pit"), ("above", 1, "basement")]
ONE_ITEM = {key: {"code": "KG-012", "phase": n} for n, (key, _d, _a) in enumerate(PHASES, start=1)}
EARLY = {"mode": "land_to_construction", "phases": 3}


def test_phases_of_one_item_follow_one_another() -> None:
    assert published(steps=PHASES, procedure=EARLY, **{k: dict(v) for k, v in ONE_ITEM.items()}).number == 1


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ([PHASES[0], ("basement", 1, ""), PHASES[2]], "第 2 阶段"),
        ([PHASES[0], ("above", 1, "pit")], "第 2 阶段"),
        ([PHASES[0], PHASES[1]], "第 3 阶段"),
    ],
)
def test_a_phase_out_of_order_or_missing_is_said(steps: list[Any], says: str) -> None:
    own = {key: dict(ONE_ITEM[key]) for key, _days, _awaited in steps}
    draft = drafted(steps, procedure=EARLY, **own)
    with pytest.raises(Refused, match=says):
        actions.publish_version(draft, by=None, note="", now=MONDAY)


def test_only_where_work_begins_with_the_land_are_there_phases() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        procedure(phases=2)
    draft = drafted([("a", 1, "")], a={"phase": 1})
    with pytest.raises(Refused):
        actions.publish_version(draft, by=None, note="", now=MONDAY)


def test_a_draft_begins_as_the_last_version_and_there_is_one_at_a_time() -> None:
    first = published()
    draft = actions.begin_draft(first.procedure, by=None, now=MONDAY)
    assert draft.number == 2
    same = [(i.key, i.days) for i in first.items.all()]
    assert [(i.key, i.days) for i in draft.items.all()] == same
    assert actions.timetable(draft).total_days == actions.timetable(first).total_days
    with pytest.raises(Conflict):
        actions.begin_draft(first.procedure, by=None, now=MONDAY)


def _change_days(version: ProcedureVersion) -> None:
    version.items.update(days=9)


def _add_item(version: ProcedureVersion) -> None:
    ProcedureItem.objects.create(version=version, key="late", item=make_item("late"), days=1)


def _take_item(version: ProcedureVersion) -> None:
    version.items.first().delete()  # type: ignore[union-attr]


def _cut_edge(version: ProcedureVersion) -> None:
    version.prerequisites.first().delete()  # type: ignore[union-attr]


def _move_item(version: ProcedureVersion) -> None:
    other = ProcedureVersion.objects.create(procedure=version.procedure, number=9, made_at=MONDAY)
    version.items.update(version=other)


def _republish(version: ProcedureVersion) -> None:
    ProcedureVersion.objects.filter(pk=version.pk).update(published_at=None)


def _delete(version: ProcedureVersion) -> None:
    version.delete()


@pytest.mark.parametrize(
    "change", [_change_days, _add_item, _take_item, _cut_edge, _move_item, _republish, _delete]
)
def test_what_is_published_does_not_change(change: Callable[[ProcedureVersion], None]) -> None:
    version = published()
    before = list(version.items.values_list()), list(version.prerequisites.values_list())
    with pytest.raises(DatabaseError), transaction.atomic():
        change(version)
    assert (list(version.items.values_list()), list(version.prerequisites.values_list())) == before


def test_a_version_is_published_once() -> None:
    version = published()
    with pytest.raises(Conflict):
        actions.publish_version(version, by=None, note="", now=MONDAY)


def test_an_item_waits_for_none_of_another_version() -> None:
    first = published()
    draft = actions.begin_draft(first.procedure, by=None, now=MONDAY)
    mine, theirs = draft.items.first(), first.items.last()
    Prerequisite.objects.create(version=draft, item=mine, awaited=theirs)
    with pytest.raises(DatabaseError):
        connection.check_constraints()  # as the end of the transaction does
