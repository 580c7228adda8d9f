"""106 delegated items and three windows: counted, never typed in."""

from __future__ import annotations

import pytest
from django.db.models import Q

from approvals.models import ComprehensiveWindow, ServiceItem
from portal.demonstration import ledgers
from portal.ledgers.importing import import_path
from portal.reports import figures
from portal.reports.declaration import INDICATORS, Period
from tests.approvals.catalogue import make_catalogue
from tests.pages.test_pages import browser
from tests.people import make_park

pytestmark = pytest.mark.django_db
DELEGATED, WINDOWS = "approvals.delegated_items", "approvals.comprehensive_windows"


@pytest.fixture
def _catalogue(db: None) -> None:
    for name in ("teams", "windows", "service_items"):
        assert import_path(ledgers.FOLDER / f"{name}.csv").written


def value(key: str) -> object:
    return figures.compute(INDICATORS[key], Period(), None).value


@pytest.mark.usefixtures("_catalogue")
def test_the_figures_come_from_rows() -> None:
    assert (value(DELEGATED), value(WINDOWS)) == (106, 3)
    item = ServiceItem.objects.filter(is_delegated=True).first()
    assert item is not None
    ServiceItem.objects.filter(pk=item.pk).update(active=False)
    assert value(DELEGATED) == 105
    ServiceItem.objects.filter(is_delegated=False).update(active=False)
    assert value(DELEGATED) == 105
    ComprehensiveWindow.objects.filter(code="window_start").update(active=False)
    assert value(WINDOWS) == 2


@pytest.mark.usefixtures("_catalogue")
def test_nothing_of_the_demonstration_passes_for_official() -> None:
    assert not ServiceItem.objects.filter(is_default=False).exists()
    assert not ServiceItem.objects.filter(Q(name_en="") | Q(intake=None) & ~Q(code="FH-001")).exists()


@pytest.mark.usefixtures("_catalogue")
def test_the_parts_of_the_total_add_up_to_the_promise() -> None:
    """Dossier, section 2: the critical path of the demonstration's promises is 15 working days."""
    path = ("GD-008", "KG-006", "KG-007", "KG-008", "KG-012", "JG-002", "JG-003")
    items = ServiceItem.objects.filter(code__in=path, counts_in_total=True, promised_unit="wd")
    assert [item.promised_days for item in sorted(items, key=lambda i: path.index(i.code))] == [
        1,
        3,
        2,
        3,
        1,
        4,
        1,
    ]


def test_a_leader_opens_the_figure_down_to_its_rows(db: None) -> None:
    park = make_park()
    make_catalogue(park)
    leader = browser(park.leader)
    page = leader.get(f"/reports/{DELEGATED}/").content.decode()
    assert "赋权事项" in page
    rows = leader.get(f"/reports/{DELEGATED}/rows/").content.decode()
    assert "KG-012" in rows
    assert "QT-002" not in rows
    parts = figures.split(INDICATORS[DELEGATED], INDICATORS[DELEGATED].breakdowns["team"], Period(), None)
    assert [(line.label, line.figure.value) for line in parts] == [("开发建设局", 1)]
    assert "项目帮代办综合窗" in leader.get(f"/reports/{WINDOWS}/rows/").content.decode()
