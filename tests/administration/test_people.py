"""People, lock-outs, the proof of the record, and who stays out."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.pages.test_pages import browser
from tests.people import handled, person

pytestmark = pytest.mark.django_db
SIGN_IN = "accounts:sign_in"


def test_only_administrators_look_after_people(park: SimpleNamespace) -> None:
    own = {"pk": park.owner.pk}
    for outsider in (park.owner, park.handler, park.leader, park.supervisor, park.auditor):
        client = browser(outsider)
        assert client.get(reverse("administration:people")).status_code == 403
        assert client.get(reverse("administration:person", kwargs=own)).status_code == 403
        assert client.post(reverse("administration:record")).status_code == 403
        assert client.post(reverse("administration:person_unlock", kwargs=own)).status_code == 403
        refused = client.post(reverse("administration:person_activate", kwargs=own), {"active": "0"})
        assert refused.status_code == 403
    park.owner.refresh_from_db()
    assert park.owner.is_active


def test_people_are_found_by_name(park: SimpleNamespace) -> None:
    page = browser(park.administrator).get(reverse("administration:people"), {"q": "STEWARD"})
    assert [user.username for user in page.context["page"]] == ["steward"]
    nobody = browser(park.administrator, "en").get(reverse("administration:people"), {"q": "%"})
    assert "Nobody fits this search." in nobody.content.decode()


def test_the_list_of_people_costs_the_same_at_any_length(park: SimpleNamespace) -> None:
    client = browser(park.administrator)
    client.get(reverse("administration:people"))
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(reverse("administration:people"))
    for n in range(60):
        person(f"more{n}")
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("administration:people"))
    assert len(many) == len(few)


def test_open_work_is_shown_before_somebody_leaves(park: SimpleNamespace) -> None:
    case = handled(park)
    page = browser(park.administrator, "en").get(reverse("administration:person", args=[park.handler.pk]))
    text = page.content.decode()
    assert case.number in text
    assert "1 open case in hand" in text
    assert case.title not in text


def test_an_account_is_switched_off_and_on(park: SimpleNamespace) -> None:
    visitor = browser(park.handler)
    client = browser(park.administrator, "en")
    address = reverse("administration:person_activate", args=[park.handler.pk])
    assert "is switched off" in client.post(address, {"active": "0"}, follow=True).content.decode()
    assert visitor.get("/work/").status_code == 302
    again = client.post(address, {"active": "0"}, follow=True)
    assert "Somebody has changed this account meanwhile" in again.content.decode()
    assert "is switched on" in client.post(address, {"active": "1"}, follow=True).content.decode()
    park.handler.refresh_from_db()
    assert park.handler.is_active


def test_nobody_switches_off_the_own_account(park: SimpleNamespace) -> None:
    client = browser(park.administrator, "en")
    address = reverse("administration:person_activate", args=[park.administrator.pk])
    assert "your own account" in client.post(address, {"active": "0"}, follow=True).content.decode()
    park.administrator.refresh_from_db()
    assert park.administrator.is_active


def test_a_person_who_is_locked_out_is_shown_and_let_in(park: SimpleNamespace) -> None:
    visitor = Client()
    for _ in range(6):
        visitor.post(reverse(SIGN_IN), {"username": "owner", "password": "wrong"})
    client = browser(park.administrator, "en")
    assert "People locked out" in client.get(reverse("administration:home")).content.decode()
    address = reverse("administration:person", args=[park.owner.pk])
    unlock = reverse("administration:person_unlock", args=[park.owner.pk])
    assert unlock in client.get(address).content.decode()
    client.post(unlock)
    page = client.get(address).content.decode()
    assert unlock not in page
    assert "refused: locked out" in page, "the history of sign-ins keeps it"
    assert "People locked out" not in client.get(reverse("administration:home")).content.decode()


def test_the_record_is_proven_on_the_page(park: SimpleNamespace) -> None:
    case = handled(park)
    client = browser(park.administrator, "en")
    address = reverse("administration:record")
    assert "proven" not in client.get(address).content.decode()
    assert "5 events proven" in client.post(address).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE cases_event DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM cases_event WHERE case_id = %s AND seq = 3", [case.pk])
    broken = client.post(address).content.decode()
    assert "The record is broken in 1 place." in broken
    assert case.number in broken


def test_the_registers_use_the_sign_in_of_the_portal(park: SimpleNamespace) -> None:
    register = reverse("admin:index")
    stranger = Client().get(register, follow=True)
    assert stranger.redirect_chain[-1][0].startswith(reverse(SIGN_IN))
    assert browser(park.leader).get(register, follow=True).status_code == 403
    assert browser(park.administrator).get(reverse("admin:login")).headers["Location"] == register
