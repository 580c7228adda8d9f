"""The second factor: set up, asked for, used once, lost, and required."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pyotp
import pytest
import time_machine
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from portal.accounts import factor, secrets
from portal.accounts.models import AccountEvent, RecoveryCode, SecondFactor, User
from tests.pages.test_pages import browser
from tests.people import PASSWORD, at

pytestmark = pytest.mark.django_db
NOON = at("2026-11-16 12:00")
SIGN_IN = "/accounts/sign-in/"
CODE = "/accounts/sign-in/code/"
REQUIRED = "/accounts/second-factor/start/"


def code_of(user: User, moment: datetime = NOON) -> str:
    """What the person's phone shows at a moment."""
    return pyotp.TOTP(secrets.unseal(user.second_factor.sealed_secret)).at(moment)


def with_factor(user: User, moment: datetime = NOON - timedelta(hours=1)) -> list[str]:
    """Set the second factor up; the recovery codes."""
    with time_machine.travel(moment, tick=False):
        factor.start(user)
        user.refresh_from_db()
        codes = factor.confirm(user, code_of(user, moment))
    assert codes
    return codes


def password_step(user: User, **more: Any) -> Client:
    client = Client()
    answer = client.post(SIGN_IN, {"username": user.username, "password": PASSWORD, **more})
    assert answer.headers["Location"] == CODE
    return client


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@time_machine.travel(NOON, tick=False)
def test_the_set_up_shows_a_picture_and_text_and_is_confirmed_by_a_code(park: SimpleNamespace) -> None:
    client = browser(park.steward, "en")
    assert client.post(REQUIRED, {"password": "wrong"}).status_code == 422
    page = client.post(REQUIRED, {"password": PASSWORD}, follow=True).content.decode()
    park.steward.refresh_from_db()
    secret = secrets.unseal(park.steward.second_factor.sealed_secret)
    assert secret[:4] in page
    assert "<svg" in page
    assert 'style="' not in page
    set_up = "/accounts/second-factor/set-up/"
    assert client.post(set_up, {"code": "000000"}).status_code == 422
    assert factor.of(park.steward) is None
    shown = client.post(set_up, {"code": code_of(park.steward)}).content.decode()
    assert len(re.findall(r"<code>\w{5}-\w{5}-\w{5}</code>", shown)) == 10
    assert factor.of(park.steward) is not None
    assert "<code>" not in client.get(set_up, follow=True).content.decode()


@time_machine.travel(NOON, tick=False)
def test_nothing_at_rest_gives_the_secret_or_the_codes_away(park: SimpleNamespace, settings: Any) -> None:
    codes = with_factor(park.steward)
    row = SecondFactor.objects.get()
    secret = secrets.unseal(row.sealed_secret)
    assert secret not in row.sealed_secret
    kept = set(RecoveryCode.objects.values_list("code_hash", flat=True))
    assert len(kept) == 10
    assert not any(code.replace("-", "") in k for code in codes for k in kept)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a new key " * 6
    assert factor.check(park.steward, code_of(park.steward))
    settings.SECRET_KEY_FALLBACKS = []
    park.steward.refresh_from_db()
    assert secrets.unseal(park.steward.second_factor.sealed_secret) == secret  # sealed anew with the new key
    settings.SECRET_KEY = "a third key " * 6
    assert not factor.check(park.steward, "000000")
    assert factor.use_recovery(park.steward, codes[0])


@time_machine.travel(NOON, tick=False)
def test_signing_in_asks_for_the_code_and_keeps_the_way(park: SimpleNamespace) -> None:
    with_factor(park.steward)
    client = password_step(park.steward, next="/work/?view=team")
    assert not signed_in(client)
    assert client.get("/work/").status_code == 302
    wrong = client.post(CODE, {"code": "000000"})
    assert wrong.status_code == 422
    assert not signed_in(client)
    answer = client.post(CODE, {"code": code_of(park.steward)})
    assert answer.headers["Location"] == "/work/?view=team"
    assert signed_in(client)
    told = list(park.steward.account_events.order_by("pk").values_list("what", flat=True))
    assert told == ["wrong_code", "signed_in"]


@time_machine.travel(NOON, tick=False)
def test_a_way_to_another_site_is_forgotten_at_both_steps(park: SimpleNamespace) -> None:
    with_factor(park.steward)
    for bad in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"):
        client = password_step(park.steward, next=bad)
        SecondFactor.objects.update(last_step=0)
        answer = client.post(CODE, {"code": code_of(park.steward)})
        assert answer.headers["Location"] == "/"


def test_a_code_is_taken_once_and_a_step_of_drift_is_forgiven(park: SimpleNamespace) -> None:
    with_factor(park.steward)
    with time_machine.travel(NOON, tick=False):
        early, late = NOON + timedelta(seconds=30), NOON - timedelta(seconds=30)
        assert not factor.check(park.steward, code_of(park.steward, NOON - timedelta(seconds=60)))
        assert not factor.check(park.steward, code_of(park.steward, NOON + timedelta(seconds=60)))
        assert factor.check(park.steward, code_of(park.steward, late))
        assert not factor.check(park.steward, code_of(park.steward, late))
        assert factor.check(park.steward, code_of(park.steward))
        assert not factor.check(park.steward, code_of(park.steward))
        assert factor.check(park.steward, code_of(park.steward, early))
        # An older code, although within the window, is refused after a newer one was taken.
        assert not factor.check(park.steward, code_of(park.steward))


def test_time_that_goes_backwards_brings_no_code_back(park: SimpleNamespace) -> None:
    with_factor(park.steward)
    with time_machine.travel(NOON, tick=False):
        assert factor.check(park.steward, code_of(park.steward))
    with time_machine.travel(NOON - timedelta(minutes=5), tick=False):
        assert not factor.check(park.steward, code_of(park.steward, NOON - timedelta(minutes=5)))


@time_machine.travel(NOON, tick=False)
def test_a_recovery_code_works_once_however_it_is_typed(park: SimpleNamespace) -> None:
    codes = with_factor(park.steward)
    client = password_step(park.steward)
    typed = f" {codes[0].lower().replace('-', ' ')} "
    page = client.post(CODE, {"recovery": typed}, follow=True)
    assert signed_in(client)
    assert "9" in page.content.decode()
    again = password_step(park.steward)
    assert again.post(CODE, {"recovery": codes[0]}).status_code == 422
    assert park.steward.account_events.filter(what="recovery_used").count() == 1


@time_machine.travel(NOON, tick=False)
def test_wrong_codes_count_to_the_lock_out_and_leave_no_code_in_the_record(park: SimpleNamespace) -> None:
    with_factor(park.steward)
    client = password_step(park.steward)
    for _n in range(4):
        assert client.post(CODE, {"code": "000000"}).status_code == 422
    assert client.post(CODE, {"code": "123987"}).status_code == 429
    assert "123987" not in "".join(AccessAttempt.objects.values_list("post_data", flat=True))
    right = {"username": "steward", "password": PASSWORD}
    assert Client().post(SIGN_IN, right).status_code == 429
    assert client.post(CODE, {"code": code_of(park.steward)}).status_code == 302  # nobody is waiting any more
    assert not signed_in(client)
    assert park.steward.account_events.filter(what="locked").exists()


@time_machine.travel(NOON, tick=False)
def test_many_addresses_do_not_help_a_guesser(park: SimpleNamespace) -> None:
    with_factor(park.steward)
    for n in range(10):
        assert not factor.check(park.steward, f"{n:06d}")
    assert not factor.check(park.steward, code_of(park.steward))
    with time_machine.travel(NOON + timedelta(minutes=16), tick=False):
        assert factor.check(park.steward, code_of(park.steward, NOON + timedelta(minutes=16)))


@time_machine.travel(NOON, tick=False)
def test_the_second_step_cannot_wait_or_survive_a_new_password(park: SimpleNamespace) -> None:
    with_factor(park.steward)
    client = password_step(park.steward)
    with time_machine.travel(NOON + timedelta(minutes=6), tick=False):
        late = client.post(CODE, {"code": code_of(park.steward, NOON + timedelta(minutes=6))})
        assert late.headers["Location"] == SIGN_IN
    client = password_step(park.steward)
    park.steward.set_password("another-long-password")
    park.steward.save()
    assert client.post(CODE, {"code": code_of(park.steward)}).headers["Location"] == SIGN_IN
    assert not signed_in(client)


def test_nobody_reaches_the_second_step_without_the_first(park: SimpleNamespace) -> None:
    with_factor(park.steward)
    client = Client()
    assert client.post(CODE, {"code": "123456"}).headers["Location"] == SIGN_IN


@time_machine.travel(NOON, tick=False)
def test_removing_it_needs_password_and_code(park: SimpleNamespace) -> None:
    with_factor(park.steward)
    client = password_step(park.steward)
    client.post(CODE, {"code": code_of(park.steward)})
    address = reverse("accounts:second_factor_remove")
    SecondFactor.objects.update(last_step=0)
    code = code_of(park.steward)
    assert client.post(address, {"password": PASSWORD}).status_code == 422
    assert client.post(address, {"code": code}).status_code == 422
    assert client.post(address, {"password": "wrong", "code": code}).status_code == 422
    assert factor.of(park.steward)
    assert client.post(address, {"password": PASSWORD, "code": code}).status_code == 302
    assert factor.of(park.steward) is None
    assert not RecoveryCode.objects.exists()
    assert AccountEvent.objects.filter(user=park.steward, what="factor_off").exists()


@time_machine.travel(NOON, tick=False)
def test_new_recovery_codes_make_the_old_ones_void(park: SimpleNamespace) -> None:
    old = with_factor(park.steward)
    client = password_step(park.steward)
    client.post(CODE, {"code": code_of(park.steward)})
    data = {"password": PASSWORD, "recovery": old[0]}
    page = client.post(reverse("accounts:recovery_codes_renew"), data).content.decode()
    fresh = re.findall(r"<code>(\w{5}-\w{5}-\w{5})</code>", page)
    assert len(fresh) == 10
    assert not factor.use_recovery(park.steward, old[1])
    assert factor.use_recovery(park.steward, fresh[1])


# Required for staff -----------------------------------------------------------------------------


@time_machine.travel(NOON, tick=False)
def test_staff_without_it_can_do_nothing_else_where_it_is_required(
    park: SimpleNamespace, settings: Any
) -> None:
    settings.STAFF_SECOND_FACTOR = True
    client = browser(park.steward, "en")
    for address in ("/", "/work/", "/accounts/me/", "/accounts/password/", "/register/"):
        assert client.get(address).headers["Location"].startswith(REQUIRED), address
    assert client.post("/work/next/").headers["Location"].startswith(REQUIRED)
    refused = client.get("/api/v1/indicators/")
    assert refused.status_code == 403
    assert refused.headers["Content-Type"] == "application/problem+json"
    part = client.get("/work/", HTTP_HX_REQUEST="true")
    assert part.headers["HX-Redirect"].startswith(REQUIRED)
    assert browser(park.owner).get("/").status_code == 200  # an enterprise may, but need not
    client.post(REQUIRED + "?next=/work/", {"password": PASSWORD, "next": "/work/"})
    park.steward.refresh_from_db()
    done = client.post("/accounts/second-factor/set-up/", {"code": code_of(park.steward)})
    assert 'href="/work/"' in done.content.decode()
    assert client.get("/work/").status_code == 200


@time_machine.travel(NOON, tick=False)
def test_a_session_that_began_without_the_code_is_asked_for_it(park: SimpleNamespace, settings: Any) -> None:
    with_factor(park.steward)
    settings.STAFF_SECOND_FACTOR = True
    client = browser(park.steward)
    asked = client.get("/work/").headers["Location"]
    assert asked.startswith("/accounts/second-factor/check/")
    assert client.post(asked, {"code": "000000"}).status_code == 422
    answer = client.post(asked, {"code": code_of(park.steward)})
    assert answer.headers["Location"] == "/work/"
    assert client.get("/work/").status_code == 200


@time_machine.travel(NOON, tick=False)
def test_setting_it_up_signs_out_browsers_that_showed_a_password_only(park: SimpleNamespace) -> None:
    elsewhere = browser(park.steward)
    elsewhere.get("/work/")
    client = browser(park.steward)
    client.post(REQUIRED, {"password": PASSWORD})
    park.steward.refresh_from_db()
    client.post("/accounts/second-factor/set-up/", {"code": code_of(park.steward)})
    assert client.get("/work/").status_code == 200
    assert elsewhere.get("/work/").status_code == 302
