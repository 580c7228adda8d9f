"""The page on which a lead is registered."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from investment.models import Lead
from portal.park.models import Team
from tests.investment.leading import given, make_task_forces, register_lead
from tests.people import person, works_in

pytestmark = pytest.mark.django_db


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def forces(park: SimpleNamespace) -> SimpleNamespace:
    return make_task_forces(park)


def test_a_steward_registers_a_lead_and_sees_it(park: SimpleNamespace, forces: SimpleNamespace) -> None:
    page, client = reverse("investment:lead_register"), browser(park.steward)
    assert "先进材料专班" in client.get(page).content.decode()
    data = given(forces.first, next_action_on="2099-01-05")
    answer = client.post(page, data, follow=True)
    lead = Lead.objects.select_related("case").get()
    assert (answer.status_code, answer.redirect_chain) == (
        200, [(reverse("cases:case_view", args=[lead.case_id]), 302)],
    )  # fmt: skip
    assert "星野材料" in answer.content.decode()


def test_what_was_typed_stays_when_the_investor_is_taken(
    park: SimpleNamespace, forces: SimpleNamespace
) -> None:
    first = register_lead(forces.member, forces.first)
    data = given(forces.second, next_action_on="2099-01-05", referrer="商会介绍")
    answer = browser(forces.rival).post(reverse("investment:lead_register"), data)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert first.number in shown
    assert "商会介绍" in shown


def test_everybody_of_the_park_finds_the_page_and_no_bank(park: SimpleNamespace) -> None:
    bank = Team.objects.create(code="bank", name="示范银行", kind="bank")
    page = reverse("investment:lead_register")
    for user, may in ((park.steward, True), (works_in(person("officer"), bank), False)):
        assert (f'href="{page}"' in browser(user).get("/work/").content.decode()) == may
        assert browser(user).get(page).status_code == (200 if may else 403)
    assert browser(park.leader).get(page).status_code == 200


def test_no_enterprise_registers_leads(park: SimpleNamespace) -> None:
    assert browser(park.owner).get(reverse("investment:lead_register")).status_code == 403
