"""Live leads of the demonstration park: every step has one, whatever the day on which it is loaded."""

from __future__ import annotations

from datetime import datetime

import pytest
import time_machine

from investment.demonstration import leads
from investment.flow.steps import STEPS
from investment.models import Commitment, Lead
from portal.cases.models import Case, Light
from tests.demonstration.conftest import NIGHT
from tests.people import at

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("people"),
    pytest.mark.timeout(300),
]
# Without procedures of approvals no project is opened, and no lead goes on to its start.
LATER = {"start", "handed_over"}


@pytest.mark.parametrize("moment", [NIGHT, at("2027-02-20 12:00")])
def test_every_step_of_a_lead_is_there_but_for_those_with_a_project(moment: datetime) -> None:
    with time_machine.travel(moment, tick=False):
        assert leads(moment) >= 20
    steps = set(Case.objects.filter(kind="investment.lead").values_list("step", flat=True))
    assert {step.name for step in STEPS} - steps == LATER
    assert set(Lead.objects.values_list("idle_level", flat=True)) >= {0, 1, 3}
    assert Case.objects.get(kind="investment.lead", confidential=True).circle.exists()
    claims = Case.objects.filter(kind="investment.rivalry").values_list("step", flat=True)
    assert sorted(claims) == ["answer", "panel"]
    sheets = Case.objects.filter(kind="investment.assessment").values_list("step", flat=True)
    assert {"asked", "scored", "interested"} <= set(sheets)
    assert Commitment.objects.filter(done_on__isnull=False).exists()
    outings = Case.objects.filter(kind="investment.activity")
    assert set(outings.values_list("step", flat=True)) == {"planned", "to_report", "reported", "called_off"}
    assert {one.light(moment) for one in outings.filter(step="to_report")} >= {Light.LATE}
    assert outings.filter(step="planned", activity__begins_on__gt=moment.date()).count() >= 2
    assert Lead.objects.filter(born_of__case__step="reported").exists()
    assert not Lead.objects.exclude(investor_name__contains="示范").exists()
