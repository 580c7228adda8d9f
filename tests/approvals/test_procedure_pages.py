"""Procedures in the guide: for everybody, drawn and in a table, narrowed to one's own project."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from approvals import actions
from approvals.models import ServiceItem
from tests.approvals.test_procedures import STEPS, drafted, published
from tests.people import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("park")]
SLOW = [(key, 20 if key == "energy" else days, awaited) for key, days, awaited in STEPS]
ENERGY = {"needed_if": "energy_tce", "at_least": Decimal(1000)}


def page(**asked: str) -> str:
    answer = Client().get(reverse("approvals:procedure_view", args=["factory"]), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_anybody_reads_how_long_a_project_takes_and_what_waits_for_what() -> None:
    published()
    shown = page()
    assert "共 15 个工作日" in shown
    assert shown.count("<tr>") == 1 + len(STEPS)
    assert shown.count('class="box') == len(STEPS)
    assert "第 8 至 9 日" not in shown
    assert "第 2 至 4 日" in shown, "the scheme, after one day for the land"
    listed = Client().get(reverse("approvals:procedure_list")).content.decode()
    assert "新建厂房" in listed


def test_a_project_sees_only_what_it_needs() -> None:
    published(steps=SLOW, energy=dict(ENERGY))
    assert "共 26 个工作日" in page()
    assert "整体承诺时限无法兑现，还差 11 个工作日" in page()
    own = page(own="1", energy_tce="999")
    assert "共 15 个工作日" in own
    assert "本项目无需办理" in own
    assert "共 26 个工作日" in page(own="1", energy_tce="1000")


def test_what_cannot_be_a_number_is_said_and_everything_is_shown() -> None:
    published(steps=SLOW, energy=dict(ENERGY))
    shown = page(own="1", energy_tce="很多")
    assert "共 26 个工作日" in shown
    assert 'aria-invalid="true"' in shown


def test_a_draft_is_nobody_s_procedure() -> None:
    draft = drafted()
    address = reverse("approvals:procedure_view", args=["factory"])
    assert Client().get(address).status_code == 404
    assert "新建厂房" not in Client().get(reverse("approvals:procedure_list")).content.decode()
    actions.publish_version(draft, by=None, note="", now=MONDAY)
    assert Client().get(address).status_code == 200


def test_an_item_that_ended_after_publishing_does_not_break_the_page() -> None:
    published()
    ServiceItem.objects.filter(code="scheme").update(active=False)
    shown = page()
    assert "“scheme”已停办" in shown
    assert "共 15 个工作日" in shown
