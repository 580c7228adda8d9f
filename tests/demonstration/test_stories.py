"""The stories of the live cases can be played at any moment."""

from __future__ import annotations

from datetime import datetime

import pytest
import time_machine

from portal.cases.boards import COLUMNS
from portal.cases.models import Case
from stations.demonstration import live_requests
from tests.people import at

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("people"),
]


def fits_the_moment(now: datetime) -> None:
    """Nothing lies in the future, and every light is lit."""
    assert not Case.objects.filter(opened_at__gt=now).exists()
    lights = set(Case.objects.open().with_light(now).values_list("light_key", flat=True))
    assert {"ok", "warn", "late", "hold"} <= lights


# At night on a working day: see test_park.
@pytest.mark.parametrize("moment", ["2026-10-04 12:00", "2026-02-25 09:00"])
def test_they_fit_a_holiday_and_the_first_morning_after_one(moment: str) -> None:
    with time_machine.travel(at(moment), tick=False):
        assert live_requests(at(moment)) >= 60
    fits_the_moment(at(moment))
    silent = Case.objects.open().filter(COLUMNS["unnoted"].cases)
    assert silent.filter(grade="major").count() >= 5
