"""What the database itself holds of the catalogue, and what it keeps on record."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import translation

from approvals.models import ComprehensiveWindow, Intake, Material, ServiceItem
from tests.approvals.catalogue import make_catalogue, make_item
from tests.people import make_park

pytestmark = pytest.mark.django_db
IMPOSSIBLE: dict[str, dict[str, Any]] = {
    "a negative limit": {"statutory_days": -1},
    "a negative promise": {"promised_days": -1},
    "a promise beyond the law": {"statutory_days": 5, "promised_days": 6},
    "delegated in no way": {"is_delegated": True},
    "a way without delegation": {"mode": "granted"},
    "taken over without delegation": {"taken_over_on": date(2024, 3, 1)},
    "a code that is there": {"code": "KG-001"},
}
POSSIBLE: dict[str, dict[str, Any]] = {
    "no limit at all": {},
    "at once": {"statutory_days": 0, "promised_days": 0},
    "as long as the law allows": {"statutory_days": 20, "promised_days": 20},
    "seven calendar days are more than six working days": {
        "statutory_days": 7,
        "statutory_unit": "cd",
        "promised_days": 8,
    },
    "delegated": {"is_delegated": True, "mode": "direct", "taken_over_on": date(2024, 3, 1)},
}


@pytest.mark.usefixtures("park")
@pytest.mark.parametrize("facts", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_what_cannot_be_is_not_in_the_database(facts: dict[str, Any]) -> None:
    make_item("KG-001")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_item(**facts)


@pytest.mark.usefixtures("park")
@pytest.mark.parametrize("facts", POSSIBLE.values(), ids=POSSIBLE)
def test_what_can_be_is(facts: dict[str, Any]) -> None:
    assert make_item(**facts).pk


def test_materials_have_a_place_each_and_a_form_has_a_type(park: SimpleNamespace) -> None:
    item = make_item()
    Material.objects.create(item=item, position=1, name="申请表")
    for wrong in ({"position": 1}, {"position": 2, "copies": 0}, {"position": 2, "form": "forms/ab/ab"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Material.objects.create(item=item, name="又一份", **wrong)
    assert Material.objects.create(item=make_item("KG-013"), position=1, name="申请表").pk


def test_a_window_takes_an_item_in_once(park: SimpleNamespace) -> None:
    window = ComprehensiveWindow.objects.create(code="w", name="窗", kind="other")
    item = make_item()
    Intake.objects.create(window=window, item=item)
    with pytest.raises(IntegrityError), transaction.atomic():
        Intake.objects.create(window=window, item=item)


def test_a_department_with_items_cannot_be_deleted(park: SimpleNamespace) -> None:
    make_item()
    with pytest.raises(ProtectedError):
        park.team["development"].delete()


def test_every_change_is_on_record(park: SimpleNamespace) -> None:
    known = make_catalogue(park)
    permit: Any = known.permit
    ServiceItem.objects.filter(pk=permit.pk).update(promised_days=2)
    history: Any = ServiceItem.pgh_event_model.objects.filter(pgh_obj=permit)  # type: ignore[attr-defined]
    assert list(history.order_by("pgh_id").values_list("pgh_label", "promised_days")) == [
        ("insert", 1),
        ("update", 2),
    ]
    known.application.delete()
    papers: Any = Material.pgh_event_model.objects  # type: ignore[attr-defined]
    assert papers.filter(pgh_label="delete").get().name == "申请表"
    Intake.objects.all().delete()
    assert Intake.pgh_event_model.objects.filter(pgh_label="delete").count() == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("days", "unit", "chinese", "english"),
    [
        (None, "wd", "", ""),
        (0, "wd", "当场办结", "on the spot"),
        (1, "wd", "1 个工作日", "1 working day"),
        (7, "cd", "7 个自然日", "7 calendar days"),
    ],
)
def test_a_limit_is_told_in_words(days: int | None, unit: str, chinese: str, english: str) -> None:
    item = ServiceItem(promised_days=days, promised_unit=unit)
    for language, words in (("zh-hans", chinese), ("en", english)):
        with translation.override(language):
            assert item.promised_words == words


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("施工", {"KG-012"}),
        ("许可证", {"KG-012"}),
        ("开发建设", {"KG-012"}),
        ("kg-012", {"KG-012"}),
        ("construction document", {"KG-012"}),
        ("变更 企业", {"QT-002"}),
        ("企业服务中心", {"QT-002"}),
        ("ＱＴ－００２", {"QT-002"}),
        ("施工 变更", set()),
        ("%", set()),
        ("", {"KG-012", "QT-002"}),
    ],
)
def test_items_are_found_by_name_code_department_and_certificate(
    db: None, asked: str, found: set[str]
) -> None:
    make_catalogue(make_park())
    items = ServiceItem.objects.on_offer().matching(asked)
    assert set(items.values_list("code", flat=True)) == found
