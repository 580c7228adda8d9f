"""Staff see on the case who was told, by which way, whether it arrived, and which alerts were raised."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from portal.accounts.models import User
from portal.cases import watch
from portal.notices import sending
from portal.notices.models import Endpoint
from tests.notices.conftest import MailServer
from tests.people import MONDAY, at, file_request, handled

pytestmark = pytest.mark.django_db


def look(user: User, case: Any, **headers: str) -> Any:
    client = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
    client.force_login(user)
    return client.get(f"/cases/{case.pk}/deliveries/", **headers)


def test_every_delivery_stands_with_role_state_and_reason(
    park: SimpleNamespace, post_office: MailServer
) -> None:
    post_office.gone.add("steward@example.com")
    case = file_request(park)
    sending.deliver_due(MONDAY)
    page = look(park.colleague, case).content.decode()
    assert "金荣驿站 · 成员" in page
    assert "无法送达" in page
    assert "对方服务器拒收该地址" in page
    assert "steward@example.com" not in page  # addresses are nobody's business here
    assert "550" not in page


def test_people_of_the_enterprise_are_named_to_the_team_that_has_the_case_only(park: SimpleNamespace) -> None:
    case = handled(park)
    assert "Owner" in look(park.handler, case).content.decode()
    other = look(park.steward, case).content.decode()
    assert "企业：" in other
    assert "Owner" not in other


def test_the_enterprise_and_strangers_do_not_see_it(park: SimpleNamespace) -> None:
    case = file_request(park)
    for user in (park.owner, park.rival, park.other_steward, park.administrator):
        assert look(user, case).status_code == 404


def test_the_alerts_of_the_sweep_are_listed_with_who_was_meant(park: SimpleNamespace) -> None:
    case = handled(park)
    watch.sweep(at("2026-12-01 09:00"))
    page = look(park.head, case).content.decode()
    assert "预警记录" in page
    assert "第 1 级" in page or "1 级" in page


def test_the_case_page_loads_it_later_and_without_javascript_by_a_link(
    park: SimpleNamespace, django_assert_max_num_queries: Any
) -> None:
    case = handled(park)
    Endpoint.objects.create(name="群", channel="wecom", kinds=["progress"], address="https://example.com/x")
    client = Client()
    client.force_login(park.handler)
    client.get("/work/")  # once a minute the session is seen
    with django_assert_max_num_queries(15):
        page = client.get(f"/cases/{case.pk}/").content.decode()
    assert f'hx-get="/cases/{case.pk}/deliveries/"' in page
    assert f'<a href="/cases/{case.pk}/deliveries/"' in page
    with django_assert_max_num_queries(14):
        fragment = client.get(f"/cases/{case.pk}/deliveries/", HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in fragment
