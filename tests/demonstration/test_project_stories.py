"""The stories of the live projects can be played on any day."""

from __future__ import annotations

from pathlib import Path
from shutil import copyfile

import pytest
import time_machine

from approvals.demonstration.land import land
from approvals.demonstration.materials import materials
from approvals.demonstration.parts import parts
from approvals.demonstration.procedures import procedures
from approvals.demonstration.projects import live_projects
from portal.cases.models import Case
from portal.demonstration import ledgers
from portal.ledgers.importing import import_path
from tests.people import at

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("people"),
]


@pytest.fixture
def catalogue(tmp_path: Path) -> None:
    for name in ("service_items", "windows"):  # each names the other
        copyfile(ledgers.FOLDER / f"{name}.csv", tmp_path / f"{name}.csv")
    assert import_path(tmp_path).written


# At night on a working day: see test_park.
@pytest.mark.timeout(600)  # it plays all stories once more, on a machine that may do other work as well
def test_they_fit_a_holiday(catalogue: None) -> None:
    now = at("2026-10-04 12:00")
    with time_machine.travel(now, tick=False):
        for play in (land, materials, parts, procedures, live_projects):
            play(now)
    assert Case.objects.filter(kind="approvals.project").open().count() == 19
    assert not Case.objects.filter(opened_at__gt=now).exists()
    lights = set(Case.objects.open().with_light(now).values_list("light_key", flat=True))
    assert {"ok", "late", "hold"} <= lights
