"""Which team is the land office is data: its people work on land, and cases of land lie with it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from portal.park.models import Team
from tests.approvals.land import begin_land_approval, idle_parcel, make_parcel
from tests.pages.test_pages import browser
from tests.people import person, works_in

pytestmark = pytest.mark.django_db


def sent(park: SimpleNamespace, address: str, **data: Any) -> None:
    """By the register, as an administrator does it."""
    client = browser(park.administrator)
    page: Any = client.get(address)
    seen = {"seen": page.context["seen"]} if "seen" in page.context else {}
    assert client.post(address, {**seen, **data}).status_code == 302


def test_the_team_that_the_register_names_works_on_land(park: SimpleNamespace) -> None:
    parcel = idle_parcel(park)
    bureau = Team.objects.create(code="construction", name="开发建设局", kind="department")
    clerk = works_in(person("bureau"), bureau)
    address = reverse("approvals:recovery_open", args=[parcel.pk])
    assert browser(clerk).get(address).status_code == 403
    assert browser(park.handler).get(address).status_code == 200
    sent(park, reverse("admin:park_office_add"), role="land_office", team=bureau.pk)
    assert browser(clerk).get(address).status_code == 200
    assert browser(park.handler).get(address).status_code == 403
    case = begin_land_approval(SimpleNamespace(handler=clerk), make_parcel("BP-1"))
    assert case.team == bureau
    sent(park, reverse("admin:park_office_delete", args=["land_office"]), post="yes")
    assert browser(park.handler).get(address).status_code == 200
