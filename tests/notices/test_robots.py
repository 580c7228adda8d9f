"""Group robots: each platform's own form and signature, one message for many matters, no personal data."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from portal.notices import sending
from portal.notices.models import Delivery, Endpoint
from tests.notices.conftest import Receiver
from tests.people import MONDAY, at, file_request

pytestmark = pytest.mark.django_db


def robot(receiver: Receiver, channel: str, **fields: Any) -> Endpoint:
    values = {
        "name": "驿站群",
        "channel": channel,
        "kinds": ["progress", "deadline"],
        "address": f"{receiver.url}/robot?key=k",
    }
    return Endpoint.objects.create(**{**values, **fields})


def test_wecom_gets_a_text_with_number_kind_step_and_link(park: SimpleNamespace, receiver: Receiver) -> None:
    robot(receiver, "wecom", team=park.team["jinrong"])
    case = file_request(park, title="王五的车间停电")
    assert sending.post_due(MONDAY) == 1
    said = receiver.got[0].json
    assert said["msgtype"] == "text"
    text = said["text"]["content"]
    assert case.number in text
    assert f"/cases/{case.pk}/" in text
    assert "王五" not in text


def test_dingtalk_signs_in_the_address(park: SimpleNamespace, receiver: Receiver) -> None:
    robot(receiver, "dingtalk", secret="SECabc")
    file_request(park)
    sending.post_due(MONDAY)
    asked = parse_qs(urlsplit(receiver.got[0].path).query)
    stamp = str(int(MONDAY.timestamp() * 1000))
    key = b"SECabc"
    made = hmac.new(key, f"{stamp}\nSECabc".encode(), hashlib.sha256).digest()
    assert asked == {"key": ["k"], "timestamp": [stamp], "sign": [base64.b64encode(made).decode()]}


def test_feishu_signs_in_the_body(park: SimpleNamespace, receiver: Receiver) -> None:
    robot(receiver, "feishu", secret="abc")
    file_request(park)
    sending.post_due(MONDAY)
    said = receiver.got[0].json
    stamp = str(int(MONDAY.timestamp()))
    made = hmac.new(f"{stamp}\nabc".encode(), b"", hashlib.sha256).digest()
    assert (said["timestamp"], said["sign"]) == (stamp, base64.b64encode(made).decode())
    assert said["msg_type"] == "text"


def test_many_matters_become_one_message(park: SimpleNamespace, receiver: Receiver) -> None:
    robot(receiver, "feishu")
    cases = [file_request(park, title=str(n)) for n in range(12)]
    assert sending.post_due(MONDAY) == 1
    text = receiver.got[0].json["content"]["text"]
    assert all(case.number in text for case in cases)
    rows = Delivery.objects.filter(channel="feishu")
    assert set(rows.values_list("state", flat=True)) == {"sent"}
    assert rows.filter(carried_by=None).count() == 1


def test_a_message_that_would_be_too_long_says_how_many_more(
    park: SimpleNamespace, receiver: Receiver
) -> None:
    robot(receiver, "wecom")
    for n in range(20):
        file_request(park, title=str(n))
    sending.post_due(MONDAY)
    text = receiver.got[0].json["text"]["content"]
    assert "另有" in text
    assert len(text.encode()) <= 2048


@pytest.mark.parametrize(
    ("channel", "answer", "state", "problem"),
    [
        ("wecom", b'{"errcode":93000,"errmsg":"invalid webhook url"}', "dead", "refused"),
        ("wecom", b'{"errcode":45009,"errmsg":"api freq out of limit"}', "pending", "busy"),
        ("dingtalk", b'{"errcode":310000,"errmsg":"sign not match"}', "dead", "refused"),
        ("dingtalk", b'{"errcode":130101,"errmsg":"send too fast"}', "pending", "busy"),
        ("feishu", b'{"code":19021,"msg":"sign match fail"}', "dead", "refused"),
        ("feishu", b'{"code":11232,"msg":"frequency limited"}', "pending", "busy"),
        ("feishu", b"<html>", "dead", "refused"),
    ],
)
def test_the_platforms_verdict_is_read_although_it_answers_200(
    park: SimpleNamespace, receiver: Receiver, channel: str, answer: bytes, state: str, problem: str
) -> None:
    receiver.answer = answer
    robot(receiver, channel)
    file_request(park)
    sending.post_due(MONDAY)
    row = Delivery.objects.get(channel=channel)
    assert (row.state, row.problem) == (state, problem)


def test_groups_sleep_at_night_and_are_told_in_the_morning(park: SimpleNamespace, receiver: Receiver) -> None:
    robot(receiver, "wecom")
    night = at("2026-11-16 23:30")
    file_request(park, night)
    file_request(park, night)
    sending.post_due(night)
    assert receiver.got == []
    sending.post_due(at("2026-11-17 07:00"))
    assert len(receiver.got) == 1


def test_a_group_that_asks_to_wait_is_asked_once_a_run_and_hears_all_in_order(
    park: SimpleNamespace, receiver: Receiver
) -> None:
    receiver.answer = b'{"errcode":45009}'
    robot(receiver, "wecom")
    first = file_request(park)
    sending.post_due(MONDAY)
    second = file_request(park)
    sending.post_due(MONDAY)
    assert len(receiver.got) == 1
    receiver.answer = b'{"errcode":0}'
    sending.post_due(MONDAY + timedelta(minutes=2))
    texts = [got.json["text"]["content"] for got in receiver.got[1:]]
    assert first.number in texts[0]
    assert second.number in texts[-1]
