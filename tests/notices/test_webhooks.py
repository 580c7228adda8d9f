"""Events for other systems: signed, recognisable, replayable, and never a way into the house."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import socket
import threading
import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from portal.cases import engine, watch
from portal.notices import letters, sending
from portal.notices.channels import web
from portal.notices.channels.failures import Failure
from portal.notices.models import Delivery, Endpoint, Notice
from tests.notices.conftest import Received, Receiver
from tests.people import MONDAY, accept, actor, at, file_request, handled

pytestmark = pytest.mark.django_db
ALL = ["deadline", "work", "progress", "message"]


def webhook(receiver: Receiver, **fields: Any) -> Endpoint:
    values = {"name": "省平台", "channel": "webhook", "kinds": ALL, "address": f"{receiver.url}/in?a=1"}
    return Endpoint.objects.create(**{**values, **fields})


def signed_by(secret: str, got: Received) -> str:
    """What a receiver computes by itself, from the documentation alone."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    return "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


def test_an_event_is_signed_and_names_the_case_but_no_person(
    park: SimpleNamespace, receiver: Receiver
) -> None:
    endpoint = webhook(receiver)
    case = accept(park, file_request(park, title="王五的车间停电"), MONDAY)
    assert sending.post_due(MONDAY) == 2
    first, second = receiver.got
    assert first.path == "/in?a=1"
    assert (first.json["type"], second.json["type"]) == ("case.opened", "case.moved")
    assert second.json["data"] == {"transition": "accept"}
    assert first.json["case"]["number"] == case.number
    assert first.json["case"]["url"].endswith(f"/cases/{case.pk}/")
    assert first.json["id"] == first.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] == str(int(MONDAY.timestamp()))
    assert first.headers["webhook-signature"] == signed_by(endpoint.signing_secret(), first)
    everything = json.dumps([got.json for got in receiver.got], ensure_ascii=False)
    for personal in ("王五", "Owner", "示范联系人", "0731", park.ours.name):
        assert personal not in everything


def test_a_message_or_reason_never_leaves_the_house(park: SimpleNamespace, receiver: Receiver) -> None:
    webhook(receiver)
    case = handled(park)
    engine.comment(case, by=actor(park.handler), data={"body": "请李四回电 13800000000"}, now=MONDAY)
    sending.post_due(MONDAY)
    everything = json.dumps([got.json for got in receiver.got], ensure_ascii=False)
    assert "李四" not in everything
    assert set(receiver.got[-1].json["data"]) == set()


def test_sealed_cases_are_told_to_no_group_or_system(park: SimpleNamespace, receiver: Receiver) -> None:
    webhook(receiver)
    case = file_request(park)
    type(case).objects.filter(pk=case.pk).update(sealed=True)
    before = Delivery.objects.filter(channel="webhook").count()
    case.refresh_from_db()
    engine.comment(case, by=actor(park.steward), data={"body": "x"}, now=MONDAY)
    assert watch.sweep(at("2026-12-01 09:00"))
    assert Delivery.objects.filter(channel="webhook", notice__case_id=case.pk).count() == before


def test_an_endpoint_hears_of_its_team_and_kinds_only(park: SimpleNamespace, receiver: Receiver) -> None:
    mine = webhook(receiver, team=park.team["jinrong"], kinds=["message"])
    other = webhook(receiver, name="别处", team=park.team["zhongnan"])
    off = webhook(receiver, name="停用", active=False)
    case = file_request(park)
    engine.comment(case, by=actor(park.steward), data={"body": "x"}, now=MONDAY)
    told = dict.fromkeys((mine, other, off), 0)
    for endpoint in told:
        told[endpoint] = Notice.objects.filter(endpoint=endpoint).count()
    assert list(told.values()) == [1, 0, 0]


def test_the_sweep_tells_systems_in_the_same_statement(park: SimpleNamespace, receiver: Receiver) -> None:
    webhook(receiver, kinds=["deadline"])
    handled(park)
    watch.sweep(at("2026-12-01 09:00"))
    assert sending.post_due(at("2026-12-01 09:00")) > 0
    data = receiver.got[0].json["data"]
    assert data["level"] == 1
    assert "due_at" in data


def test_a_receiver_that_is_down_for_an_hour_gets_all_once_in_order_per_case(
    park: SimpleNamespace, receiver: Receiver
) -> None:
    webhook(receiver)
    receiver.status = 503
    cases = [file_request(park, title=str(n)) for n in range(3)]
    for minute in range(60):
        moment = MONDAY + timedelta(minutes=minute)
        if minute % 20 == 3:
            for case in cases:
                engine.comment(case, by=actor(park.steward), data={"body": "x"}, now=moment)
        sending.post_due(moment)
    receiver.status = 200
    receiver.got.clear()
    for minute in range(60, 140):
        sending.post_due(MONDAY + timedelta(minutes=minute))
    ids = [got.headers["webhook-id"] for got in receiver.got]
    assert len(ids) == len(set(ids)) == 3 * 4
    for case in cases:
        told = Notice.objects.filter(case_id=case.pk, endpoint__isnull=False).order_by("id")
        wanted = [f"evt_{pk}" for pk in told.values_list("pk", flat=True)]
        assert [i for i in ids if i in wanted] == wanted


def test_machines_are_told_at_night(park: SimpleNamespace, receiver: Receiver) -> None:
    webhook(receiver)
    night = at("2026-11-16 23:30")
    file_request(park, night)
    assert sending.post_due(night) == 1


@pytest.mark.parametrize(
    ("status", "state", "problem"),
    [
        (200, "sent", ""),
        (204, "sent", ""),
        (301, "dead", "redirect"),
        (400, "dead", "refused"),
        (404, "dead", "address"),
        (410, "dead", "address"),
        (429, "pending", "busy"),
        (500, "pending", "fault"),
        (503, "pending", "busy"),
    ],
)
def test_what_an_answer_means(
    park: SimpleNamespace, receiver: Receiver, status: int, state: str, problem: str
) -> None:
    webhook(receiver)
    receiver.status = status
    receiver.headers = {"location": f"{receiver.url}/elsewhere"} if status == 301 else {}
    if status == 204:
        receiver.answer = b""
    file_request(park)
    sending.post_due(MONDAY)
    row = Delivery.objects.get(channel="webhook")
    assert (row.state, row.problem) == (state, problem)
    assert len(receiver.got) == 1  # a redirect is not followed


def test_a_replay_sends_a_period_again_under_the_same_ids(park: SimpleNamespace, receiver: Receiver) -> None:
    endpoint = webhook(receiver)
    file_request(park, at("2026-11-16 10:00"))
    file_request(park, at("2026-11-17 10:00"))
    sending.post_due(at("2026-11-17 10:00"))
    first = [got.headers["webhook-id"] for got in receiver.got]
    now = at("2026-11-18 09:00")
    done = letters.replay(
        endpoint, at("2026-11-16 00:00"), at("2026-11-17 00:00"), by=park.administrator, now=now
    )
    assert done == 1
    sending.post_due(now)
    assert [got.headers["webhook-id"] for got in receiver.got] == [*first, first[0]]


def test_a_new_secret_signs_beside_the_former_for_a_day(park: SimpleNamespace, receiver: Receiver) -> None:
    endpoint = webhook(receiver)
    former = endpoint.signing_secret()
    fresh = endpoint.rotate(MONDAY)
    assert fresh != former
    file_request(park)
    sending.post_due(MONDAY)
    got = receiver.got[0]
    assert got.headers["webhook-signature"].split() == [signed_by(fresh, got), signed_by(former, got)]
    later = MONDAY + timedelta(hours=25)
    file_request(park, later)
    sending.post_due(later)
    assert receiver.got[1].headers["webhook-signature"] == signed_by(fresh, receiver.got[1])


def test_two_systems_do_not_share_a_secret_and_the_database_holds_none(receiver: Receiver) -> None:
    one, other = webhook(receiver), webhook(receiver, name="二")
    assert one.signing_secret() != other.signing_secret()
    stored = Endpoint.objects.filter(pk=one.pk).values().get()
    assert one.signing_secret().removeprefix("whsec_") not in str(stored)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://10.1.2.3/",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://[::1]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://224.0.0.1/",
        "https://2130706433/",
    ],
)
def test_private_networks_are_refused(address: str) -> None:
    with pytest.raises(Failure) as refused:
        web.post(address, b"{}", {})
    assert refused.value.lasting
    assert refused.value.problem == "forbidden"


@pytest.mark.parametrize(
    "address",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://user:secret@8.8.8.8/",
        "https:///nowhere",
        "http://8.8.8.8/",
        "https://8.8.8.8/\r\nX: y",
        "https://8.8.8.8:0/",
        "https://8.8.8.8:99999/",
        "gopher",
        "",
    ],
)
def test_what_is_no_plain_https_address_is_refused(address: str) -> None:
    with pytest.raises(Failure) as refused:
        web.post(address, b"{}", {})
    assert (refused.value.lasting, refused.value.problem) == (True, "address")


def test_a_setting_allows_a_private_network_and_no_other(receiver: Receiver, settings: Any) -> None:
    assert web.post(receiver.url, b"{}", {}).status == 200
    settings.NOTICE_PRIVATE_NETWORKS = ["10.0.0.0/8"]
    with pytest.raises(Failure):
        web.post(receiver.url, b"{}", {})


def test_a_name_that_leads_to_several_addresses_is_refused_for_one_private(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The look-up is the one thing that a test on one machine cannot do for real."""

    def lookup(_host: str, port: int, **_more: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with pytest.raises(Failure) as refused:
        web.post("https://rebind.example/", b"{}", {})
    assert refused.value.problem == "forbidden"


def test_the_connection_goes_to_the_address_that_was_checked(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, real, asked = int(receiver.url.rsplit(":", 1)[1]), socket.getaddrinfo, []

    def lookup(host: str, *rest: Any, **more: Any) -> Any:
        if host == "changing.example":
            asked.append(host)
            assert len(asked) == 1, "the name is looked up once"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        assert ipaddress.ip_address(host)
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    assert web.post(f"http://changing.example:{port}/", b"{}", {}).status == 200
    assert receiver.got[0].headers["host"] == f"changing.example:{port}"


def test_an_answer_that_drips_for_ever_is_cut(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.NOTICE_PRIVATE_NETWORKS = ["127.0.0.0/8"]
    monkeypatch.setattr(web, "ANSWER_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        stop = threading.Event()

        def drip() -> None:
            peer, _address = server.accept()
            with peer:
                peer.sendall(b"HTTP/1.1 200 OK\r\n")
                while not stop.wait(0.05):
                    try:
                        peer.sendall(b"x")
                    except OSError:
                        return

        threading.Thread(target=drip, daemon=True).start()
        began = time.monotonic()
        with pytest.raises(Failure) as cut:
            web.post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {})
        stop.set()
        assert time.monotonic() - began < 5
        assert (cut.value.problem, cut.value.lasting) == ("slow", False)


def test_a_huge_answer_is_read_to_a_limit(receiver: Receiver) -> None:
    receiver.answer = b"x" * 1_000_000
    assert len(web.post(receiver.url, b"{}", {}).body) == web.MOST_BYTES
