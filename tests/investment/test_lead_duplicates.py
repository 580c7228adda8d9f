"""One investor, one open lead: the first who registers is protected, the second is told."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from portal.cases.errors import Refused
from portal.cases.models import Case
from tests.investment.leading import act, make_task_forces, register_lead
from tests.kernel.test_races import together
from tests.people import make_park, uscc

CODE = uscc("91430300MA4L16JP1")


@pytest.fixture
def forces(filled_calendar: None) -> SimpleNamespace:
    return make_task_forces(make_park())


@pytest.mark.django_db
def test_an_open_lead_of_the_same_code_is_named_with_its_task_force(forces: SimpleNamespace) -> None:
    first = register_lead(forces.member, forces.first, uscc=CODE)
    with pytest.raises(Refused, match=f"先进材料专班.*{first.number}"):
        register_lead(
            forces.rival, forces.second, uscc=CODE.lower(), investor_name="别的名字", same_name="on"
        )
    act(forces.member, first, "lose", cause="silent", reason="没有回音")
    assert register_lead(forces.rival, forces.second, uscc=CODE).step == "registration"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["星野材料", "星野材料有限公司", "星野材料 集团（股份）有限责任公司"])
def test_the_same_name_in_other_words_asks_to_confirm(forces: SimpleNamespace, name: str) -> None:
    first = register_lead(forces.member, forces.first)
    with pytest.raises(Refused, match=first.number):
        register_lead(forces.rival, forces.second, investor_name=name)
    assert register_lead(forces.rival, forces.second, investor_name=name, same_name="on")


@pytest.mark.django_db
def test_another_name_is_another_investor(forces: SimpleNamespace) -> None:
    register_lead(forces.member, forces.first)
    assert register_lead(forces.rival, forces.second, investor_name="星野电子有限公司")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("code", [CODE, ""])
def test_two_task_forces_at_one_moment_one_is_protected_the_other_told(
    forces: SimpleNamespace, code: str
) -> None:
    results = together(
        lambda: register_lead(forces.member, forces.first, uscc=code),
        lambda: register_lead(forces.rival, forces.second, uscc=code),
    )
    assert sorted(type(result).__name__ for result in results) == ["Case", "Taken"]
    kept = Case.objects.get(kind="investment.lead")
    assert any(kept.number in str(result) for result in results if isinstance(result, Refused))
