"""Leads that may be of the same investor, shown while somebody types; what is confidential is not told."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.db.models import Value
from django.test import Client
from django.urls import reverse

from investment.models import Lead
from investment.models.names import bare_name
from tests.investment.leading import FOUNDED, act, make_task_forces, register_lead
from tests.people import person, works_in

pytestmark = pytest.mark.django_db
PAGE = reverse("investment:lead_alike")


@pytest.fixture
def forces(park: SimpleNamespace) -> SimpleNamespace:
    return make_task_forces(park)


def told(user: Any, name: str = "", uscc: str = "") -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(PAGE, {"investor_name": name, "uscc": uscc})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("name", "uscc", "is_told"),
    [
        ("星野材料有限公司", "", True),
        ("星野", "", True),
        ("湖南星野材料", "", False),
        ("野材", "", True),
        ("", FOUNDED, True),
        ("星", "", False),
        ("%", "", False),
        ("远岭", "", False),
    ],
)
def test_what_may_be_the_same_is_told_with_its_task_force(
    forces: SimpleNamespace, name: str, uscc: str, is_told: bool
) -> None:
    case = register_lead(forces.member, forces.first, uscc=FOUNDED)
    said = told(forces.rival, name, uscc)
    assert (case.number in said, "先进材料专班" in said, "2027-01-15" in said) == (is_told,) * 3


def test_a_lead_that_is_closed_keeps_nobody(forces: SimpleNamespace) -> None:
    case = register_lead(forces.member, forces.first)
    act(forces.member, case, "lose", cause="price", reason="电价高")
    assert not told(forces.rival, "星野材料").strip()


def test_of_a_confidential_lead_it_is_said_only_that_there_is_one(forces: SimpleNamespace) -> None:
    case = register_lead(forces.head, forces.first, confidential="on")
    assert case.number in told(forces.head, "星野材料")
    whole = told(forces.rival, "星野材料")
    assert "该投资方已有线索" in whole
    assert case.number not in whole
    assert "先进材料专班" not in whole
    assert not told(forces.rival, "星野").strip()  # nobody finds a name by guessing its beginning


def test_a_bank_is_told_nothing(forces: SimpleNamespace) -> None:
    client = Client()
    client.force_login(works_in(person("banker"), forces.bank, "member"))
    assert client.get(PAGE, {"investor_name": "星野"}).status_code == 403


def test_the_check_of_names_uses_its_index(forces: SimpleNamespace) -> None:
    register_lead(forces.member, forces.first)
    same = Lead.objects.annotate(bare=bare_name("investor_name"))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for rows in (same.filter(bare=bare_name(Value("星野"))), same.filter(bare__startswith="星野")):
        assert "investment_bare_name" in rows.explain()
