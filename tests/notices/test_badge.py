"""The badge: asked every minute, hence cheap, and never a door."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from portal.notices.models import Notice, Preference
from tests.people import file_request

pytestmark = pytest.mark.django_db


def test_the_badge_costs_one_statement_beside_the_sign_in_and_writes_nothing(
    park: SimpleNamespace, settings: Settings
) -> None:
    settings.PREPARED_STATEMENTS = False  # so that every statement shows what it asks
    file_request(park)
    client = Client()
    client.force_login(park.steward)
    before = Session.objects.get().expire_date
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = client.get("/notices/unread/")
    tables = [q["sql"] for q in asked.captured_queries]
    assert all(sql.startswith("SELECT") for sql in tables)
    assert len(tables) == 3  # session, person, count
    assert '<b class="badge">1</b>' in answer.content.decode()
    assert Session.objects.get().expire_date == before
    assert "Set-Cookie" not in answer.headers
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_badge_does_not_lead_to_the_sign_in_page(park: SimpleNamespace) -> None:
    assert Client().get("/notices/unread/").status_code == 403


def test_what_is_not_wanted_in_the_portal_is_not_counted_or_listed(park: SimpleNamespace) -> None:
    Preference.objects.create(user=park.steward, kind="progress", in_app=False)
    file_request(park)
    client = Client()
    client.force_login(park.steward)
    assert client.get("/notices/unread/").content.strip() == b""
    assert "车间停电" not in client.get("/notices/").content.decode()


def test_the_centre_filters_by_kind_and_unread(park: SimpleNamespace) -> None:
    file_request(park)
    client = Client()
    client.force_login(park.steward)
    assert "车间停电" in client.get("/notices/?about=progress").content.decode()
    assert "车间停电" not in client.get("/notices/?about=work").content.decode()
    client.post("/notices/read/")
    assert "车间停电" not in client.get("/notices/?about=unread").content.decode()


def test_a_reader_chooses_on_a_page(park: SimpleNamespace) -> None:
    client = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
    client.force_login(park.steward)
    page = client.get("/notices/choices/").content.decode()
    assert "每日汇总邮件于工作日 08:00 发送" in page
    given: dict[str, Any] = {f"email_{kind}": "now" for kind in ("deadline", "work", "progress", "message")}
    given |= {"in_app_deadline": "on", "email_message": "digest"}
    assert client.post("/notices/choices/", given).status_code == 302
    chosen = dict(Preference.objects.filter(user=park.steward).values_list("kind", "email"))
    assert chosen["message"] == "digest"
    assert Preference.objects.get(user=park.steward, kind="deadline").in_app
    assert not Preference.objects.get(user=park.steward, kind="work").in_app
    assert client.post("/notices/choices/", given | {"email_work": "pigeon"}).status_code == 422
    assert Notice.objects.count() == 0
