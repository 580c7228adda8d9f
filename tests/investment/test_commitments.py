"""履约台账 and 履约提醒: what both sides took on, with its lights; told of once when near, once when overdue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from investment.actions import reminding
from investment.models import Commitment
from portal.cases.models import Case
from portal.notices.models import Notice
from tests.investment.leading import act, bring_to, contract, make_task_forces, register_lead
from tests.people import at

pytestmark = pytest.mark.django_db
PAGE = "/investment/commitments/"


@pytest.fixture
def frozen(tmp_path: Path, settings: Any) -> Callable[[datetime], None]:
    """Move the portal's clock."""
    settings.TEST_CLOCK_FILE = str(tmp_path / "now")
    return lambda to: (tmp_path / "now").write_text(to.isoformat()) and None


@pytest.fixture
def forces(park: SimpleNamespace) -> SimpleNamespace:
    return make_task_forces(park)


def signed(forces: SimpleNamespace, number: str, investor: str, **more: str) -> Case:
    case = bring_to(
        forces, register_lead(forces.member, forces.first, investor_name=investor, **more), "signing"
    )
    return act(forces.member, case, "sign", **contract(contract_number=number))


def reads(user: object, address: str = PAGE) -> str:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]  # a user
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_shows_each_light_and_opens_the_lead(
    forces: SimpleNamespace, frozen: Callable[[datetime], None]
) -> None:
    case = signed(forces, "TZ-1", "星野材料（示范）")
    frozen(at("2027-01-01 09:00"))  # the land is late, the start of the works is near
    shown = reads(forces.member)
    assert f'href="{reverse("cases:case_view", args=[case.pk])}"' in shown
    assert shown.index("供地") < shown.index("开工")
    late = reads(forces.member, f"{PAGE}?light=late")
    assert ("供地" in late, "年税收" in late) == (True, False)
    theirs = reads(forces.leader, f"{PAGE}?side=investor&team=tf_metal")
    assert ("年税收" in theirs, ">供地<" in theirs) == (True, False)
    assert "没有符合条件的承诺事项" in reads(forces.rival)


def test_confidential_contracts_are_for_their_circle_only(forces: SimpleNamespace) -> None:
    case = signed(forces, "TZ-1", "星野材料（示范）", is_key="on")
    act(forces.head, case, "confide", people=[])
    assert "星野" in reads(forces.head)
    assert "星野" not in reads(forces.leader)


def test_pages_by_the_day_each_row_once_and_as_many_statements(forces: SimpleNamespace) -> None:
    case = signed(forces, "TZ-1", "星野材料（示范）")
    found = case.lead.contract
    extra = [
        Commitment(contract=found, side="park", kind="other", text=f"第{n}项", due_on="2027-02-01")
        for n in range(60)
    ]
    client = Client()
    client.force_login(forces.member)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    Commitment.objects.bulk_create(extra)
    with CaptureQueriesContext(connection) as many:
        first = client.get(PAGE)
    assert len(many) <= len(few)
    second = client.get(PAGE + first.context["later"])
    keys = [one.pk for page in (first, second) for one, _light in page.context["rows"]]
    assert (len(keys), len(set(keys))) == (66, 66)


@pytest.mark.parametrize(
    "mark", ["x", "2027-13-40,1", "2027-01-01,x", ",", "2027-01-01,9999999999999999999999"]
)
def test_an_address_that_somebody_made_up_is_no_error(forces: SimpleNamespace, mark: str) -> None:
    reads(forces.member, f"{PAGE}?after={mark}&light=pink&team=none")


def test_told_once_when_near_and_once_when_overdue(forces: SimpleNamespace) -> None:
    case = signed(forces, "TZ-1", "星野材料（示范）")
    Notice.objects.all().delete()
    days = ("2026-11-20", "2026-12-02", "2026-12-03", "2027-01-02", "2027-01-03")
    told = [reminding.remind(at(f"{day} 08:40")) for day in days]
    assert told == [0, 1, 0, 1, 0]  # the land: near on 1 December, overdue with the new year
    assert set(Notice.objects.filter(case_id=case.pk).values_list("recipient__username", flat=True)) == {
        "metalmember", "metalhead",
    }  # fmt: skip
    land = Commitment.objects.get(contract=case.pk, kind="land")
    act(forces.member, case, "note_commitment", at("2027-01-04 09:00"),
        commitment=land.pk, done_on="2027-01-04", proof="交地确认书")  # fmt: skip
    assert reminding.remind(at("2027-01-05 08:40")) == 0
