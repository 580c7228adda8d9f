"""Personal tokens: shown once, kept as a hash, limited, ended."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from portal.accounts.models import User
from portal.api import tokens
from portal.api.models import Scope, Token
from tests.api.conftest import Program, program
from tests.people import file_request, filing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
PAGE = "/accounts/tokens/"


def browser(user: User) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def make(client: Client, **changes: Any) -> Any:
    return client.post(PAGE, {"name": "warehouse", "scopes": ["read"], "days": "90", **changes})


def test_a_token_is_shown_once_and_kept_as_a_hash(park: SimpleNamespace) -> None:
    client = browser(park.owner)
    page = make(client)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    text = re.search(r"psp_[0-9a-f]{8}_[A-Za-z0-9_-]{43}", page.content.decode())[0]  # type: ignore[index]
    kept = Token.objects.get()
    assert kept.digest == tokens.digest_of(text)
    assert text.startswith(kept.prefix)
    for value in Token.objects.values_list().get():
        assert text not in str(value)
    listed = client.get(PAGE).content.decode()
    assert kept.prefix in listed
    assert text not in listed
    assert Program(text).get("cases/").status_code == 200


def test_use_is_shown_and_written_at_most_once_a_minute(park: SimpleNamespace, monday: Any) -> None:
    mine = program(park.owner)
    assert "never used" in browser(park.owner).get(PAGE).content.decode()
    mine.get("cases/")
    first = Token.objects.get().last_used_at
    assert first == timezone.now()
    monday.shift(timedelta(seconds=59))
    mine.get("cases/")
    assert Token.objects.get().last_used_at == first
    monday.shift(timedelta(seconds=1))
    mine.get("cases/")
    assert Token.objects.get().last_used_at == timezone.now()
    assert "last used 2026-11-16 10:01" in browser(park.owner).get(PAGE).content.decode()


def test_a_revoked_an_expired_and_a_leavers_token_open_nothing(park: SimpleNamespace, monday: Any) -> None:
    mine, agents = program(park.owner), program(park.agent)
    client = browser(park.owner)
    token = Token.objects.get(user=park.owner)
    assert browser(park.agent).post(f"{PAGE}{token.pk}/revoke/").status_code == 404
    assert client.get(f"{PAGE}{token.pk}/revoke/").status_code == 405
    assert mine.get("cases/").status_code == 200
    assert client.post(f"{PAGE}{token.pk}/revoke/").status_code == 302
    assert mine.get("cases/").status_code == 401
    assert "revoked" in client.get(PAGE).content.decode()
    assert agents.get("cases/").status_code == 200
    User.objects.filter(pk=park.agent.pk).update(is_active=False)
    assert agents.get("cases/").status_code == 401
    User.objects.filter(pk=park.agent.pk).update(is_active=True)
    monday.shift(timedelta(days=30))
    assert agents.get("cases/").status_code == 401


@pytest.mark.parametrize("text", ["", "x", "psp_00000000_" + "A" * 43, "psp_\ud83d", "psp_0000\x00"])
def test_a_token_that_is_none_opens_nothing_whatever_cookie_comes_along(
    park: SimpleNamespace, text: str
) -> None:
    client = Client()
    client.force_login(park.owner)
    caller = Program(client=client)
    caller.headers["Authorization"] = f"Bearer {text.encode('utf-8', 'replace').decode()}"
    answer = caller.get("cases/")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"


WORK = [
    (Scope.READ, "get", "cases/", None),
    (Scope.FILE, "post", "cases/", {"kind": "stations.request"}),
    (Scope.WORK, "post", "cases/{pk}/comments/", {"body": "请问"}),
    (Scope.WORK, "post", "cases/{pk}/transitions/withdraw/", {"reason": "已修"}),
    (Scope.WORK, "post", "cases/{pk}/operations/claim/", {}),
    (Scope.WORK, "post", "notices/read/", {}),
    (Scope.FEED, "get", "events/", None),
    (Scope.REPORTS, "get", "indicators/", None),
]


@pytest.mark.parametrize(("scope", "method", "path", "data"), WORK)
def test_a_token_opens_only_what_it_was_made_for(
    park: SimpleNamespace, scope: Scope, method: str, path: str, data: Any
) -> None:
    case = file_request(park)
    others = program(park.owner, [s for s in Scope.values if s != scope.value])
    arguments = [path.format(pk=case.pk)] + ([data] if method == "post" else [])
    answer = getattr(others, method)(*arguments)
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/insufficient-scope/")
    assert scope.value in answer.json()["detail"]
    right = getattr(program(park.owner, [scope]), method)(*arguments)
    assert not right.json().get("type", "").endswith("/insufficient-scope/")


def test_a_token_allows_no_more_than_its_owner_may(park: SimpleNamespace) -> None:
    assert program(park.owner).get("indicators/").status_code == 403
    assert program(park.leader).get("indicators/").status_code == 200
    fields = {"kind": "stations.request", "fields": filing(park)}
    assert program(park.auditor).post("cases/", fields).status_code == 403


def test_a_token_opens_no_page(park: SimpleNamespace) -> None:
    mine = program(park.owner)
    assert mine.client.get("/my-cases/", headers=mine.headers).status_code == 302
    assert mine.client.get(PAGE, headers=mine.headers).status_code == 302


def test_what_is_filled_in_wrong_makes_no_token(park: SimpleNamespace) -> None:
    client = browser(park.owner)
    for wrong in ({"scopes": ["everything"]}, {"scopes": []}, {"days": "4000"}, {"name": ""}):
        assert make(client, **wrong).status_code == 422
    for _n in range(tokens.MOST_TOKENS):
        assert make(client).status_code == 200
    assert make(client).status_code == 422
    assert Token.objects.count() == tokens.MOST_TOKENS


def test_the_profile_leads_to_the_tokens(park: SimpleNamespace) -> None:
    assert PAGE in browser(park.owner).get("/accounts/me/").content.decode()
    assert Client().get(PAGE).status_code == 302
