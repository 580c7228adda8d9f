"""Facts of a lead put right: what may change, and what is written down of it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from investment.models import Lead
from portal.cases import engine
from portal.cases.errors import Conflict, Invalid, Refused
from tests.investment.leading import make_task_forces, register_lead
from tests.people import MONDAY, actor, at

pytestmark = pytest.mark.django_db
LATER = at("2026-11-20 10:00")


@pytest.fixture
def forces(park: SimpleNamespace) -> SimpleNamespace:
    return make_task_forces(park)


def correct(forces: SimpleNamespace, case: Any, version: int | None = None, **data: Any) -> Any:
    return engine.perform(case.pk, "edit", by=actor(forces.member), data=data, now=LATER, version=version)


def test_only_what_is_sent_changes_and_the_timeline_says_what(forces: SimpleNamespace) -> None:
    case = register_lead(forces.member, forces.first, land_mu="50", contact_phone="13800001234")
    correct(
        forces, case, title="镁合金项目", land_mu="35.5", heat="A", contact_phone="13900001234", is_key="yes"
    )
    lead = Lead.objects.select_related("case").get()
    assert (lead.case.title, lead.land_mu, lead.contact_phone) == ("镁合金项目", 35.5, "13900001234")
    assert lead.is_key
    assert lead.next_action == "电话回访"
    line = case.events.order_by("-seq").first()
    internal = line.data["internal"]
    assert (line.verb, internal["title"], internal["land_mu"]) == ("edit", "镁合金项目", "35.5")
    assert not {"heat", "contact_phone", "next_action"} & internal.keys()


def test_a_correction_is_nothing_done_for_the_lead_but_a_plan_is(forces: SimpleNamespace) -> None:
    case = register_lead(forces.member, forces.first)
    correct(forces, case, jobs="120")
    assert Lead.objects.get().last_action_at == MONDAY
    correct(forces, case, next_action="寄出方案")
    assert Lead.objects.get().last_action_at == LATER


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"uscc": "9143"}, "uscc"),
        ({"land_mu": "-1"}, "land_mu"),
        ({"next_action_on": "2026-11-19"}, "next_action_on"),
        ({"next_action": ""}, "next_action"),
        ({"source": "envoy"}, "source"),
    ],
)
def test_what_cannot_be_right_is_said_at_its_field(
    forces: SimpleNamespace, data: dict[str, str], field: str
) -> None:
    case = register_lead(forces.member, forces.first)
    with pytest.raises(Invalid) as caught:
        correct(forces, case, **data)
    assert list(caught.value.form.errors) == [field]


def test_an_overdue_day_may_stay_while_something_else_is_put_right(forces: SimpleNamespace) -> None:
    case = register_lead(forces.member, forces.first, next_action_on="2026-11-18")
    correct(forces, case, next_action_on="2026-11-18", jobs="5")
    assert Lead.objects.get().jobs == 5


def test_an_investor_is_not_renamed_into_another_open_lead(forces: SimpleNamespace) -> None:
    register_lead(forces.rival, forces.second, investor_name="远岭机械有限公司")
    case = register_lead(forces.member, forces.first)
    with pytest.raises(Refused):
        correct(forces, case, investor_name="远岭机械")
    correct(forces, case, investor_name="星野材料有限公司")  # its own name in another form
    assert Lead.objects.get(case=case).investor_name == "星野材料有限公司"


def test_two_who_correct_at_once_do_not_overwrite_each_other(forces: SimpleNamespace) -> None:
    case = register_lead(forces.member, forces.first)
    correct(forces, case, version=case.version, jobs="10")
    with pytest.raises(Conflict):
        correct(forces, case, version=case.version, jobs="20")
    with pytest.raises(Refused):
        correct(forces, case, jobs="10")  # nothing has changed
