"""Sign-in: where it leads, what it gives away, its record; sessions and their end; addresses behind proxies."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.accounts import history, sessions
from portal.accounts.addresses import client_address, device_words
from portal.accounts.models import AccountEvent, User, Visit
from portal.jobs.models import JobRun
from portal.notices import sending
from portal.notices.models import Notice
from portal.worktime.now import now
from tests.accounts.test_second_factor import NOON, code_of, password_step, with_factor
from tests.pages.test_pages import browser
from tests.people import PASSWORD, file_request

pytestmark = pytest.mark.django_db
SIGN_IN = "/accounts/sign-in/"
SECURITY = "/accounts/security/"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 MicroMessenger/8.0"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"


@pytest.fixture(autouse=True)
def _nothing_seen() -> None:
    sessions._seen.clear()


def comes_in(user: User, **meta: str) -> Client:
    client = Client(**meta)  # type: ignore[arg-type]  # request headers
    answer = client.post(SIGN_IN, {"username": user.username, "password": PASSWORD})
    assert answer.status_code == 302
    return client


# What it gives away -----------------------------------------------------------------------------


def test_a_wrong_name_and_a_wrong_password_look_the_same(park: SimpleNamespace) -> None:
    User.objects.filter(pk=park.agent.pk).update(is_active=False)
    pages = []
    for name, password in (("owner", "wrong"), ("nobody", "wrong"), ("agent", "wrong"), ("agent", PASSWORD)):
        answer = Client(HTTP_ACCEPT_LANGUAGE="en").post(SIGN_IN, {"username": name, "password": password})
        page = re.sub(r'value="[^"]*"', "", answer.content.decode())
        pages.append((answer.status_code, page))
    assert len(set(pages)) == 1


def test_a_name_that_does_not_exist_is_locked_like_one_that_does(park: SimpleNamespace) -> None:
    statuses = {}
    for name in ("owner", "nobody"):
        client = Client()
        statuses[name] = [
            client.post(SIGN_IN, {"username": name, "password": "wrong"}).status_code for _n in range(7)
        ]
    assert statuses["owner"] == statuses["nobody"]


def test_the_second_step_does_not_tell_before_the_password_is_right(park: SimpleNamespace) -> None:
    with_factor(park.owner)
    pages = []
    for name in ("owner", "agent"):
        answer = Client().post(SIGN_IN, {"username": name, "password": "wrong"})
        pages.append(re.sub(r'value="[^"]*"', "", answer.content.decode()))
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    "bad", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"]
)
def test_signing_in_never_leads_to_another_site(park: SimpleNamespace, bad: str) -> None:
    answer = Client().post(SIGN_IN, {"username": "owner", "password": PASSWORD, "next": bad})
    assert answer.headers["Location"] == "/"
    good = {"username": "owner", "password": PASSWORD, "next": "/papers/?a=1"}
    assert Client().post(SIGN_IN, good).headers["Location"] == "/papers/?a=1"


# The record -------------------------------------------------------------------------------------


def test_every_sign_in_is_on_record_with_device_and_address(park: SimpleNamespace) -> None:
    Client(HTTP_USER_AGENT=DESK).post(SIGN_IN, {"username": "owner", "password": "wrong"})
    client = comes_in(park.owner, HTTP_USER_AGENT=PHONE, REMOTE_ADDR="203.0.113.7")
    client.cookies["django_language"] = "en"
    page = client.get(SECURITY).content.decode()
    assert "wrong password" in page
    assert "Chrome on Windows" in page
    assert "WeChat on iPhone" in page
    assert "203.0.113.7" in page
    seen = browser(park.administrator, "en").get(f"/administration/people/{park.owner.pk}/").content.decode()
    assert "203.0.113.7" in seen
    assert "203.0.113.7" not in browser(park.rival, "en").get(SECURITY).content.decode()


def test_sign_ins_are_forgotten_after_a_year_and_changes_are_kept(park: SimpleNamespace) -> None:
    from portal.accounts.tasks import forget

    request = RequestFactory().get("/")
    request.user = park.owner
    old, young = now() - timedelta(days=366), now() - timedelta(days=364)
    for moment in (old, young):
        for what in (AccountEvent.What.SIGNED_IN, AccountEvent.What.FACTOR_RESET):
            history.record(request, park.owner, what, at=moment)
    forget()
    left = AccountEvent.objects.order_by("at").values_list("what", flat=True)
    assert list(left) == ["factor_reset", "signed_in", "factor_reset"]
    assert JobRun.objects.get(name="accounts.forget").succeeded_at is not None


def test_dead_sessions_are_cleared_away(park: SimpleNamespace) -> None:
    client = comes_in(park.owner)
    client.get("/")
    assert Visit.objects.count() == 1
    assert history.forget(now() + timedelta(hours=1)) == 0
    assert history.forget(now() + timedelta(hours=5)) >= 2
    assert not Visit.objects.exists()


# Sessions ---------------------------------------------------------------------------------------


def test_one_signs_out_elsewhere_one_by_one_or_all(park: SimpleNamespace) -> None:
    here, phone, desk = (comes_in(park.owner, HTTP_USER_AGENT=a) for a in (DESK, PHONE, DESK))
    assert here.get(SECURITY).content.decode().count("last used") == 0  # Chinese first
    visit = Visit.objects.get(agent=PHONE)
    assert comes_in(park.rival).post(reverse("accounts:session_end", args=[visit.pk])).status_code == 404
    here.post(reverse("accounts:session_end", args=[visit.pk]))
    assert phone.get("/").status_code == 302
    assert desk.get("/").status_code == 200
    here.post(reverse("accounts:sessions_end"))
    assert desk.get("/").status_code == 302
    assert here.get("/").status_code == 200
    mine = sessions.visits(park.owner).get()
    here.post(reverse("accounts:session_end", args=[mine.pk]))
    assert here.get("/").status_code == 200
    kinds = park.owner.account_events.values_list("what", flat=True)
    assert list(kinds).count("sessions_ended") == 2


def test_a_new_password_ends_all_other_sessions(park: SimpleNamespace) -> None:
    here, elsewhere = comes_in(park.owner), comes_in(park.owner)
    began = sessions.visits(park.owner).get(session_key=here.session.session_key).began_at
    new = "quite-another-password"
    data = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert here.post(reverse("accounts:password_change"), data).status_code == 302
    assert elsewhere.get("/").status_code == 302
    assert here.get("/").status_code == 200
    assert sessions.visits(park.owner).get().began_at == began
    assert park.owner.account_events.filter(what="password_changed").exists()


def test_being_seen_is_written_once_a_minute(park: SimpleNamespace) -> None:
    client = comes_in(park.owner)
    client.get("/")

    def writes() -> int:
        with CaptureQueriesContext(connection, ) as found:  # fmt: skip
            client.get("/notices/")
        return sum("accounts_visit" in q["sql"] for q in found)

    assert writes() == 0
    sessions._seen.clear()  # as in another process
    before = Visit.objects.get().seen_at
    assert writes() == 1
    assert Visit.objects.get().seen_at == before  # the statement found that a minute has not passed
    with time_machine.travel(now() + timedelta(seconds=61), tick=False):
        sessions._seen.clear()
        client.get("/notices/")
    assert Visit.objects.get().seen_at > before


def test_a_session_that_ended_shows_what_was_typed_and_the_way_back(park: SimpleNamespace) -> None:
    case = file_request(park, now())
    client = comes_in(park.owner)
    page = f"/cases/{case.pk}/"
    sessions.end(sessions.visits(park.owner))
    typed = {"body": "三号车间仍然停电", "password": "secret-text"}
    answer = client.post(f"{page}comment/", typed, HTTP_REFERER=f"http://testserver{page}")
    assert answer.status_code == 401
    text = answer.content.decode()
    assert "三号车间仍然停电" in text
    assert "secret-text" not in text
    assert f"next=%2Fcases%2F{case.pk}%2F" in text
    foreign = client.post(f"{page}comment/", typed, HTTP_REFERER="https://evil.example/x")
    assert "evil.example" not in foreign.content.decode()
    part = client.get(
        "/work/", HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL="http://testserver/work/?view=team"
    )
    assert part.headers["HX-Redirect"] == f"{SIGN_IN}?next=%2Fwork%2F%3Fview%3Dteam"
    assert client.get("/work/").status_code == 302


# The administrator ------------------------------------------------------------------------------


@time_machine.travel(NOON, tick=False)
def test_an_administrator_resets_a_lost_second_factor_and_the_person_is_told(park: SimpleNamespace) -> None:
    with_factor(park.steward)
    person = password_step(park.steward)
    person.post("/accounts/sign-in/code/", {"code": code_of(park.steward)})
    assert person.get("/work/").status_code == 200
    admin = browser(park.administrator, "en")
    address = reverse("administration:person_factor_reset", args=[park.steward.pk])
    assert browser(park.head).post(address, {"reason": "lost"}).status_code == 403
    admin.post(address, {"reason": ""})
    assert person.get("/work/").status_code == 200
    admin.post(address, {"reason": "came in person with the staff card"})
    assert person.get("/work/").status_code == 302
    event = park.steward.account_events.get(what="factor_reset")
    assert (event.by, event.reason) == (park.administrator, "came in person with the staff card")
    assert Notice.objects.filter(recipient=park.steward, key="account.factor_reset").exists()
    sending.deliver_due(now())
    assert mail.outbox[0].to == ["steward@example.com"]
    assert comes_in(park.steward).get("/work/").status_code == 200
    own = reverse("administration:person_factor_reset", args=[park.administrator.pk])
    with_factor(park.administrator)
    admin.post(own, {"reason": "mine"})
    park.administrator.refresh_from_db()
    assert park.administrator.second_factor


def test_an_administrator_signs_a_person_out_everywhere(park: SimpleNamespace) -> None:
    person = comes_in(park.steward)
    admin = browser(park.administrator)
    admin.post(reverse("administration:person_sign_out", args=[park.steward.pk]))
    assert person.get("/work/").status_code == 302
    assert park.steward.account_events.filter(what="sessions_ended", by=park.administrator).exists()


# Addresses --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proxies", "peer", "header", "expected"),
    [
        (0, "198.51.100.1", "10.0.0.9", "198.51.100.1"),
        (1, "127.0.0.1", "203.0.113.5", "203.0.113.5"),
        (1, "127.0.0.1", "1.1.1.1, 203.0.113.5", "203.0.113.5"),
        (2, "127.0.0.1", "1.1.1.1, 203.0.113.5, 10.0.0.2", "203.0.113.5"),
        (2, "127.0.0.1", "203.0.113.5", "127.0.0.1"),
        (1, "127.0.0.1", "", "127.0.0.1"),
        (1, "127.0.0.1", "not an address", "127.0.0.1"),
        (1, "127.0.0.1", "203.0.113.5:4711", "203.0.113.5"),
        (1, "127.0.0.1", "[2001:db8::1]:443", "2001:db8::1"),
        (0, "", "203.0.113.5", None),
    ],
)
def test_only_trusted_proxies_say_who_comes(
    settings: Any, proxies: int, peer: str, header: str, expected: str | None
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=header)
    assert client_address(request) == expected


@pytest.mark.parametrize("proxies", [0, 1])
def test_a_forged_address_does_not_escape_the_lock_out(
    park: SimpleNamespace, settings: Any, proxies: int
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    for n in range(5):
        forged = f"198.51.100.{n}, 203.0.113.9"
        Client(HTTP_X_FORWARDED_FOR=forged).post(SIGN_IN, {"username": "owner", "password": "wrong"})
    locked = Client(HTTP_X_FORWARDED_FOR="198.51.100.77, 203.0.113.9").post(
        SIGN_IN, {"username": "owner", "password": PASSWORD}
    )
    assert locked.status_code == 429


def test_devices_are_said_in_words() -> None:
    assert "Edge" in device_words("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537.36 Edg/120.0")
    assert "Safari" in device_words("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/17 Safari/605")
    assert device_words("") == device_words("???")
